"""Real handwritten digits and capitals, where the collections of the shared data folder are at hand.

The folder is named by REMSFAX_SHARED_DATA, or lies beside the project as ``shared/data``. Without it the
typeface's own characters are used.
"""

import os
import zipfile
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sample_faxes.ink import Gray

_SIZE_PX = 64
_NAMES_FILE = "names_form_fields.zip"

# Crops that were looked at: the whole name, nothing else, and the label is right. Whoever fits or measures
# a reader on that collection should leave these out. First and last names never stood together.
REAL_FIRST_NAMES: dict[str, str] = {
    "Romane": "00033", "Ashley": "00096", "Alexandre": "00146", "Robert": "00214", "Thomas": "00251",
    "Oscar": "00253",
    "Sarah": "00254", "Klara": "00263", "Flora": "00302", "Chloe": "00456", "Anthony": "00525",
    "Sharon": "00650", "Brian": "00749", "Penelope": "00863", "Nolan": "00864", "Nathan": "00980",
    "Charlotte": "00824", "Mathilde": "00950",
}  # fmt: skip
REAL_LAST_NAMES: dict[str, str] = {
    "Maupas": "00040", "Bernard": "00123", "Garcia": "00143", "Perez": "00148", "Legrand": "00176",
    "Cadwal": "00162", "Brossard": "00234", "Bergeault": "00281", "Coulis": "00297", "Pineau": "00325",
    "Pollet": "00369", "Menager": "00409", "Jaubert": "00417", "Blondeau": "00461", "Bachelard": "00556",
    "Perros": "00585", "Delrue": "00609", "Baroukh": "00648", "Rousse": "00898", "Delacour": "00909",
    "Forster": "00930", "Charrin": "00996", "Scarpari": "01043", "Humbert": "01078", "Chambron": "00568",
}  # fmt: skip


def shared_data() -> Path | None:
    """The folder of collections, if there is one."""
    named = os.environ.get("REMSFAX_SHARED_DATA")
    place = Path(named) if named else Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    return place if (place / "handwriting").is_dir() else None


@lru_cache(maxsize=1)
def _digits() -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]] | None:
    folder = shared_data()
    file = folder / "handwriting" / "digits_mnist_train.npz" if folder else None
    if file is None or not file.is_file():
        return None
    with np.load(file) as stored:
        return stored["X"], stored["y"].astype(np.int64), stored["writer"].astype(np.int64)


def writer_glyphs(rng: Generator) -> dict[str, tuple[Gray, ...]]:
    """The digits of one real writer, black on white; none where the data is not at hand."""
    found = _digits()
    if found is None:
        return {}
    images, labels, writers = found
    known = np.unique(writers)
    for _ in range(20):
        mine = writers == known[int(rng.integers(len(known)))]
        glyphs = {
            str(digit): tuple(smooth_glyph(image) for image in images[mine & (labels == digit)][:6])
            for digit in range(10)
        }
        if all(glyphs.values()):
            return glyphs
    return {}


def smooth_glyph(image: NDArray[np.uint8]) -> Gray:
    """A 28 x 28 picture, ink high, as a clean stroke of ``_SIZE_PX`` rows."""
    large = cv2.resize(image, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), 1.6)
    rows, columns = np.nonzero(soft > 100)
    if not rows.size:
        return np.full((_SIZE_PX, 8), 255, np.uint8)
    cut = soft[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].astype(np.float32)
    sharp = np.clip((cut - 105) * 2.6, 0, 255)
    return np.asarray(255 - sharp, np.uint8)


def name_picture(name: str) -> Gray | None:
    """A real hand's writing of a name of the two lists; none where the data is not at hand."""
    number = (REAL_FIRST_NAMES | REAL_LAST_NAMES).get(name)
    folder = shared_data()
    archive = folder / "handwriting" / _NAMES_FILE if folder else None
    if number is None or archive is None or not archive.is_file():
        return None
    with zipfile.ZipFile(archive) as crops:
        coded = np.frombuffer(crops.read(f"TRAIN_{number}.jpg"), np.uint8)
    crop = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    limit, inked = cv2.threshold(crop, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    count, _, pieces, _ = cv2.connectedComponentsWithStats(inked)
    letters = [pieces[index] for index in range(1, count) if pieces[index][4] > 25]
    left, top = min(piece[0] for piece in letters), min(piece[1] for piece in letters)
    right = max(piece[0] + piece[2] for piece in letters)
    bottom = max(piece[1] + piece[3] for piece in letters)
    cut = crop[top:bottom, left:right]
    large = cv2.resize(cut, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return np.asarray(np.clip((large - limit) * 2.5 + 128, 0, 255), np.uint8)
