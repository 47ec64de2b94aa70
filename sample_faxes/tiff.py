"""Classic TIFF as it lies in the file: pages as tags and coded strips, without decoding a pixel.

A fax server stores the time and its own host name in the file. Taking a file apart and writing it again
with chosen tags keeps the coded lines to the bit and makes the same call give the same bytes on any day and
machine.
"""

import struct
from dataclasses import dataclass, field
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

TagValue = int | tuple[int, ...] | str | tuple[tuple[int, int], ...]

WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 256, 257, 258, 259, 262, 266
DESCRIPTION, STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES = 270, 273, 277, 278, 279
X_RESOLUTION, Y_RESOLUTION, T4_OPTIONS, T6_OPTIONS, RESOLUTION_UNIT = 282, 283, 292, 293, 296
PAGE_NUMBER, SOFTWARE, DATE_TIME, HOST_COMPUTER, BAD_LINES = 297, 305, 306, 316, 326
FAX_RECEIVE_TIME = 34910

_ASCII, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
_SIZES = {1: 1, _ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8}
_SHORT_TAGS = frozenset(
    {BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, SAMPLES, RESOLUTION_UNIT, PAGE_NUMBER, 254, 274, 284}
)

Coding = Literal["g3", "g3-2d", "g4"]


@dataclass(frozen=True)
class TiffPage:
    """One page: its tags (but for the strips' places and sizes) and its coded strips."""

    tags: dict[int, TagValue]
    strips: tuple[bytes, ...] = field(repr=False)

    def number(self, tag: int, default: int = 0) -> int:
        """A tag of one whole number."""
        value = self.tags.get(tag, default)
        return value if isinstance(value, int) else default

    def with_tags(self, **changes: TagValue | None) -> "TiffPage":
        """The page with tags changed (``t306="..."``) or left out (``t316=None``)."""
        tags = dict(self.tags)
        for name, value in changes.items():
            tag = int(name.removeprefix("t"))
            if value is None:
                tags.pop(tag, None)
            else:
                tags[tag] = value
        return TiffPage(tags, self.strips)


def read_pages(data: bytes) -> tuple[TiffPage, ...]:
    """The pages of a little-endian classic TIFF.

    Raises:
        ValueError: the bytes are no such file.
    """
    if data[:4] != b"II*\0":
        raise ValueError("not a little-endian TIFF: write it with write_pages")
    pages = []
    (at,) = struct.unpack_from("<I", data, 4)
    while at:
        (count,) = struct.unpack_from("<H", data, at)
        tags: dict[int, TagValue] = {}
        for entry in range(count):
            place = at + 2 + 12 * entry
            tag, kind, number = struct.unpack_from("<HHI", data, place)
            if kind in _SIZES:
                tags[tag] = _value(data, place + 8, kind, number)
        (at,) = struct.unpack_from("<I", data, at + 2 + 12 * count)
        offsets, sizes = _many(tags.pop(STRIP_OFFSETS)), _many(tags.pop(STRIP_BYTES))
        strips = tuple(data[start : start + size] for start, size in zip(offsets, sizes, strict=True))
        pages.append(TiffPage(tags, strips))
    return tuple(pages)


def _many(value: TagValue) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,)
    return tuple(item for item in value if isinstance(item, int))


def _value(data: bytes, place: int, kind: int, number: int) -> TagValue:
    size = _SIZES[kind] * number
    start = place if size <= 4 else struct.unpack_from("<I", data, place)[0]
    raw = data[start : start + size]
    if kind == _ASCII:
        return raw.rstrip(b"\0").decode("latin-1")
    if kind == _RATIONAL:
        flat = struct.unpack(f"<{2 * number}I", raw)
        return tuple(zip(flat[::2], flat[1::2], strict=True))
    values = struct.unpack(f"<{number}{ {1: 'B', _SHORT: 'H', _LONG: 'I'}[kind] }".replace(" ", ""), raw)
    return int(values[0]) if number == 1 else tuple(int(value) for value in values)


def write_pages(pages: tuple[TiffPage, ...]) -> bytes:
    """A little-endian classic TIFF of the pages, tags in order, each page's strips before its tags."""
    out = BytesIO()
    out.write(b"II*\0\0\0\0\0")
    link = 4
    for page in pages:
        offsets = []
        for strip in page.strips:
            offsets.append(out.tell())
            out.write(strip + b"\0" * (len(strip) % 2))
        tags = dict(page.tags)
        tags[STRIP_OFFSETS] = offsets[0] if len(offsets) == 1 else tuple(offsets)
        sizes = tuple(len(strip) for strip in page.strips)
        tags[STRIP_BYTES] = sizes[0] if len(sizes) == 1 else sizes
        entries = []
        for tag in sorted(tags):
            kind, number, raw = _coded(tag, tags[tag])
            if len(raw) > 4:
                place = out.tell()
                out.write(raw + b"\0" * (len(raw) % 2))
                raw = struct.pack("<I", place)
            entries.append(struct.pack("<HHI", tag, kind, number) + raw.ljust(4, b"\0"))
        start = out.tell()
        out.write(struct.pack("<H", len(entries)) + b"".join(entries) + b"\0\0\0\0")
        end = out.tell()
        out.seek(link)
        out.write(struct.pack("<I", start))
        out.seek(end)
        link = end - 4
    return out.getvalue()


def _coded(tag: int, value: TagValue) -> tuple[int, int, bytes]:
    if isinstance(value, str):
        raw = value.encode("latin-1") + b"\0"
        return _ASCII, len(raw), raw
    values = (value,) if isinstance(value, int) else value
    if values and isinstance(values[0], tuple):
        flat = [part for pair in values if isinstance(pair, tuple) for part in pair]
        return _RATIONAL, len(values), struct.pack(f"<{len(flat)}I", *flat)
    numbers = [number for number in values if isinstance(number, int)]
    kind, code = (_SHORT, "H") if tag in _SHORT_TAGS else (_LONG, "I")
    return kind, len(numbers), struct.pack(f"<{len(numbers)}{code}", *numbers)


_PILLOW_CODING = {"g3": "group3", "g3-2d": "group3", "g4": "group4"}


def code_page(
    ink: NDArray[np.bool_],
    y_dpi: int,
    coding: Coding,
    *,
    rows_per_strip: int | None = None,
    reverse_bits: bool = False,
) -> TiffPage:
    """A bilevel page, rows x columns, True is ink, coded as a fax server would store it at 204 by ``y_dpi``.

    ``reverse_bits`` stores FillOrder 2, as boards that write bits in the order of the line do.
    """
    strips = []
    height, width = ink.shape
    step = rows_per_strip or height
    tags: dict[int, TagValue] = {}
    for top in range(0, height, step):
        page = _pillow_page(ink[top : top + step], coding)
        tags = page.tags
        strips.append(b"".join(page.strips))
    kept = {tag: tags[tag] for tag in (T4_OPTIONS, T6_OPTIONS) if tag in tags}
    if reverse_bits:
        strips = [strip.translate(_REVERSED) for strip in strips]
    page_tags: dict[int, TagValue] = {
        254: 2,
        WIDTH: width,
        LENGTH: height,
        BITS: 1,
        COMPRESSION: 4 if coding == "g4" else 3,
        PHOTOMETRIC: 0,
        FILL_ORDER: 2 if reverse_bits else 1,
        SAMPLES: 1,
        ROWS_PER_STRIP: step,
        X_RESOLUTION: ((204, 1),),
        Y_RESOLUTION: ((y_dpi, 1),),
        RESOLUTION_UNIT: 2,
        **kept,
    }
    return TiffPage(page_tags, tuple(strips))


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _pillow_page(ink: NDArray[np.bool_], coding: Coding) -> TiffPage:
    """The page as Pillow codes it; ink is given as 1, since turning it over costs Pillow 0.4 s."""
    out = BytesIO()
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[ROWS_PER_STRIP] = ink.shape[0]
    if coding == "g3-2d":
        info[T4_OPTIONS] = 1
    Image.fromarray(ink).save(out, format="TIFF", compression=_PILLOW_CODING[coding], tiffinfo=info)
    return read_pages(out.getvalue())[0]
