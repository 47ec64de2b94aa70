"""Which bit of a byte goes first in a fax page, where the FillOrder tag says the other.

Fax servers differ in the order, and some write the other one than they state. The codes that every
page has tell it: Group 3 begins with an end of line (ITU-T T.4, 4.1.2), Group 4 ends with an end of
block (T.6, 2.2.5). Decoding both ways and looking would tell it too, and fill the terminal with the
complaints of libtiff.
"""

from extractors import tiff_tags as t
from extractors.tiff_tags import Directory

_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_END_OF_LINE = "000000000001"
_END_OF_BLOCK = _END_OF_LINE * 2
_HEAD_BYTES, _TAIL_BYTES = 4, 6


def lies_about_order(data: bytes, directory: Directory) -> bool:
    """Whether the page's first strip bears its code in the order that its tag does not state."""
    compression, offsets = directory.number(t.COMPRESSION, 1), directory.numbers(t.STRIP_OFFSETS)
    lengths = directory.numbers(t.STRIP_BYTES)
    if compression not in {3, 4} or not offsets or not lengths:
        return False
    strip = data[offsets[0] : offsets[0] + lengths[0]]
    code, part = (
        (_END_OF_LINE, strip[:_HEAD_BYTES])
        if compression == 3
        else (_END_OF_BLOCK, strip.rstrip(b"\0")[-_TAIL_BYTES:])
    )
    straight, turned = code in _bits(part), code in _bits(part.translate(_TURNED))
    if straight == turned:
        return False
    return turned if directory.number(t.FILL_ORDER, 1) != 2 else straight


def with_bits_turned(data: bytes, directory: Directory) -> bytes:
    """The file with the bits of each byte of this page the other way round."""
    turned = bytearray(data)
    offsets, lengths = directory.numbers(t.STRIP_OFFSETS), directory.numbers(t.STRIP_BYTES)
    for offset, length in zip(offsets, lengths, strict=False):
        turned[offset : offset + length] = data[offset : offset + length].translate(_TURNED)
    return bytes(turned)


def _bits(part: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in part)
