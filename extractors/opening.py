"""Bytes of a fax to its pages: TIFF of every fax kind, PDF, and pictures of paper."""

import hashlib
import io
import warnings

import numpy as np
from PIL import Image, ImageOps

from extractors.bilevel import (
    from_packed_paper,
    page_resolution,
    paper_white,
    threshold_drawn,
    threshold_photo,
)
from extractors.errors import DamagedFax, EmptyFile, ImageTooLarge, NotAFax
from extractors.limits import OpeningLimits
from extractors.model import OpenedFax, ReceivedPage
from extractors.pdf_pages import open_pdf
from extractors.tiff_pages import open_tiff
from extractors.tiff_tags import is_tiff

__all__ = ["OpeningLimits", "open_fax"]

_PICTURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}


def open_fax(data: bytes, name_hint: str = "", limits: OpeningLimits | None = None) -> OpenedFax:
    """Opens a fax and gives its pages, 1 bit a pixel, ink and paper told from the pixels.

    What the file is, its first bytes say; its name is used in no decision, only to word the refusal.

    Args:
        data: the whole file.
        name_hint: the file's name; only its ending is used.
        limits: what the file may ask for.

    Raises:
        UnreadableFax: one of the classes of ``extractors.errors``; the message names the remedy.
    """
    limits = limits or OpeningLimits()
    if not data:
        raise EmptyFile("The file is empty: fetch it again from the fax server.")
    limits.check_bytes(len(data))
    sha256 = hashlib.sha256(data).hexdigest()
    if is_tiff(data):
        fax = open_tiff(data, limits)
        return OpenedFax(
            sha256, fax.format, fax.pages, fax.sender, fax.sent_at, fax.announced_pages, fax.problems
        )
    if b"%PDF-" in data[:1024]:
        pages, problems = open_pdf(data, limits)
        return OpenedFax(sha256, "pdf", pages, problems=problems)
    for start, kind in _PICTURES.items():
        if data.startswith(start):
            return OpenedFax(sha256, "image", (_open_picture(data, kind, limits),))
    ending = name_hint.rpartition(".")[2].lower() if "." in name_hint else ""
    named = (
        f" although it is named .{ending}" if ending in {"tif", "tiff", "pdf", "png", "jpg", "jpeg"} else ""
    )
    raise NotAFax(f"The file is no TIFF, PDF, PNG or JPEG{named}: ask the sender to fax it again.")


def _open_picture(data: bytes, kind: str, limits: OpeningLimits) -> ReceivedPage:
    try:
        with warnings.catch_warnings():
            # Our own limit, checked by the declared size, says what Pillow would only warn of.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=(kind,)) as image:
                limits.check_sizes([image.size])
                stated = image.info.get("dpi") or (None, None)
                return _picture_page(ImageOps.exif_transpose(image), stated)
    except Image.DecompressionBombError as error:
        raise ImageTooLarge(
            f"The picture declares more than {limits.most_page_px:,} pixels: ask for it as a fax."
        ) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise DamagedFax(
            "The picture cannot be decoded: ask for it again, best as a fax or a PDF."
        ) from error


def _picture_page(image: Image.Image, stated: tuple[float | None, float | None]) -> ReceivedPage:
    """A picture of (nearly) two colors is a saved fax page; another is from a camera or a scanner."""
    width, height = image.size
    x_dpi, y_dpi = (float(value) if value else None for value in stated)
    if image.mode == "1":
        bits = from_packed_paper(image.tobytes(), width, height)
        resolution = page_resolution(width, height, x_dpi, y_dpi)
        return ReceivedPage(1, paper_white(bits, width), width, resolution.x_dpi, resolution.y_dpi)
    if "A" in image.getbands() or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    gray = np.asarray(image.convert("L"))
    histogram = np.bincount(gray.ravel()[::7], minlength=256)
    drawn = histogram[[*range(8), *range(248, 256)]].sum() > 0.9 * histogram.sum()
    resolution = page_resolution(width, height, x_dpi, y_dpi, photo=not drawn and _idle_resolution(x_dpi))
    bits = threshold_drawn(gray) if drawn else threshold_photo(gray, resolution.x_dpi)
    return ReceivedPage(1, paper_white(bits, width), width, resolution.x_dpi, resolution.y_dpi)


def _idle_resolution(x_dpi: float | None) -> bool:
    """Whether a picture's stated resolution is the idle default of a camera or a screen, not a scanner's."""
    return x_dpi is None or round(x_dpi) in {0, 1, 72, 96}
