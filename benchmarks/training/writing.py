"""Ink on paper: texts drawn with fonts, with real digits and letters of many writers, and real written names.

Everything returns ink as float32, 0 paper to 1 ink, rows x columns, at ``INK_DPI``.
"""

import csv
import random
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.training.split import part_of

Ink = NDArray[np.float32]
INK_DPI = 408


@lru_cache(maxsize=4096)
def _font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size_px)


def draw_with_font(text: str, path: Path, height_px: int, spacing_px: float = 0.0) -> Ink | None:
    """The text in one face; none where the face lacks a letter.

    ``spacing_px`` above 0 sets letters in cells.
    """
    font = _font(path, height_px)
    if any(not font.getmask(c).getbbox() for c in set(text) - {" "}):
        return None
    if not spacing_px:
        left, top, right, bottom = font.getbbox(text)
        image = Image.new("L", (round(right - left) + 20, round(bottom - top) + 20))
        ImageDraw.Draw(image).text((10 - left, 10 - top), text, 255, font=font)
        return np.asarray(image, np.float32) / np.float32(255)
    ascent, descent = font.getmetrics()
    image = Image.new("L", (int(spacing_px * len(text)) + 40, ascent + descent + 20))
    draw = ImageDraw.Draw(image)
    for i, letter in enumerate(text):
        draw.text(
            (20 + i * spacing_px + (spacing_px - font.getlength(letter)) / 2, 10), letter, 255, font=font
        )
    return np.asarray(image, np.float32) / np.float32(255)


WIDEST_PX = 32767
"""OpenCV maps no wider picture: a comment this long stays as it was drawn."""


def warp(ink: Ink, rng: random.Random, strength: float) -> Ink:
    """Slant, baseline wander, elastic displacement and a change of stroke width."""
    rows, columns = ink.shape
    pad = int(rows * 0.35)
    ink = np.pad(ink, pad)
    rows, columns = ink.shape
    if columns >= WIDEST_PX:
        return ink
    noise = np.random.default_rng(rng.getrandbits(32))
    cells = max(2, columns // max(24, rows // 2))
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    shift = strength * rows * 0.045
    dx = cv2.resize(
        noise.normal(0, shift, (4, cells)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC
    )
    dy = cv2.resize(
        noise.normal(0, shift, (4, cells)).astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC
    )
    wander = np.interp(
        np.arange(columns), np.linspace(0, columns, cells + 2), noise.normal(0, shift, cells + 2)
    )
    slant = rng.gauss(0, 0.12 * strength)
    out = cv2.remap(
        ink,
        x + dx + slant * (y - rows / 2),
        y + dy + wander.astype(np.float32)[None, :],
        cv2.INTER_LINEAR,
    )
    size = rng.choice((0, 0, 1, 2, 3)) if strength > 0.3 else 0
    if size:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size + 1, size + 1))
        out = cv2.dilate(out, kernel) if rng.random() < 0.75 else cv2.erode(out, kernel)
    return np.asarray(out, np.float32)


def beside_struck(ink: Ink, rng: random.Random) -> Ink:
    """The same line after a first try at it, in the same hand, that was crossed out.

    The try is the line's own beginning: who corrects himself mostly began with the right word.
    """
    rows, columns = ink.shape
    part = warp(ink[:, : max(rows, round(columns * rng.uniform(0.2, 0.8)))], rng, 0.3)
    tries = np.asarray(cv2.resize(part, (part.shape[1], rows), interpolation=cv2.INTER_AREA), np.float32)
    ys, xs = np.nonzero(tries > 0.3)
    if not len(ys):
        return ink
    pen = rng.randrange(3, 9)
    for _ in range(rng.choice((1, 1, 1, 2))):
        height = ys.min() + (ys.max() - ys.min()) * rng.uniform(0.3, 0.7)
        lean = rng.gauss(0, 0.04) * (xs.max() - xs.min())
        start = (int(xs.min()) - rng.randrange(14), round(height + lean))
        end = (int(xs.max()) + rng.randrange(14), round(height - lean))
        cv2.line(tries, start, end, 1.0, pen, cv2.LINE_AA)
    tries = tries[:, max(0, int(xs.min()) - 16) : int(xs.max()) + 16]
    gap = np.zeros((rows, round(rows * rng.uniform(0.05, 0.4))), np.float32)
    return np.concatenate([tries, gap, ink], axis=1)


def stamped(ink: Ink, rng: random.Random) -> Ink:
    """The same line from a rubber stamp: bold, a little turned, ink missing in spots of half a point."""
    size = rng.randrange(2, 6)
    bold = cv2.dilate(np.pad(ink, 16), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    rows, columns = bold.shape
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), max(-1.5, min(1.5, rng.gauss(0, 0.6))), 1.0)
    turned = cv2.warpAffine(bold, turn, (columns, rows)) if columns < WIDEST_PX else bold
    noise, spot_px = np.random.default_rng(rng.getrandbits(32)), rng.uniform(2, 5)
    coarse = noise.random((round(rows / spot_px) + 2, round(columns / spot_px) + 2)).astype(np.float32)
    spots = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 0.8), (columns, rows), interpolation=cv2.INTER_LINEAR)
    limit = np.quantile(spots, 1 - rng.uniform(0.03, 0.22))
    return np.where(spots > limit, np.float32(0), np.asarray(turned, np.float32))


@dataclass(frozen=True)
class Hands:
    """Real digits by writer and real letters by source, of one part of the writers."""

    digits: tuple[dict[str, NDArray[np.uint8]], ...]
    letters: dict[str, NDArray[np.uint8]]


def load_hands(folder: Path, part: str) -> Hands:
    """Digits and letters of the writers of one part: train, validation or examination."""
    mnist = np.load(folder / "digits_mnist_train.npz")
    writers = []
    for writer in np.unique(mnist["writer"]):
        if part_of(f"mnist-{writer}") != part:
            continue
        own = mnist["writer"] == writer
        images, labels = mnist["X"][own], mnist["y"][own]
        by_digit = {str(d): images[labels == d] for d in range(10)}
        if all(len(v) for v in by_digit.values()):
            writers.append(by_digit)
    if part == "train":
        other = np.load(folder / "digits_optdigits_orig32.npz")
        images = np.unpackbits(other["X"], axis=2)[:, :, :32] * np.uint8(255)
        for first in range(0, len(images) - 200, 100):
            labels = other["y"][first : first + 200]
            writers.append({str(d): images[first : first + 200][labels == d] for d in range(10)})
    names = np.load(folder / "letters_upper_from_names.npz")
    keep = np.array([part_of(f"name-{source}") == part for source in names["source"]])
    letters = {letter: names["X"][keep & (names["y"] == letter)] for letter in map(chr, range(65, 91))}
    pens = np.load(folder / "chars62_photos.npz")
    mine = np.array([part_of(f"chars62-{index}") == part for index in pens["index"]]) & (
        pens["kind"] != "DIGIT"
    )
    for letter in np.unique(pens["y"][mine]):
        photos = pens["X"][mine & (pens["y"] == letter)]
        letters[letter] = np.concatenate([letters[letter], photos]) if letter in letters else photos
    return Hands(
        tuple(w for w in writers if all(len(v) for v in w.values())),
        {k: v for k, v in letters.items() if len(v)},
    )


_PUNCTUATION = {
    "/": [((0.15, 1.05), (0.85, -0.05))],
    "-": [((0.1, 0.55), (0.9, 0.5))],
    "(": [((0.8, -0.1), (0.3, 0.3)), ((0.3, 0.3), (0.3, 0.7)), ((0.3, 0.7), (0.8, 1.1))],
    ")": [((0.2, -0.1), (0.7, 0.3)), ((0.7, 0.3), (0.7, 0.7)), ((0.7, 0.7), (0.2, 1.1))],
    ".": [((0.45, 0.95), (0.55, 1.0))],
    ",": [((0.55, 0.95), (0.4, 1.2))],
    ":": [((0.5, 0.25), (0.55, 0.3)), ((0.5, 0.8), (0.55, 0.85))],
}


_SHARE = dict.fromkeys("acemnorsuvwxz", 0.62) | dict.fromkeys("gpqy", 0.85) | {"i": 0.85, "t": 0.9}
"""Height of a small letter, against a capital."""

_DROP = dict.fromkeys("gjpqy", 0.25)
"""How far a letter hangs below the line, in heights of a capital."""


def draw_with_hands(
    text: str, hands: Hands, rng: random.Random, height_px: int, spacing_px: float = 0.0
) -> Ink | None:
    """The text in real glyphs, one writer's digits in a string; none where a letter has no glyph."""
    writer = rng.choice(hands.digits)
    size_jitter, lift_jitter = rng.uniform(0.02, 0.12), rng.uniform(0.01, 0.08)
    gap = height_px * rng.uniform(-0.02, 0.35)
    canvas = np.zeros(
        (int(height_px * 1.9), int((height_px * 1.3 + max(gap, spacing_px)) * (len(text) + 1)) + 60),
        np.float32,
    )
    base, x = int(height_px * 1.45), 20.0
    pen = max(2, round(height_px * rng.uniform(0.06, 0.11)))
    for i, letter in enumerate(text):
        tall = max(8, round(height_px * _SHARE.get(letter, 1.0) * rng.gauss(1, size_jitter)))
        bottom = base + round(height_px * rng.gauss(_DROP.get(letter, 0.0), lift_jitter))
        if letter == " ":
            x += height_px * rng.uniform(0.3, 0.7)
            continue
        glyph = _glyph(letter, writer, hands, rng, tall=tall, pen=pen)
        if glyph is None:
            return None
        rows, columns = glyph.shape
        at = round(20 + i * spacing_px + (spacing_px - columns) / 2) if spacing_px else round(x)
        top = bottom - rows if letter not in ",()/" else bottom - rows + round(tall * 0.1)
        top, at = min(max(0, top), canvas.shape[0] - rows), max(0, at)
        if at + columns > canvas.shape[1] or rows > canvas.shape[0]:
            return None
        part = canvas[top : top + rows, at : at + columns]
        np.maximum(part, glyph, out=part)
        x = at + columns + gap * rng.uniform(0.5, 1.5)
    return canvas


def _glyph(
    letter: str,
    writer: dict[str, NDArray[np.uint8]],
    hands: Hands,
    rng: random.Random,
    *,
    tall: int,
    pen: int,
) -> Ink | None:
    if letter in _PUNCTUATION:
        wide = max(6, round(tall * (0.3 if letter in ".,:" else 0.42)))
        image = np.zeros((round(tall * 1.3), wide + 6), np.float32)
        for (x0, y0), (x1, y1) in _PUNCTUATION[letter]:
            a = (round(3 + x0 * wide), round(tall * (0.12 + y0)))
            b = (round(3 + x1 * wide + rng.uniform(-1, 1)), round(tall * (0.12 + y1)))
            cv2.line(image, a, b, 1.0, pen, cv2.LINE_AA)
        return image
    pool = writer.get(letter) if letter.isdigit() else hands.letters.get(letter)
    if pool is None:
        return None
    source = pool[rng.randrange(len(pool))]
    ys, xs = np.nonzero(source > 60)
    if not len(ys):
        return None
    cut = source[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1].astype(np.float32) / 255
    share = tall / cut.shape[0]
    wide = max(3, min(round(cut.shape[1] * share), round(tall * 1.3)))
    big = cv2.resize(cut, (wide, tall), interpolation=cv2.INTER_CUBIC)
    soft = np.asarray(cv2.GaussianBlur(big, (0, 0), max(0.6, tall / 40)), np.float32)
    return np.asarray(np.clip(soft * 1.5 - 0.25, 0, 1), np.float32)


@dataclass(frozen=True)
class WrittenNames:
    """Real names from form fields; labels are capitals whatever case was written."""

    folder: Path
    entries: tuple[tuple[str, str], ...]

    def draw(self, rng: random.Random) -> tuple[Ink, str]:
        """One name as ink, cut free of printed labels and clipped neighbors, and its label."""
        while True:
            file, label = rng.choice(self.entries)
            gray = cv2.imread(str(self.folder / file), cv2.IMREAD_GRAYSCALE)
            ink = None if gray is None else _free_name(np.asarray(gray, np.uint8))
            if ink is not None:
                big = cv2.resize(ink, None, fx=2.6, fy=2.6, interpolation=cv2.INTER_CUBIC)
                return np.asarray(big, np.float32).clip(0, 1), label


def _free_name(gray: NDArray[np.uint8]) -> Ink | None:
    """Names stand right of, or below, a printed label: both layouts are known by the crop's size."""
    ink = (255 - _stretched(gray).astype(np.float32)) / 255
    rows, columns = ink.shape
    if columns >= 380:
        ink[:, :78] = 0
    elif columns <= 290 and rows >= 42:
        ink[: round(rows * 0.42)] = 0
    binary = (ink > 0.45).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    keep = np.zeros(count, bool)
    for i in range(1, count):
        _, y, _, h, area = stats[i]
        at_edge = y == 0 or y + h == rows
        keep[i] = area >= 6 and not (at_edge and h < 0.45 * rows)
    mask = keep[labels]
    if mask.sum() < 40:
        return None
    ink = np.where(cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0, ink, 0).astype(
        np.float32
    )
    ys, xs = np.nonzero(mask)
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    return None if bottom - top < 8 else np.pad(ink[top:bottom, left:right], 4)


def _stretched(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pale strokes as dark as a pen's, or cleaning drops them; a printed label, left or above, has no say."""
    written = gray[:, 78:] if gray.shape[1] >= 380 else gray[round(gray.shape[0] * 0.42) :]
    limit, inked = cv2.threshold(written, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    strokes = float(written[inked > 0].mean()) if inked.any() else 0.0
    gain = 0.5 * 255 / max(8.0, limit - strokes)
    return np.asarray(np.clip((gray.astype(np.float32) - limit) * gain + 0.5 * 255, 0, 255), np.uint8)


def load_names(data: Path, scratch: Path, part: str) -> WrittenNames:
    """The names of one part; the archive is unpacked to ``scratch`` once."""
    folder = scratch / "names"
    if not folder.is_dir():
        with zipfile.ZipFile(data / "names_form_fields.zip") as archive:
            archive.extractall(folder)
    files = {path.name: str(path.relative_to(folder)) for path in folder.rglob("*.jpg")}
    with (data / "names_form_fields.csv").open(newline="") as lines:
        entries = tuple(
            (files[row["file"]], row["label_corrected_by_us"] or row["label_as_published"])
            for row in csv.DictReader(lines)
            if row["file"] in files and part_of(f"name-{row['file']}") == part
        )
    return WrittenNames(folder, tuple((f, t) for f, t in entries if t and t.isascii()))
