"""Pens: what turns a text into ink in a box, typed, stamped or by hand.

A writer keeps a hand over a whole form: one typeface with its own slant, size, pressure and unsteadiness;
each word is then warped a little, so that no letter comes twice alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from sample_faxes.fonts import Face, FontShelf
from sample_faxes.ink import PX_PER_PT, BoxPt, Gray, lay, rotate_patch

_REFERENCE = "Hamburg"


class Pen(Protocol):
    """Writes texts into boxes of a page."""

    @property
    def by_hand(self) -> bool:
        """Whether a person holds it."""

    def write(self, canvas: Gray, text: str, box: BoxPt, rng: Generator) -> BoxPt:
        """Write one line inside a box (points); returns where the ink went."""

    def write_cells(self, canvas: Gray, text: str, box: BoxPt, cells: int, rng: Generator) -> None:
        """Write one character to each cell of a comb."""

    def as_written(self, text: str, *, cells: bool) -> str:
        """The characters that this pen puts on the paper for a text."""


def draw_text(shelf: FontShelf, face: Face, size_px: int, text: str) -> Gray:
    """A text in black on white, cut to its own box but for a margin of an eighth of the size."""
    font = shelf.sized(face, size_px)
    left, top, right, bottom = font.getbbox(text)
    margin = max(2, size_px // 8)
    sheet = Image.new(
        "L", (max(1, int(right - left)) + 2 * margin, max(1, int(bottom - top)) + 2 * margin), 255
    )
    ImageDraw.Draw(sheet).text((margin - left, margin - top), text, font=font, fill=0)
    return np.asarray(sheet, np.uint8)


def _span(shelf: FontShelf, face: Face, size_px: int, text: str) -> tuple[int, int]:
    """Top and bottom of a text's ink below the line's origin, in pixels."""
    box = shelf.sized(face, size_px).getbbox(text)
    return int(box[1]), int(box[3])


@dataclass(frozen=True)
class TypedPen:
    """A PDF filler, a word processor or a typewriter."""

    shelf: FontShelf
    face: Face
    size_pt: float = 10.0
    offset_pt: tuple[float, float] = (0.0, 0.0)
    by_hand: bool = False

    def write(self, canvas: Gray, text: str, box: BoxPt, rng: Generator) -> BoxPt:  # noqa: ARG002 - the pens' form
        """Write from the left, the baseline a fifth above the box's foot; too long a text is set smaller."""
        x, y, width, height = box
        size_pt = min(self.size_pt, height * 0.8)
        size = round(size_pt * PX_PER_PT)
        room = (width - 3) * PX_PER_PT
        length = self.shelf.sized(self.face, size).getlength(text)
        if length > room:
            size = max(round(5.5 * PX_PER_PT), int(size * room / length))
        patch = draw_text(self.shelf, self.face, size, text)
        margin = max(2, size // 8)
        top, _ = _span(self.shelf, self.face, size, text)
        _, foot = _span(self.shelf, self.face, size, "H")
        baseline = (y + height - max(2.4, (height - size_pt * 0.72) / 2) + self.offset_pt[1]) * PX_PER_PT
        left = (x + 2 + self.offset_pt[0]) * PX_PER_PT
        lay(canvas, patch, left - margin, baseline - (foot - top) - margin)
        return (left / PX_PER_PT, y, (patch.shape[1] - 2 * margin) / PX_PER_PT, height)

    def write_cells(self, canvas: Gray, text: str, box: BoxPt, cells: int, rng: Generator) -> None:
        """Center each character in its cell."""
        x, y, width, height = box
        cell = width / cells
        size = round(min(self.size_pt, height * 0.8) * PX_PER_PT)
        for number, character in enumerate(text[:cells]):
            if character != " ":
                length = self.shelf.sized(self.face, size).getlength(character) / PX_PER_PT
                self.write(
                    canvas, character, (x + cell * number + (cell - length) / 2 - 2, y, cell, height), rng
                )

    def as_written(self, text: str, *, cells: bool) -> str:  # noqa: ARG002 - the pens' form
        """The text itself."""
        return text


@dataclass(frozen=True)
class StampPen:
    """A rubber stamp: bold, a little turned, with ink missing here and there."""

    typed: TypedPen
    turn_degrees: float = 1.2
    by_hand: bool = False

    def write(self, canvas: Gray, text: str, box: BoxPt, rng: Generator) -> BoxPt:
        """Stamp one line, fitted to the box."""
        x, y, width, height = box
        sheet = np.full((round(height * PX_PER_PT * 1.6), round(width * PX_PER_PT)), 255, np.uint8)
        taken = self.typed.write(sheet, text, (0, height * 0.3, width, height), rng)
        inked = cv2.erode(sheet, np.ones((2, 2), np.uint8))
        worn = worn_ink(np.asarray(inked, np.uint8), 0.14, rng)
        turned = rotate_patch(worn, float(rng.normal(0, self.turn_degrees * 0.4)))
        lay(canvas, turned, x * PX_PER_PT, (y - height * 0.3) * PX_PER_PT + rng.normal(0, 1.5))
        return (x, y, taken[2], height)

    def write_cells(
        self,
        canvas: Gray,
        text: str,
        box: BoxPt,
        cells: int,  # noqa: ARG002 - the pens' form
        rng: Generator,
    ) -> None:
        """A stamp knows no cells: the text runs across them."""
        self.write(canvas, text, box, rng)

    def as_written(self, text: str, *, cells: bool) -> str:  # noqa: ARG002 - the pens' form
        """The text itself."""
        return text


def worn_ink(patch: Gray, share: float, rng: Generator) -> Gray:
    """Ink with patches missing: ``share`` of it, in spots of about a third of a point."""
    height, width = patch.shape
    coarse = rng.random((height // 3 + 2, width // 3 + 2)).astype(np.float32)
    spots = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 0.8), (width, height), interpolation=cv2.INTER_LINEAR)
    limit = float(np.quantile(spots, 1 - share))
    return np.where(spots > limit, np.uint8(255), patch).astype(np.uint8)


@dataclass(frozen=True)
class Hand:
    """How one person writes. ``height`` is the share of a box that capitals and tails take together."""

    face: Face
    height: float = 0.8
    slant: float = 0.0
    stretch: float = 1.0
    wander: float = 0.04
    warp: float = 0.06
    pressure: int = 0
    capitals: bool = False

    @staticmethod
    def of(face: Face, rng: Generator) -> "Hand":
        """A writer invented for a typeface."""
        return Hand(
            face=face,
            height=float(rng.uniform(0.78, 1.02)),
            slant=float(rng.normal(0.02, 0.10)),
            stretch=float(rng.uniform(0.92, 1.12)),
            wander=float(rng.uniform(0.01, 0.05)),
            warp=float(rng.uniform(0.03, 0.07)),
            pressure=int(rng.choice([0, 1, 1, 2])),
            capitals=bool(rng.random() < 0.3),
        )


@dataclass(frozen=True)
class HandPen:
    """A person's pen. ``glyphs`` are real characters of one writer, used in combs."""

    shelf: FontShelf
    hand: Hand
    glyphs: Mapping[str, tuple[Gray, ...]] = field(default_factory=dict)
    by_hand: bool = True

    def write(self, canvas: Gray, text: str, box: BoxPt, rng: Generator) -> BoxPt:
        """Write one line from the left of the box, words unsteady, squeezed where it is long."""
        x, y, width, height = box
        written = text.upper() if self.hand.capitals else text
        size = self._size_px(height)
        words = [self._word(word, size, rng) for word in written.split(" ")]
        gap = size * 0.28 * float(rng.uniform(0.8, 1.2))
        room = (width - 2) * PX_PER_PT
        start = min(room * 0.06, 10.0) * float(rng.uniform(0.3, 1.6))
        length = start + sum(word.shape[1] - size * 0.25 for word, _ in words) + gap * (len(words) - 1)
        squeeze = min(1.0, room / max(1.0, length))
        left = x * PX_PER_PT + start
        middle = (y + height * float(rng.uniform(0.50, 0.58))) * PX_PER_PT
        drift = float(rng.normal(0, self.hand.wander * 0.35))
        begun = left
        for word, centre in words:
            patch, shift = word, centre
            if squeeze < 1:
                # A person short of room writes narrower first, then smaller.
                flat = max(squeeze, 0.45) ** 0.35
                patch = np.asarray(
                    cv2.resize(word, None, fx=squeeze, fy=flat, interpolation=cv2.INTER_AREA), np.uint8
                )
                shift = centre * flat
            wobble = float(rng.normal(0, self.hand.wander * height * PX_PER_PT * 0.5))
            lay(canvas, patch, left - size * 0.12 * squeeze, middle - shift + wobble + (left - begun) * drift)
            left += (patch.shape[1] - size * 0.25 * squeeze) + gap * squeeze
        return (begun / PX_PER_PT, y, (left - gap * squeeze - begun) / PX_PER_PT, height)

    def write_cells(self, canvas: Gray, text: str, box: BoxPt, cells: int, rng: Generator) -> None:
        """Write one character to a cell, off the middle as people do."""
        x, y, width, height = box
        cell = width / cells
        for number, character in enumerate(text[:cells].upper()):
            if character == " ":
                continue
            patch = self._character(character, height, cell, rng)
            centre_x = (x + cell * (number + 0.5)) * PX_PER_PT + rng.normal(0, cell * 0.05 * PX_PER_PT)
            centre_y = (y + height * 0.52) * PX_PER_PT + rng.normal(0, height * 0.04 * PX_PER_PT)
            lay(canvas, patch, centre_x - patch.shape[1] / 2, centre_y - patch.shape[0] / 2)

    def as_written(self, text: str, *, cells: bool) -> str:
        """Capitals in cells, and wherever this hand writes capitals only."""
        return text.upper() if cells or self.hand.capitals else text

    def _size_px(self, height_pt: float) -> int:
        """Capitals and tails take the hand's share of the height, small letters a third of it."""
        probe = 100
        top, bottom = _span(self.shelf, self.hand.face, probe, _REFERENCE)
        small_top, small_bottom = _span(self.shelf, self.hand.face, probe, "aue")
        tall = self.hand.height * min(height_pt, 24.0) * PX_PER_PT * probe
        by_span = tall / max(1, bottom - top)
        by_small = 0.37 * tall / max(1, small_bottom - small_top)
        return max(12, int(min(max(by_span, by_small), 1.3 * by_span)))

    def _word(self, word: str, size: int, rng: Generator) -> tuple[Gray, float]:
        """A word's ink and the row of its writing middle within it."""
        patch = draw_text(self.shelf, self.hand.face, size, word or " ")
        top, _ = _span(self.shelf, self.hand.face, size, word or " ")
        high, low = _span(self.shelf, self.hand.face, size, _REFERENCE)
        margin = max(2, size // 8)
        centre = (high + low) / 2 - top + margin
        warped = unsteady(patch, self.hand, size, rng)
        return warped, centre

    def _character(self, character: str, height: float, cell: float, rng: Generator) -> Gray:
        tall = (
            height
            * PX_PER_PT
            * float(np.clip(self.hand.height * 0.9, 0.6, 0.9))
            * float(rng.uniform(0.88, 1.0))
        )
        real = self.glyphs.get(character)
        if real:
            glyph = real[int(rng.integers(len(real)))]
            scale = tall / glyph.shape[0]
        else:
            probe = 100
            top, bottom = _span(self.shelf, self.hand.face, probe, "0")
            size = max(12, round(tall * probe / max(1, bottom - top)))
            calm = replace(self.hand, warp=self.hand.warp * 0.5)
            glyph = _cut(unsteady(draw_text(self.shelf, self.hand.face, size, character), calm, size, rng))
            scale = 1.0
        scale = min(scale, 1.15 * tall / glyph.shape[0], 1.05 * cell * PX_PER_PT / max(1, glyph.shape[1]))
        shape = (max(2, round(glyph.shape[1] * scale)), max(2, round(glyph.shape[0] * scale)))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(glyph, shape, interpolation=interpolation), np.uint8)


def _cut(patch: Gray) -> Gray:
    rows, columns = np.nonzero(patch < 160)
    if not rows.size:
        return patch
    return patch[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def unsteady(patch: Gray, hand: Hand, size: int, rng: Generator) -> Gray:
    """A word as this hand writes it this time: slanted, stretched, warped smoothly, thick or thin.

    The height stays, so that a row of the patch keeps its place.
    """
    height, width = patch.shape
    pad = round(abs(hand.slant) * height / 2) + 2
    new_width = round(width * hand.stretch) + 2 * pad
    grid_y, grid_x = np.mgrid[0:height, 0:new_width].astype(np.float32)
    shear = (grid_y - height / 2) * np.float32(hand.slant)
    source_x = (grid_x - pad + shear) / np.float32(hand.stretch)
    source_y = grid_y
    nodes = (max(2, height // max(8, size // 2) + 2), max(2, new_width // max(8, size // 2) + 2))
    for axis, share in ((0, hand.warp), (1, hand.warp)):
        coarse = rng.normal(0, share * size * 0.5, nodes).astype(np.float32)
        smooth = cv2.resize(coarse, (new_width, height), interpolation=cv2.INTER_CUBIC)
        if axis == 0:
            source_x = source_x + smooth
        else:
            source_y = source_y + smooth
    out = cv2.remap(
        patch,
        source_x.astype(np.float32),
        source_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    weight = hand.pressure
    if weight:
        out = cv2.erode(out, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (weight + 1, weight + 1)))
    return np.asarray(out, np.uint8)
