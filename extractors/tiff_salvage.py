"""Rows of a fax page that is cut short: what was received before the cut, and nothing invented behind it."""

import io
import struct
from dataclasses import dataclass

import numpy as np
from PIL import Image

from extractors import tiff_tags as t
from extractors.bilevel import Bits, clear_padding, ink_share
from extractors.tiff_tags import Directory

_MOST_ROWS = 6_000
_DOUBTFUL_BYTES = 24


@dataclass(frozen=True)
class Coding:
    """How the bits of a fax page are coded: enough to decode them without their directory."""

    width_px: int
    compression: int
    t4_options: int
    fill_order: int
    photometric: int

    @classmethod
    def of(cls, directory: Directory) -> "Coding":
        """The coding that a directory states."""
        return cls(
            directory.width_px,
            directory.number(t.COMPRESSION, 1) or 1,
            directory.number(t.T4_OPTIONS, 0) or 0,
            directory.number(t.FILL_ORDER, 1) or 1,
            directory.number(t.PHOTOMETRIC, 0) or 0,
        )


USUAL_CODINGS = tuple(
    Coding(width_px, compression, options, fill_order, 0)
    for compression, options in ((3, 1), (3, 0))
    for fill_order in (2, 1)
    for width_px in (1728, 2048, 2432)
)
"""What fax servers store, tried in this order where a file lost its only directory.

Group 4 is not among them: without end-of-line codes any bytes decode to something, and a page might be
invented.
"""


def _one_strip_tiff(strip: bytes, coding: Coding, rows: int) -> bytes:
    """A TIFF of one strip, so that libtiff decodes just ``rows`` rows of it."""
    entries = [
        (t.WIDTH, 4, coding.width_px),
        (t.LENGTH, 4, rows),
        (t.BITS_PER_SAMPLE, 3, 1),
        (t.COMPRESSION, 3, coding.compression),
        (t.PHOTOMETRIC, 3, coding.photometric & 1),
        (t.FILL_ORDER, 3, coding.fill_order),
        (t.STRIP_OFFSETS, 4, 0),
        (t.SAMPLES_PER_PIXEL, 3, 1),
        (t.ROWS_PER_STRIP, 4, rows),
        (t.STRIP_BYTES, 4, len(strip)),
    ]
    if coding.compression == 3:
        entries.append((t.T4_OPTIONS, 4, coding.t4_options))
    data_at = 8 + 2 + 12 * len(entries) + 4
    parts = [struct.pack("<2sHI", b"II", 42, 8), struct.pack("<H", len(entries))]
    for tag, kind, value in entries:
        shown = data_at if tag == t.STRIP_OFFSETS else value
        parts.append(struct.pack("<HHI", tag, kind, 1) + struct.pack("<I" if kind == 4 else "<Hxx", shown))
    parts += [struct.pack("<I", 0), strip]
    return b"".join(parts)


def _decode(strip: bytes, coding: Coding, rows: int) -> Bits | None:
    """The first ``rows`` rows, or none where the strip ends before them."""
    try:
        with Image.open(io.BytesIO(_one_strip_tiff(strip, coding, rows)), formats=("TIFF",)) as image:
            packed = image.tobytes()
    except (OSError, ValueError, SyntaxError, TypeError):
        return None
    bits = ~np.frombuffer(packed, np.uint8).reshape(rows, -1)
    return clear_padding(bits, coding.width_px)


def rows_before_cut(strip: bytes, coding: Coding, most_rows: int = _MOST_ROWS) -> Bits | None:
    """The rows that a cut strip still holds whole; none where not one decodes.

    libtiff fills what is missing with rows of its own making and calls the strip good. Decoded once as it is
    and once without its last bytes, a strip gives the same rows up to the place where those bytes begin: what
    follows is not trusted.
    """
    if len(strip) <= _DOUBTFUL_BYTES or coding.width_px <= 0:
        return None
    whole = _decode(strip, coding, most_rows)
    shorter = _decode(strip[:-_DOUBTFUL_BYTES], coding, most_rows)
    if whole is None or shorter is None:
        return None
    differing = np.flatnonzero((whole != shorter).any(axis=1))
    inked = np.flatnonzero(whole.any(axis=1))
    rows = int(differing[0]) if len(differing) else int(inked[-1]) + 1 if len(inked) else 0
    return whole[:rows] if rows else None


def wide_enough(strip: bytes, coding: Coding, rows: int) -> bool:
    """Whether a guessed line holds all ink: decoded as wider lines, the strip shows nothing to the right."""
    wider = Coding(
        coding.width_px + 512, coding.compression, coding.t4_options, coding.fill_order, coding.photometric
    )
    bits = _decode(strip, wider, rows)
    if bits is None:
        return False
    beyond = bits[:, coding.width_px // 8 :].any(axis=1)
    return float(beyond.mean()) < 0.05


def looks_like_a_page(bits: Bits, width_px: int) -> bool:
    """Whether decoded rows are a page rather than the noise of a wrong guess of the coding.

    On a page a row is nearly the row above it and most of it is paper; bits decoded with the wrong coding are
    neither.
    """
    if len(bits) < 50:
        return False
    changed = ink_share(bits[1:] ^ bits[:-1], width_px)
    ink = ink_share(bits, width_px)
    rows = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    return (
        0.0005 < ink < 0.3
        and changed < 0.06
        and changed < ink
        and int((rows > 0.9 * width_px).sum()) < 0.02 * len(bits)
    )
