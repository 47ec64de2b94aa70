"""Pictures of received pages and of single fields, drawn from the archive's bytes as a browser shows them.

A page comes in true proportions (square pixels) and upright by the quarter turns that the store knows. Boxes
are pixels of the page as received (left, top, right, bottom; right and bottom exclusive). Nothing is kept on
disk: opened faxes and drawn pictures stay in memory, the least used go first.
"""

import io
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractors.errors import UnreadableFax
from extractors.limits import OpeningLimits
from extractors.model import OpenedFax, ReceivedPage
from extractors.opening import open_fax
from store.archive import Archive
from store.errors import ArchiveMissing
from store.model import BoxPx

Gray = NDArray[np.uint8]

SNIPPET_DPI = 400
"""Of a snippet: twice a fax, so that strokes stay smooth when the browser enlarges them."""
SNIPPET_WIDTH_PX = 1200
"""Widest snippet; a paragraph is drawn coarser rather than wider."""
MARGIN_IN = (0.35, 0.12)
"""Shown around a field, across and down: enough to see what is printed beside it."""
TILE_MARGIN_IN = (0.06, 0.03)
"""The same on the glyph wall, where only the writing counts."""

_OPENED_BYTES = 192 << 20
_DRAWN_BYTES = 64 << 20


class PictureError(Exception):
    """A picture that cannot be drawn; the message names the remedy."""


class NoSuchPage(PictureError):
    """The fax has no page of that number."""


class PictureLost(PictureError):
    """The bytes of the fax are gone from the archive, or cannot be opened."""


@dataclass(frozen=True)
class PageShape:
    """What the store knows of a received page's raster, enough to place boxes without opening the fax.

    Attributes:
        quarter_turns: counterclockwise turns that lay the page upright.
    """

    width_px: int
    height_px: int
    x_dpi: float
    y_dpi: float
    quarter_turns: int = 0


@dataclass(frozen=True)
class Placed:
    """Where something stands in a picture, as shares of its width and height, and the picture's proportion.

    Attributes:
        aspect: width over height of the whole picture as shown.
        picture_in: width of the whole picture on paper.
    """

    left: float
    top: float
    width: float
    height: float
    aspect: float
    picture_in: float


class Pictures:
    """Draws pages and snippets; one for a web process, used from many threads."""

    def __init__(
        self,
        archive: Archive,
        limits: OpeningLimits | None = None,
        *,
        opened_bytes: int = _OPENED_BYTES,
        drawn_bytes: int = _DRAWN_BYTES,
    ) -> None:
        self._archive = archive
        self._limits = limits or OpeningLimits()
        self._opened: _Kept[str, OpenedFax] = _Kept(opened_bytes, _size_of)
        self._drawn: _Kept[tuple[object, ...], bytes] = _Kept(drawn_bytes, len)

    def warm(self, fax: str) -> None:
        """Open a fax ahead of the first picture of it.

        Raises:
            PictureLost: its bytes are gone or cannot be opened.
        """
        self._opened.get(fax, lambda: self._open(fax))

    def forget(self, fax: str) -> None:
        """Keep nothing of a fax in memory."""
        self._opened.drop(lambda key: key == fax)
        self._drawn.drop(lambda key: key[0] == fax)

    def page(self, fax: str, number: int, quarter_turns: int = 0, *, width_px: int | None = None) -> bytes:
        """A whole page as a PNG: black and white at its own fineness, or 16 grays when made smaller.

        Args:
            fax: SHA-256 of the bytes received.
            number: of the page, from 1.
            quarter_turns: counterclockwise, that lay it upright.
            width_px: of a smaller picture.

        Raises:
            NoSuchPage: the fax has fewer pages.
            PictureLost: its bytes are gone or cannot be opened.
        """
        turns = quarter_turns % 4
        page = self._page(fax, number)
        key = (fax, number, turns, width_px)
        return self._drawn.get(key, lambda: _page_png(page, turns, width_px))

    def snippet(
        self,
        fax: str,
        number: int,
        box_px: BoxPx,
        quarter_turns: int = 0,
        *,
        margin_in: tuple[float, float] = MARGIN_IN,
    ) -> bytes:
        """A field's box with a margin as a PNG of 16 grays, at most ``SNIPPET_WIDTH_PX`` wide.

        Args:
            fax: SHA-256 of the bytes received.
            number: of the page, from 1.
            box_px: of the field.
            quarter_turns: counterclockwise, that lay the page upright.
            margin_in: around the box, across and down.

        Raises:
            NoSuchPage, PictureLost: as for ``page``.
        """
        turns = quarter_turns % 4
        page = self._page(fax, number)
        return self._drawn.get(
            (fax, number, turns, tuple(box_px), margin_in),
            lambda: _snippet_png(page, box_px, turns, margin_in),
        )

    def _page(self, fax: str, number: int) -> ReceivedPage:
        pages = self._opened.get(fax, lambda: self._open(fax)).pages
        if not 1 <= number <= len(pages):
            raise NoSuchPage(f"The fax has no page {number}; it has {len(pages)}.")
        return pages[number - 1]

    def _open(self, fax: str) -> OpenedFax:
        try:
            return open_fax(self._archive.get(fax), limits=self._limits)
        except ArchiveMissing as error:
            raise PictureLost(
                "The bytes of this fax are not in the archive; ask the operator for the backup."
            ) from error
        except UnreadableFax as error:
            raise PictureLost(str(error)) from error


def snippet_area(shape: PageShape, box_px: BoxPx, margin_in: tuple[float, float] = MARGIN_IN) -> BoxPx:
    """The part of the received page that a snippet of this box shows."""
    left, top, right, bottom = box_px
    across, down = margin_in if shape.quarter_turns % 2 == 0 else margin_in[::-1]
    x_margin, y_margin = round(across * shape.x_dpi), round(down * shape.y_dpi)
    area_left = min(max(left - x_margin, 0), shape.width_px - 1)
    area_top = min(max(top - y_margin, 0), shape.height_px - 1)
    return (
        area_left,
        area_top,
        max(min(right + x_margin, shape.width_px), area_left + 1),
        max(min(bottom + y_margin, shape.height_px), area_top + 1),
    )


def placed_in_snippet(shape: PageShape, box_px: BoxPx) -> Placed:
    """Where the field's own box stands in its snippet."""
    return _placed(shape, snippet_area(shape, box_px), box_px)


def placed_on_page(shape: PageShape, box_px: BoxPx) -> Placed:
    """Where the field's box stands on the whole page."""
    return _placed(shape, (0, 0, shape.width_px, shape.height_px), box_px)


def _placed(shape: PageShape, area: BoxPx, box_px: BoxPx) -> Placed:
    width, height = max(area[2] - area[0], 1), max(area[3] - area[1], 1)
    left, right = (min(max((x - area[0]) / width, 0.0), 1.0) for x in (box_px[0], box_px[2]))
    top, bottom = (min(max((y - area[1]) / height, 0.0), 1.0) for y in (box_px[1], box_px[3]))
    width_in, height_in = width / shape.x_dpi, height / shape.y_dpi
    for _ in range(shape.quarter_turns % 4):
        left, top, right, bottom = top, 1.0 - right, bottom, 1.0 - left
        width_in, height_in = height_in, width_in
    return Placed(left, top, right - left, bottom - top, width_in / height_in, width_in)


def _page_png(page: ReceivedPage, turns: int, width_px: int | None) -> bytes:
    square = _upright(page.pixels, page.width_px, _square_height(page), turns)
    if width_px is not None and width_px < square.shape[1]:
        height_px = max(1, round(square.shape[0] * width_px / square.shape[1]))
        return _gray_png(cv2.resize(square, (width_px, height_px), interpolation=cv2.INTER_AREA))
    drawn = io.BytesIO()
    Image.fromarray(square).convert("1", dither=Image.Dither.NONE).save(drawn, "PNG", compress_level=6)
    return drawn.getvalue()


def _snippet_png(page: ReceivedPage, box_px: BoxPx, turns: int, margin_in: tuple[float, float]) -> bytes:
    shape = PageShape(page.width_px, page.bits.shape[0], page.x_dpi, page.y_dpi, turns)
    left, top, right, bottom = snippet_area(shape, box_px, margin_in)
    ink = np.unpackbits(page.bits[top:bottom], axis=1, count=page.width_px)[:, left:right]
    gray = np.where(ink > 0, np.uint8(0), np.uint8(255))
    width_in, height_in = (right - left) / page.x_dpi, (bottom - top) / page.y_dpi
    shown_in = width_in if turns % 2 == 0 else height_in
    dpi = min(SNIPPET_DPI, SNIPPET_WIDTH_PX / max(shown_in, 0.01))
    return _gray_png(_upright(gray, max(1, round(width_in * dpi)), max(1, round(height_in * dpi)), turns))


def _upright(pixels: Gray, width_px: int, height_px: int, turns: int) -> Gray:
    smaller = height_px < pixels.shape[0] or width_px < pixels.shape[1]
    shown = cv2.resize(
        pixels, (width_px, height_px), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    )
    return np.ascontiguousarray(np.rot90(shown, turns), dtype=np.uint8)


def _square_height(page: ReceivedPage) -> int:
    # A file that claims a few dpi must not fill the memory.
    rows: int = page.bits.shape[0]
    return min(max(1, round(rows * page.x_dpi / page.y_dpi)), 8 * rows)


def _gray_png(gray: NDArray[np.generic]) -> bytes:
    drawn = io.BytesIO()
    levels = Image.fromarray(np.asarray(gray, np.uint8) // 17)
    levels.putpalette([shade * 17 for shade in range(16) for _ in range(3)])
    levels.save(drawn, "PNG", compress_level=1, bits=4)
    return drawn.getvalue()


_Key = TypeVar("_Key")
_Held = TypeVar("_Held")


class _Kept(Generic[_Key, _Held]):
    """Values made once each and kept up to a number of bytes, the least used dropped first.

    A single value over the bound is kept alone, so that looking through one long fax does not open it anew
    for each page.
    """

    def __init__(self, most_bytes: int, size: Callable[[_Held], int]) -> None:
        self._most_bytes = most_bytes
        self._size = size
        self._held: OrderedDict[_Key, _Held] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._making: dict[_Key, Lock] = {}

    def get(self, key: _Key, make: Callable[[], _Held]) -> _Held:
        """The value; made by the first who asks while others wait for it."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            gate = self._making.setdefault(key, Lock())
        with gate:
            with self._lock:
                if key in self._held:
                    return self._held[key]
            try:
                made = make()
                with self._lock:
                    self._keep(key, made)
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return made

    def _keep(self, key: _Key, made: _Held) -> None:
        self._held[key] = made
        self._bytes += self._size(made)
        while self._bytes > self._most_bytes and len(self._held) > 1:
            _, dropped = self._held.popitem(last=False)
            self._bytes -= self._size(dropped)

    def drop(self, unwanted: Callable[[_Key], bool]) -> None:
        """Let go of the values of some keys."""
        with self._lock:
            for key in [key for key in self._held if unwanted(key)]:
                self._bytes -= self._size(self._held.pop(key))


def _size_of(fax: OpenedFax) -> int:
    return sum(page.bits.nbytes for page in fax.pages)
