"""The rival: what a script of ten lines does, pdf2image and pytesseract over whole pages."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytesseract
from pdf2image import convert_from_path, pdfinfo_from_path
from PIL import Image

from benchmarks.main_job.cores import pinned, seconds_used

MEASURED_PAGES = 24
_FAX_DPI = (204.0, 196.0)


@dataclass(frozen=True)
class Plain:
    """What the rival takes for a page: by the clock, and of processor time, user and system together."""

    seconds: float
    cpu_seconds: float
    pages: int


def sample_pages(faxes: Sequence[Path], scratch: Path, count: int = MEASURED_PAGES) -> list[Path]:
    """Single-page PDFs of every n-th page of all faxes together: the received bits, in true proportions."""
    scratch.mkdir(parents=True, exist_ok=True)
    pages = [page for fax in faxes for page in _pages(fax)]
    step = max(1, len(pages) // count)
    return [write(scratch / f"{number:04d}.pdf") for number, write in enumerate(pages[::step][:count])]


def measure_plain(pages: Sequence[Path], *, one_core: bool) -> Plain:
    """pdf2image and ``pytesseract.image_to_data``, both at their defaults, on the pages one after another.

    Args:
        pages: single-page PDFs.
        one_core: one thread (``OMP_THREAD_LIMIT=1``, tesseract's best) on one core; else tesseract's own
            threads, as they come, on every core.
    """
    with _threads("1" if one_core else None), pinned(1 if one_core else None):
        began, used = time.monotonic(), seconds_used()
        for page in pages:
            for image in convert_from_path(page):
                pytesseract.image_to_data(image)
        seconds, cpu = time.monotonic() - began, seconds_used() - used
    return Plain(seconds / len(pages), cpu / len(pages), len(pages))


@contextmanager
def _threads(limit: str | None) -> Iterator[None]:
    before = os.environ.pop("OMP_THREAD_LIMIT", None)
    if limit is not None:
        os.environ["OMP_THREAD_LIMIT"] = limit
    try:
        yield
    finally:
        os.environ.pop("OMP_THREAD_LIMIT", None)
        if before is not None:
            os.environ["OMP_THREAD_LIMIT"] = before


def _pages(fax: Path) -> Iterator[Callable[[Path], Path]]:
    """For each page of a fax, what writes it as a PDF of its own."""
    if fax.suffix == ".pdf":
        for number in range(1, int(pdfinfo_from_path(str(fax))["Pages"]) + 1):
            yield lambda out, number=number: _write_sent(fax, number, out)  # type: ignore[misc]
        return
    with Image.open(fax) as image:
        frames = int(getattr(image, "n_frames", 1))
    for number in range(frames):
        yield lambda out, number=number: _write_received(fax, number, out)  # type: ignore[misc]


def _write_sent(fax: Path, number: int, out: Path) -> Path:
    subprocess.run(["pdfseparate", "-f", str(number), "-l", str(number), str(fax), str(out)], check=True)
    return out


def _write_received(fax: Path, number: int, out: Path) -> Path:
    with Image.open(fax) as image:
        image.seek(number)
        x_dpi, y_dpi = (float(value) or 1.0 for value in image.info.get("dpi", _FAX_DPI))
        if not 0.4 < y_dpi / x_dpi < 2.6:
            x_dpi, y_dpi = _FAX_DPI
        image.convert("1").save(out, dpi=(x_dpi, y_dpi))
    return out
