"""Scanned PDF as office scanners write it: one 1-bit picture a page, the same bytes every time."""

import struct
import zlib
from collections.abc import Sequence
from typing import Literal

import numpy as np

from sample_faxes import tiff
from sample_faxes.paper import SentPage

PdfCoding = Literal["ccitt", "jbig2", "flate"]


def write_pdf(pages: Sequence[SentPage], coding: PdfCoding) -> bytes:
    """A PDF of bilevel pages; each page has the size that its dots to the inch give."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    kids = []
    for page in pages:
        rows, columns = page.ink.shape
        width_pt, height_pt = columns * 72 / page.dots.x_dpi, rows * 72 / page.dots.y_dpi
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        content = f"q {width_pt:.2f} 0 0 {height_pt:.2f} 0 0 cm /Im Do Q".encode()
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width_pt:.2f} {height_pt:.2f}]"
            f"/Contents {number + 1} 0 R/Resources<</XObject<</Im {number + 2} 0 R>>>>>>".encode()
        )
        objects.append(_stream("", content))
        objects.append(_picture(page, coding))
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    return _file(objects)


def _stream(entries: str, data: bytes) -> bytes:
    return f"<<{entries}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def _picture(page: SentPage, coding: PdfCoding) -> bytes:
    rows, columns = page.ink.shape
    entries = (
        f"/Type/XObject/Subtype/Image/Width {columns}/Height {rows}/BitsPerComponent 1/ColorSpace/DeviceGray"
    )
    if coding == "flate":
        return _stream(
            entries + "/Filter/FlateDecode", zlib.compress(np.packbits(~page.ink, axis=1).tobytes(), 9)
        )
    fax = b"".join(tiff.code_page(page.ink, page.dots.y_dpi, "g4").strips)
    if coding == "ccitt":
        parameters = f"/DecodeParms<</K -1/Columns {columns}/Rows {rows}/BlackIs1 false>>"
        return _stream(entries + "/Filter/CCITTFaxDecode" + parameters, fax)
    return _stream(entries + "/Filter/JBIG2Decode", _jbig2(fax, columns, rows, page))


def _jbig2(fax: bytes, columns: int, rows: int, page: SentPage) -> bytes:
    """One page of JBIG2 as PDF embeds it: a generic region in MMR coding (T.88, 6.2.6)."""
    per_meter = round(page.dots.x_dpi / 0.0254), round(page.dots.y_dpi / 0.0254)
    information = struct.pack(">IIIIBH", columns, rows, *per_meter, 0, 0)
    region = struct.pack(">IIIIB", columns, rows, 0, 0, 0) + b"\x01" + fax
    return _segment(0, 48, information) + _segment(1, 38, region)


def _segment(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        out += f"{place:010d} 00000 n \n".encode()
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
