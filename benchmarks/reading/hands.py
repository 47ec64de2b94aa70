"""The hands of one part of the writers: typefaces, real digits and letters, real written names."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from benchmarks.training.split import Part, held_out_part
from benchmarks.training.writing import (
    Hands,
    Ink,
    WrittenNames,
    draw_with_hands,
    load_hands,
    load_names,
    warp,
)
from sample_faxes.fonts import Face, FontShelf
from sample_faxes.ink import PX_PER_PT, BoxPt, Gray, lay
from sample_faxes.pens import HandPen
from sample_faxes.real_hands import smooth_glyph

DRAWN_PX = 110
"""Height at which real characters are drawn before they are set into their box."""
CAPITAL_SHARE = 0.66
"""Capitals of a hand take this part of what capitals and tails take together."""
OF_A_CHARACTER = 8
"""Examples of each character that a writer uses on one form."""


@dataclass(frozen=True, eq=False)
class Writers:
    """Everybody of one part. Without the data folder there are the typefaces alone."""

    part: Part
    faces: tuple[Face, ...]
    hands: Hands | None = None
    names: WrittenNames | None = None


def open_writers(shelf: FontShelf, part: Part, data: Path | None, scratch: Path) -> Writers:
    """The writers of a part.

    Args:
        shelf: the fonts.
        part: whose hands.
        data: the folder of collections, or its folder ``handwriting``; none for typefaces alone.
        scratch: where archives are unpacked, once.
    """
    if part in ("train", "validation"):
        faces = shelf.group("train")
    else:
        faces = tuple(f for f in shelf.group("held_out") if held_out_part(f"font-{f.name}") == part)
    if data is None:
        return Writers(part, faces)
    folder = data / "handwriting" if (data / "handwriting").is_dir() else data
    scratch.mkdir(parents=True, exist_ok=True)
    return Writers(part, faces, load_hands(folder, part), load_names(folder, scratch, part))


def one_writer(hands: Hands, rng: Generator) -> Hands:
    """One person's digits, and a few examples of each letter."""
    digits = hands.digits[int(rng.integers(len(hands.digits)))]
    letters = {
        letter: pool[rng.permutation(len(pool))[:OF_A_CHARACTER]] for letter, pool in hands.letters.items()
    }
    return Hands((digits,), letters)


def cell_glyphs(writer: Hands) -> dict[str, tuple[Gray, ...]]:
    """A writer's characters as a pen sets them in the cells of a comb."""
    pools = {**writer.letters, **writer.digits[0]}
    return {
        character: tuple(smooth_glyph(image) for image in pool[:OF_A_CHARACTER])
        for character, pool in pools.items()
    }


def picture_of(writers: Writers, rng: random.Random) -> tuple[Gray, str]:
    """A real written name, black on white, and its label in capitals."""
    assert writers.names is not None
    ink, label = writers.names.draw(rng)
    return _dark(np.asarray((ink - 0.45) * 2 + 0.5, np.float32)), label.upper()


def joined(one: Gray, other: Gray, gap_share: float) -> Gray:
    """Two pictures of names on one line, as high as the first; the gap is a share of the height."""
    scale = one.shape[0] / other.shape[0]
    second = cv2.resize(
        other, (max(2, round(other.shape[1] * scale)), one.shape[0]), interpolation=cv2.INTER_AREA
    )
    gap = np.full((one.shape[0], max(8, round(one.shape[0] * gap_share))), 255, np.uint8)
    return np.asarray(np.hstack([one, gap, second]), np.uint8)


def _dark(ink: Ink) -> Gray:
    return np.asarray(255 - np.clip(ink, 0, 1) * 255, np.uint8)


@dataclass(frozen=True)
class WriterPen(HandPen):
    """A person's pen that also writes free lines in real characters, and lays down real written names.

    Attributes:
        writer: whose characters stand on free lines; none for the typeface's.
        pictures: real writing by text.
    """

    writer: Hands | None = None
    pictures: Mapping[str, Gray] = field(default_factory=dict)

    def write(self, canvas: Gray, text: str, box: BoxPt, rng: Generator) -> BoxPt:
        """Write one line from the left of the box."""
        picture = self.pictures.get(text)
        if picture is not None:
            return self._lay(canvas, picture, box, rng, share=float(rng.uniform(0.7, 0.9)))
        if self.writer is None or not self._in_characters(text):
            return super().write(canvas, text, box, rng)
        ink = self._drawn(self.writer, text.upper(), rng)
        if ink is None:
            return super().write(canvas, text.upper(), box, rng)
        tall = self.hand.height * CAPITAL_SHARE * min(box[3], 24.0) * PX_PER_PT
        return self._lay(canvas, ink, box, rng, share=tall * ink.shape[0] / DRAWN_PX / (box[3] * PX_PER_PT))

    def as_written(self, text: str, *, cells: bool) -> str:
        """Real characters are capitals."""
        if text in self.pictures or self._in_characters(text):
            return text.upper()
        return super().as_written(text, cells=cells)

    def _in_characters(self, text: str) -> bool:
        if self.writer is None:
            return False
        known = {*self.writer.letters, *self.writer.digits[0], *" /-().,:"}
        return set(text.upper()) <= known

    def _drawn(self, writer: Hands, text: str, rng: Generator) -> Gray | None:
        for _ in range(4):
            chance = random.Random(int(rng.integers(2**31)))
            ink = draw_with_hands(text, writer, chance, DRAWN_PX)
            if ink is not None and ink.max() > 0.5:
                warped = warp(ink, chance, chance.uniform(0, 0.6))
                rows, columns = np.nonzero(warped > 0.3)
                cut = warped[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
                return _dark(np.asarray(cut, np.float32))
        return None

    def _lay(self, canvas: Gray, picture: Gray, box: BoxPt, rng: Generator, *, share: float) -> BoxPt:
        """Set a picture into a box, ``share`` of its height; squeezed where it is long."""
        x, y, width, height = (part * PX_PER_PT for part in box)
        down = height * share / picture.shape[0]
        start = min(width * 0.06, 40.0) * float(rng.uniform(0.3, 1.3))
        squeeze = min(1.0, (width - start - 8) / (picture.shape[1] * down))
        flat = max(squeeze, 0.45) ** 0.35
        size = (
            max(4, round(picture.shape[1] * down * squeeze)),
            max(4, round(picture.shape[0] * down * flat)),
        )
        patch = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        middle = y + height * float(rng.uniform(0.48, 0.58))
        lay(canvas, patch, x + start, middle - patch.shape[0] / 2)
        return ((x + start) / PX_PER_PT, box[1], patch.shape[1] / PX_PER_PT, box[3])
