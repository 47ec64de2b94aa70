"""The directories of a TIFF, read without decoding a pixel.

Pillow stops at the first fault of a directory; a fax cut in its last page, or with a wild pointer at its end,
still has pages before the fault. Sizes must also be known before anything is decoded. TIFF 6.0, section 2;
fax tags RFC 2306 and RFC 3949.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

NEW_SUBFILE_TYPE, WIDTH, LENGTH, BITS_PER_SAMPLE, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
FILL_ORDER, DESCRIPTION, STRIP_OFFSETS, SAMPLES_PER_PIXEL, ROWS_PER_STRIP, STRIP_BYTES = (
    266,
    270,
    273,
    277,
    278,
    279,
)
X_RESOLUTION, Y_RESOLUTION, T4_OPTIONS, RESOLUTION_UNIT, PAGE_NUMBER, DATE_TIME = 282, 283, 292, 296, 297, 306
TILE_OFFSETS, TILE_BYTES, BAD_FAX_LINES = 324, 325, 326

_TYPES = {1: "B", 2: "s", 3: "H", 4: "I", 5: "II", 6: "b", 7: "s", 8: "h", 9: "i", 10: "ii", 11: "f", 12: "d"}
_MOST_VALUES = 100_000
_MOST_DIRECTORIES = 5_000

TagValue = tuple[int | float | Fraction, ...] | str


@dataclass(frozen=True)
class Directory:
    """One image of a TIFF: its tags, and where in the file they and its data end."""

    tags: Mapping[int, TagValue]
    end: int

    def number(self, tag: int, default: int | None = None) -> int | None:
        """The first number of a tag, whole."""
        values = self.tags.get(tag)
        return int(values[0]) if isinstance(values, tuple) and values else default

    def numbers(self, tag: int) -> tuple[int, ...]:
        """All numbers of a tag, whole."""
        values = self.tags.get(tag)
        return tuple(int(value) for value in values) if isinstance(values, tuple) else ()

    def text(self, tag: int) -> str | None:
        """A tag's text, stripped; none where it is missing or empty."""
        value = self.tags.get(tag)
        return (value.strip() or None) if isinstance(value, str) else None

    def dpi(self, tag: int) -> float | None:
        """A resolution tag in dots per inch; none where it is missing or has no unit."""
        values = self.tags.get(tag)
        unit = self.number(RESOLUTION_UNIT, 2)
        if not isinstance(values, tuple) or not values or unit not in {2, 3}:
            return None
        return float(values[0]) * (2.54 if unit == 3 else 1.0)

    @property
    def width_px(self) -> int:
        """Columns; 0 where the directory does not say."""
        return self.number(WIDTH, 0) or 0

    @property
    def height_px(self) -> int:
        """Rows; 0 where the directory does not say."""
        return self.number(LENGTH, 0) or 0

    @property
    def thumbnail(self) -> bool:
        """A reduced copy of another page, never a page of its own."""
        return bool((self.number(NEW_SUBFILE_TYPE, 0) or 0) & 1)


@dataclass(frozen=True)
class Directories:
    """All directories that can be read; ``whole`` is false where the chain breaks off."""

    pages: tuple[Directory, ...]
    whole: bool
    order: str


def is_tiff(data: bytes) -> bool:
    """Whether the bytes begin as a classic TIFF does."""
    return data[:4] in {b"II*\0", b"MM\0*"}


def _value(data: bytes, order: str, kind: int, count: int, field_at: int) -> tuple[TagValue, int] | None:
    """A tag's value and where its bytes end; none where they lie outside the file."""
    letters = _TYPES.get(kind)
    if letters is None or count > _MOST_VALUES:
        return None
    size = struct.calcsize(order + letters) * count
    at = field_at
    if size > 4:
        (at,) = struct.unpack_from(order + "I", data, field_at)
    if at + size > len(data):
        return None
    if letters == "s":
        return data[at : at + size].split(b"\0")[0].decode("latin-1"), at + size
    plain = struct.unpack_from(order + letters * count, data, at)
    if len(letters) == 2:
        pairs = zip(plain[::2], plain[1::2], strict=True)
        return tuple(Fraction(top, bottom) for top, bottom in pairs if bottom), at + size
    return plain, at + size


def _directory(data: bytes, order: str, at: int) -> tuple[Directory, int | None]:
    """One directory and the offset of the next; the offset is none where the directory is cut off."""
    (entries,) = struct.unpack_from(order + "H", data, at)
    end = at + 2 + 12 * entries + 4
    tags: dict[int, TagValue] = {}
    for index in range(entries):
        field = at + 2 + 12 * index
        if field + 12 > len(data):
            return Directory(tags, len(data)), None
        tag, kind, count = struct.unpack_from(order + "HHI", data, field)
        found = _value(data, order, kind, count, field + 8)
        if found is not None and tag not in tags:
            tags[tag] = found[0]
            end = max(end, found[1])
    directory = Directory(tags, end)
    for offsets, lengths in ((STRIP_OFFSETS, STRIP_BYTES), (TILE_OFFSETS, TILE_BYTES)):
        for offset, length in zip(directory.numbers(offsets), directory.numbers(lengths), strict=False):
            end = max(end, offset + length)
    directory = Directory(tags, end)
    next_field = at + 2 + 12 * entries
    if next_field + 4 > len(data):
        return directory, None
    (following,) = struct.unpack_from(order + "I", data, next_field)
    return directory, following


def read_directories(data: bytes) -> Directories:
    """Every directory of a TIFF, up to the first that cannot be read; loops of the chain end it.

    Args:
        data: the file; must satisfy ``is_tiff``.
    """
    order = "<" if data[:2] == b"II" else ">"
    pages: list[Directory] = []
    seen: set[int] = set()
    if len(data) < 8:
        return Directories((), False, order)
    (at,) = struct.unpack_from(order + "I", data, 4)
    while at:
        if at + 2 > len(data) or at in seen or len(pages) >= _MOST_DIRECTORIES:
            return Directories(tuple(pages), False, order)
        seen.add(at)
        directory, following = _directory(data, order, at)
        if directory.width_px:
            pages.append(directory)
        if following is None:
            return Directories(tuple(pages), False, order)
        at = following
    return Directories(tuple(pages), True, order)
