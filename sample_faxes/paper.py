"""From a written sheet to the lines a fax machine sends: laid on the glass, scanned, made 1 bit, headed."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sample_faxes.faxline import Bits
from sample_faxes.fonts import FontShelf
from sample_faxes.ink import CANVAS_DPI, Gray

Matrix = NDArray[np.float64]
"""2 x 3, maps (x, y, 1) of one frame to (x, y) of another."""

Raster = Literal["standard", "fine", "scan200", "scan300"]


@dataclass(frozen=True)
class Dots:
    """A raster of dots: ``width_px`` on a line, and how many to the inch each way."""

    width_px: int
    x_dpi: int
    y_dpi: int


RASTERS: dict[Raster, Dots] = {
    "standard": Dots(1728, 204, 98),
    "fine": Dots(1728, 204, 196),
    "scan200": Dots(1700, 200, 200),
    "scan300": Dots(2550, 300, 300),
}


@dataclass(frozen=True)
class Paper:
    """How a sheet lies in the machine, and what the machine makes of it.

    ``turns`` are quarter turns counterclockwise; ``skew_degrees`` is the remaining slope; ``scale`` below 1
    is a machine that fits the sheet to A4 or shrinks it under its header; ``darkness`` in gray levels moves
    the threshold up (darker) or down; ``specks`` is their number on a page; ``keep`` is the share of the
    page's length that was scanned.
    """

    turns: int = 0
    skew_degrees: float = 0.0
    scale: float = 1.0
    shift_pt: tuple[float, float] = (0.0, 0.0)
    darkness: float = 0.0
    grain: float = 14.0
    specks: int = 40
    keep: float = 1.0
    edge_shadow: bool = False
    copies: int = 0

    @staticmethod
    def of(rng: Generator) -> "Paper":
        """An ordinary office's machine on an ordinary day."""
        return Paper(
            skew_degrees=float(np.clip(rng.normal(0, 0.5), -1.6, 1.6)),
            scale=float(rng.choice([1.0, 1.0, 1.0, 0.985, 0.97])),
            shift_pt=(float(rng.normal(0, 3)), float(rng.normal(0, 3))),
            darkness=float(rng.normal(0, 12)),
            grain=float(rng.uniform(6, 20)),
            specks=int(rng.choice([5, 20, 60, 200])),
            edge_shadow=bool(rng.random() < 0.06),
            copies=int(rng.random() < 0.1),
        )


@dataclass(frozen=True, eq=False)
class SentPage:
    """A page as the sending machine sends it: rows x columns, True is ink.

    ``from_points`` maps points of the upright sheet to pixels of ``ink``: the true place of every box.
    """

    ink: Bits
    dots: Dots
    from_points: Matrix


def scan(canvas: Gray, paper: Paper, raster: Raster, rng: Generator) -> SentPage:
    """Scan a sheet of ``CANVAS_DPI`` to one bit a dot. A sheet laid sideways is shrunk to the line."""
    dots = RASTERS[raster]
    sheet = np.ascontiguousarray(np.rot90(canvas, paper.turns % 4))
    height, width = sheet.shape
    fit = 1.0 if width <= height else height / width
    page_inches = (width * fit / CANVAS_DPI, height * fit / CANVAS_DPI)
    # At 98 rows to the inch a machine sees twice as many, and joins each two.
    join = 2 if dots.y_dpi < 100 else 1
    rows = round(page_inches[1] * dots.y_dpi * paper.keep)
    seen = Dots(dots.width_px, dots.x_dpi, dots.y_dpi * join)
    matrix = _placed((height, width), fit, page_inches, seen, paper)
    if paper.copies:
        sheet = _photocopy(sheet, rng)
    soft = cv2.GaussianBlur(sheet, (0, 0), 0.8)
    gray = cv2.warpAffine(
        soft,
        matrix,
        (dots.width_px, rows * join),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    if paper.edge_shadow:
        side = int(rng.integers(4, 14))
        gray[:, :side] = np.minimum(gray[:, :side], 60)
    if join > 1:
        gray = cv2.resize(gray, (dots.width_px, rows), interpolation=cv2.INTER_AREA)
    ink = np.asarray(gray < 148 + paper.darkness + _grain(gray.shape, paper.grain, rng))
    _add_specks(ink, paper.specks, rng)
    turned = _turned(canvas.shape, paper.turns)
    placed = np.vstack([matrix, [0, 0, 1]])
    to_sent = np.diag([1, 1 / join, 1]) @ placed @ turned @ np.diag([CANVAS_DPI / 72, CANVAS_DPI / 72, 1.0])
    return SentPage(ink, dots, to_sent[:2])


def _placed(
    shape: tuple[int, int], fit: float, page_inches: tuple[float, float], seen: Dots, paper: Paper
) -> Matrix:
    """Sheet pixels to dots: turned about the middle, scaled, shifted, centered on the line."""
    height, width = shape
    angle = np.deg2rad(paper.skew_degrees)
    scale = fit * paper.scale / CANVAS_DPI
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
    middle = turn @ np.array([width / 2, height / 2])
    line_inches = seen.width_px / seen.x_dpi
    target = np.array([line_inches / 2, page_inches[1] / 2]) + np.asarray(paper.shift_pt) / 72
    spread = np.diag([seen.x_dpi, seen.y_dpi]).astype(np.float64)
    return np.asarray(np.hstack([spread @ turn, (spread @ (target - middle))[:, None]]), np.float64)


def _turned(shape: tuple[int, ...], turns: int) -> Matrix:
    """Canvas pixels to the pixels of ``np.rot90(canvas, turns)``, 3 x 3."""
    matrix = np.eye(3)
    width = shape[1]
    height = shape[0]
    for _ in range(turns % 4):
        matrix = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, width - 1.0], [0.0, 0.0, 1.0]]) @ matrix
        width, height = height, width
    return matrix


def _photocopy(sheet: Gray, rng: Generator) -> Gray:
    """A copy of a copy: strokes thicker or thinner, edges rough."""
    blurred = cv2.GaussianBlur(sheet, (0, 0), 1.1)
    limit = float(rng.uniform(120, 205))
    return np.asarray(np.where(blurred < limit, 0, 255), np.uint8)


def _grain(shape: tuple[int, ...], size: float, rng: Generator) -> NDArray[np.float32]:
    """Noise of the scanner's threshold; one band of it repeats down the page, which nobody sees."""
    band = rng.normal(0, size, (251, shape[1])).astype(np.float32)
    return np.tile(band, (shape[0] // 251 + 1, 1))[: shape[0]]


def _add_specks(ink: Bits, count: int, rng: Generator) -> None:
    height, width = ink.shape
    for _ in range(count):
        top, left = int(rng.integers(0, height)), int(rng.integers(0, width))
        size = int(rng.choice([1, 1, 1, 2, 3]))
        ink[top : top + max(1, size * height // 2200), left : left + size] = True


def add_header(page: SentPage, text: str, shelf: FontShelf, *, overlay: bool = False) -> SentPage:
    """Put the sender's line (its name, the time, the page) above the page, or over its top rows."""
    strip = header_strip(text, shelf, page.dots)
    rows = strip.shape[0]
    if overlay:
        ink = page.ink.copy()
        ink[:rows] = strip[: ink.shape[0]]
        return SentPage(ink, page.dots, page.from_points)
    moved = page.from_points.copy()
    moved[1, 2] += rows
    return SentPage(np.vstack([strip, page.ink]), page.dots, moved)


def header_strip(text: str, shelf: FontShelf, dots: Dots) -> Bits:
    """The header line as a fax machine's own character set draws it: 32 rows at fine, 16 at standard."""
    sheet = Image.new("L", (dots.width_px, 32), 255)
    font = shelf.sized(shelf.face("dejavu-mono"), 24)
    ImageDraw.Draw(sheet).text((40, 1), text, font=font, fill=0)
    gray = np.asarray(sheet, np.uint8)
    if dots.y_dpi < 100:
        gray = np.asarray(cv2.resize(gray, (dots.width_px, 16), interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(gray < 128)
