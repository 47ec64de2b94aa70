"""The rival: what a script of ten lines does, pdf2image and pytesseract over whole pages."""

import os
import time
from pathlib import Path

import pytesseract
from pdf2image import convert_from_path
from PIL import Image

MEASURED_PAGES = 12


def plain_seconds_per_page(faxes: list[Path], scratch: Path) -> float:
    """Seconds a page of pdf2image + pytesseract.image_to_data on one thread, on pages spread over the faxes.

    One thread is the rival's best: with tesseract's own threads a page takes longer on a busy machine.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    pages = _pages_as_pdf(faxes, scratch)
    before = os.environ.get("OMP_THREAD_LIMIT")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        began = time.monotonic()
        for page in pages:
            for image in convert_from_path(page):
                pytesseract.image_to_data(image)
        return (time.monotonic() - began) / len(pages)
    finally:
        if before is None:
            del os.environ["OMP_THREAD_LIMIT"]
        else:
            os.environ["OMP_THREAD_LIMIT"] = before


def _pages_as_pdf(faxes: list[Path], scratch: Path) -> list[Path]:
    """Single-page PDFs of every n-th fax's first page, in true proportions."""
    tiffs = [fax for fax in faxes if fax.suffix == ".tif"]
    chosen = tiffs[:: max(1, len(tiffs) // MEASURED_PAGES)][:MEASURED_PAGES]
    out = []
    for fax in chosen:
        with Image.open(fax) as image:
            x_dpi, y_dpi = (float(v) for v in image.info.get("dpi", (204, 196)))
            square = image.convert("L").resize((image.width, round(image.height * x_dpi / y_dpi)))
        path = scratch / f"{fax.stem}.pdf"
        square.save(path, resolution=x_dpi)
        out.append(path)
    return out
