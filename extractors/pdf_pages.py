"""Pages of a PDF, drawn by poppler at the resolution of the scan that they hold, or at the fax's own."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from pdf2image import convert_from_path, pdfinfo_from_path
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPageCountError, PDFPopplerTimeoutError
from PIL import Image

from extractors.bilevel import paper_white, threshold_drawn
from extractors.errors import DamagedFax, EncryptedPdf, NoPages, OpeningTimeout, PopplerMissing
from extractors.limits import OpeningLimits
from extractors.model import WORK_DPI, Problem, ReceivedPage

_CHUNK = 8
_INFO_SECONDS = 20
_REMEDY_DAMAGED = "The PDF cannot be read: open and print it to a new PDF, or ask for a resend."


@dataclass(frozen=True)
class _Drawing:
    number: int
    width_px: int
    height_px: int
    x_dpi: float
    y_dpi: float


def open_pdf(data: bytes, limits: OpeningLimits) -> tuple[tuple[ReceivedPage, ...], tuple[Problem, ...]]:
    """Draws every page of a PDF, 1 bit a pixel.

    Raises:
        EncryptedPdf: it asks for a password.
        NoPages: it holds none.
        DamagedFax: poppler cannot read it.
        OpeningTimeout: poppler did not end in time.
        PopplerMissing: poppler-utils is not installed.
        TooManyPages, ImageTooLarge: over the limits.
    """
    with tempfile.TemporaryDirectory(prefix="remsfax-pdf-") as folder:
        path = Path(folder) / "fax.pdf"
        path.write_bytes(data)
        try:
            return _open(path, limits)
        except PDFInfoNotInstalledError as error:
            raise PopplerMissing("pdfinfo is not installed: install poppler-utils.") from error
        except PDFPopplerTimeoutError as error:
            raise OpeningTimeout(
                f"Drawing the PDF took over {limits.pdf_seconds} s: print it to a new PDF."
            ) from error


def _open(path: Path, limits: OpeningLimits) -> tuple[tuple[ReceivedPage, ...], tuple[Problem, ...]]:
    drawings = _drawings(path, limits)
    pages: list[ReceivedPage] = []
    problems: list[Problem] = []
    for size, group in groupby(drawings, key=lambda drawing: (drawing.width_px, drawing.height_px)):
        same = list(group)
        for start in range(0, len(same), _CHUNK):
            chunk = same[start : start + _CHUNK]
            images = _draw(path, chunk, size, limits)
            for drawing, image in zip(chunk, images, strict=False):
                bits = paper_white(threshold_drawn(np.asarray(image)), image.width)
                pages.append(ReceivedPage(drawing.number, bits, image.width, drawing.x_dpi, drawing.y_dpi))
            problems += [
                Problem("page_unreadable", "The page cannot be drawn: ask for a resend.", drawing.number)
                for drawing in chunk[len(images) :]
            ]
    if not pages:
        raise DamagedFax(_REMEDY_DAMAGED)
    return tuple(pages), tuple(problems)


def _draw(
    path: Path, chunk: list[_Drawing], size: tuple[int, int], limits: OpeningLimits
) -> list[Image.Image]:
    images = convert_from_path(
        path,
        first_page=chunk[0].number,
        last_page=chunk[-1].number,
        size=size,
        grayscale=True,
        timeout=limits.pdf_seconds,
    )
    return list(images)


def _drawings(path: Path, limits: OpeningLimits) -> list[_Drawing]:
    """At what size each page is to be drawn; poppler only reads the page tree for this."""
    try:
        info = pdfinfo_from_path(str(path), timeout=_INFO_SECONDS)
        count = int(info.get("Pages", 0))
        if count < 1:
            raise NoPages("The PDF has no pages: ask the sender to fax it again.")
        limits.check_pages(count)
        info = pdfinfo_from_path(str(path), first_page=1, last_page=count, timeout=_INFO_SECONDS)
    except PDFPageCountError as error:
        words = str(error)
        if "password" in words.lower() or "encrypt" in words.lower():
            raise EncryptedPdf("The PDF asks for a password: ask the sender for one without.") from error
        raise DamagedFax(_REMEDY_DAMAGED) from error
    scans = _scan_sizes(path)
    drawings = [_drawing(number, info, scans.get(number)) for number in range(1, count + 1)]
    limits.check_sizes([(drawing.width_px, drawing.height_px) for drawing in drawings])
    return drawings


def _drawing(number: int, info: dict[str, object], scan: tuple[int, int] | None) -> _Drawing:
    size = re.match(
        r"\s*([\d.]+) x ([\d.]+)", str(info.get(f"Page {number} size", info.get("Page    1 size", "")))
    )
    if size is None:
        size = _page_size(number, info)
    width_pt, height_pt = (float(size.group(1)), float(size.group(2))) if size else (612.0, 792.0)
    turned = str(info.get(_key(info, number, "rot"), "0")).strip() in {"90", "270"}
    if turned:
        width_pt, height_pt = height_pt, width_pt
        scan = (scan[1], scan[0]) if scan else None
    if scan is not None:
        width_px, height_px = scan
        x_dpi, y_dpi = width_px * 72 / width_pt, height_px * 72 / height_pt
        if 90 <= x_dpi <= 650 and 90 <= y_dpi <= 650:
            return _Drawing(number, width_px, height_px, x_dpi, y_dpi)
    scale = WORK_DPI / 72
    return _Drawing(
        number, round(width_pt * scale), round(height_pt * scale), float(WORK_DPI), float(WORK_DPI)
    )


def _key(info: dict[str, object], number: int, what: str) -> str:
    """Pdfinfo pads page numbers with blanks to one width; this finds the padded key."""
    pattern = re.compile(rf"Page\s+{number} {what}$")
    return next((key for key in info if pattern.match(key)), "")


def _page_size(number: int, info: dict[str, object]) -> re.Match[str] | None:
    return re.match(r"\s*([\d.]+) x ([\d.]+)", str(info.get(_key(info, number, "size"), "")))


def _scan_sizes(path: Path) -> dict[int, tuple[int, int]]:
    """Width and height in pixels of the one image of each page that has just one, as a scan has."""
    try:
        listing = subprocess.run(
            ["pdfimages", "-list", str(path)],
            capture_output=True,
            text=True,
            timeout=_INFO_SECONDS,
            check=False,
        ).stdout
    except (subprocess.TimeoutExpired, FileNotFoundError):
        return {}
    found: dict[int, list[tuple[int, int, float]]] = {}
    for line in listing.splitlines()[2:]:
        words = line.split()
        if len(words) >= 14 and words[2] == "image" and words[0].isdigit():
            found.setdefault(int(words[0]), []).append((int(words[3]), int(words[4]), float(words[12])))
    # A letterhead's logo is small: the one image must be a page's worth of pixels.
    return {
        page: images[0][:2]
        for page, images in found.items()
        if len(images) == 1 and images[0][0] >= 800 and images[0][1] >= 500
    }
