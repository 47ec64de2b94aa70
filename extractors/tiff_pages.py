"""Pages of a TIFF, each with its own resolution and what the fax server wrote about it."""

import io
import re
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from PIL import Image

from extractors import tiff_tags as t
from extractors.bilevel import Bits, from_packed_paper, pack, page_resolution, paper_white, threshold_drawn
from extractors.errors import DamagedFax, NoPages
from extractors.limits import OpeningLimits
from extractors.model import FaxFormat, Problem, ReceivedPage
from extractors.tiff_order import lies_about_order, with_bits_turned
from extractors.tiff_salvage import USUAL_CODINGS, Coding, looks_like_a_page, rows_before_cut, wide_enough
from extractors.tiff_tags import Directories, Directory

# T.30 sends at most 20 characters of identification; longer descriptions are a program's own words.
_LONGEST_IDENT = 20
_GUESSED_ROWS = 600


@dataclass(frozen=True, eq=False)
class TiffFax:
    """What a TIFF holds."""

    format: FaxFormat
    pages: tuple[ReceivedPage, ...]
    sender: str | None
    sent_at: datetime | None
    announced_pages: int | None
    problems: tuple[Problem, ...]


def open_tiff(data: bytes, limits: OpeningLimits) -> TiffFax:
    """Opens every page of a TIFF.

    A page whose data is cut keeps the rows before the cut; one that cannot be decoded is a problem.

    Raises:
        NoPages: the file has no directory and no data.
        DamagedFax: not one page decodes.
        TooManyPages, ImageTooLarge: by the declared sizes, before anything is decoded.
    """
    directories = t.read_directories(data)
    pages = [page for page in directories.pages if not page.thumbnail] or list(directories.pages)
    limits.check_pages(len(pages))
    limits.check_sizes([(page.width_px, page.height_px) for page in pages])
    problems: list[Problem] = []
    received: list[ReceivedPage] = []
    for index, directory in enumerate(pages):
        page = _page(data, directories.pages.index(directory), directory, index + 1, problems)
        if page is not None:
            received.append(page)
    if not directories.whole:
        _note_cut(data, directories, received, problems)
    if not received:
        if not pages and len(data) <= 8:
            raise NoPages("The TIFF has no pages: ask the sender to fax it again.")
        raise DamagedFax("No page of the TIFF can be decoded: fetch the file again, or ask for a resend.")
    first = pages[0] if pages else None
    return TiffFax(
        _format(first),
        tuple(received),
        _sender(first),
        _date_time(first),
        _announced(pages),
        tuple(problems),
    )


def _page(
    data: bytes, frame: int, directory: Directory, number: int, problems: list[Problem]
) -> ReceivedPage | None:
    decoded = _decode_frame(data, frame, directory)
    if lies_about_order(data, directory):
        turned = _decode_frame(with_bits_turned(data, directory), frame, directory)
        decoded = turned or decoded
    if decoded is None:
        rows = _decode_cut(data, directory)
        if rows is None:
            problems.append(
                Problem(
                    "page_unreadable",
                    "The page cannot be decoded: fetch the file again or ask for a resend.",
                    number,
                )
            )
            return None
        lost = directory.height_px - len(rows)
        problems.append(
            Problem(
                "page_cut", f"The file ends within this page, {lost} rows are lost: ask for a resend.", number
            )
        )
        decoded = directory.width_px, rows
    width_px, bits = decoded
    bits = paper_white(bits, width_px)
    resolution = page_resolution(
        width_px, len(bits), directory.dpi(t.X_RESOLUTION), directory.dpi(t.Y_RESOLUTION)
    )
    return ReceivedPage(
        number, bits, width_px, resolution.x_dpi, resolution.y_dpi, directory.number(t.BAD_FAX_LINES)
    )


def _decode_frame(data: bytes, frame: int, directory: Directory) -> tuple[int, Bits] | None:
    """Columns and rows of the frame, decoded by libtiff; none where it refuses or data is missing."""
    for offsets, lengths in ((t.STRIP_OFFSETS, t.STRIP_BYTES), (t.TILE_OFFSETS, t.TILE_BYTES)):
        for offset, length in zip(directory.numbers(offsets), directory.numbers(lengths), strict=False):
            if offset + length > len(data):
                return None
    try:
        with Image.open(io.BytesIO(data), formats=("TIFF",)) as image:
            image.seek(frame)
            if sorted(image.size) != sorted((directory.width_px, directory.height_px)):
                return None
            # Loading turns the image as its orientation tag says, so the size is only now that of the pixels.
            image.load()
            if image.mode == "1":
                return image.width, from_packed_paper(image.tobytes(), image.width, image.height)
            gray = np.asarray(image.convert("L"))
            two_colors = directory.number(t.BITS_PER_SAMPLE, 1) == 1
            return image.width, pack(gray < 128) if two_colors else threshold_drawn(gray)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, EOFError, AttributeError, MemoryError):
        # Pillow meets a malformed directory or strip with any of these.
        return None


def _decode_cut(data: bytes, directory: Directory) -> Bits | None:
    """The rows of a fax page before its data ends; strips after the first faulty one are lost."""
    coding = Coding.of(directory)
    if coding.compression not in {2, 3, 4} or (directory.number(t.BITS_PER_SAMPLE, 1) or 1) != 1:
        return None
    offsets, lengths = directory.numbers(t.STRIP_OFFSETS), directory.numbers(t.STRIP_BYTES)
    if not offsets or (directory.number(t.SAMPLES_PER_PIXEL, 1) or 1) != 1:
        return None
    rows_left = directory.height_px
    strip_rows = min(directory.number(t.ROWS_PER_STRIP, rows_left) or rows_left, rows_left)
    kept: list[Bits] = []
    for index, offset in enumerate(offsets):
        end = offset + lengths[index] if index < len(lengths) else len(data)
        expected = min(strip_rows, rows_left)
        if expected <= 0:
            break
        bits = rows_before_cut(data[offset:end], coding, expected)
        if bits is not None:
            kept.append(bits)
            rows_left -= len(bits)
        if bits is None or len(bits) < expected:
            break
    return np.vstack(kept) if kept else None


def _note_cut(
    data: bytes, directories: Directories, received: list[ReceivedPage], problems: list[Problem]
) -> None:
    """A chain of directories that breaks off: says so, and keeps the rows of the page that lost its own."""
    number = len(directories.pages) + 1
    last = directories.pages[-1] if directories.pages else None
    strip = data[last.end :] if last is not None else data[8:]
    codings = (Coding.of(last),) if last is not None else USUAL_CODINGS
    for coding in codings:
        if coding.compression not in {2, 3, 4} or len(strip) < 200:
            continue
        if last is None and not _plausible(rows_before_cut(strip, coding, _GUESSED_ROWS), coding):
            continue
        bits = rows_before_cut(strip, coding)
        if bits is None or not _plausible(bits, coding):
            continue
        if last is None and not wide_enough(strip, coding, len(bits)):
            continue
        model = received[-1] if received else None
        if model is not None:
            x_dpi, y_dpi = model.x_dpi, model.y_dpi
        else:
            resolution = page_resolution(coding.width_px, len(bits), None, None)
            x_dpi, y_dpi = resolution.x_dpi, resolution.y_dpi
        received.append(
            ReceivedPage(number, paper_white(bits, coding.width_px), coding.width_px, x_dpi, y_dpi)
        )
        problems.append(Problem("page_cut", "The file ends within this page: ask for a resend.", number))
        return
    problems.append(
        Problem(
            "file_cut", "The file ends before its last page is whole: fetch it again or ask for a resend."
        )
    )


def _plausible(bits: Bits | None, coding: Coding) -> bool:
    return bits is not None and looks_like_a_page(bits, coding.width_px)


def _format(directory: Directory | None) -> FaxFormat:
    compression = directory.number(t.COMPRESSION, 1) if directory is not None else 1
    if directory is None or compression not in {2, 3, 4}:
        return "tiff"
    if compression == 4:
        return "tiff-g4"
    two_dimensional = compression == 3 and (directory.number(t.T4_OPTIONS, 0) or 0) & 1
    return "tiff-g3-2d" if two_dimensional else "tiff-g3"


def _sender(directory: Directory | None) -> str | None:
    text = directory.text(t.DESCRIPTION) if directory is not None else None
    if text is None or len(text) > _LONGEST_IDENT or not text.isprintable():
        return None
    return re.sub(r"\s+", " ", text)


def _date_time(directory: Directory | None) -> datetime | None:
    text = directory.text(t.DATE_TIME) if directory is not None else None
    try:
        return datetime.strptime(text or "", "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _announced(pages: list[Directory]) -> int | None:
    """The number of pages that the tags announce; 0 means that the server did not know it."""
    totals = [numbers[1] for page in pages if len(numbers := page.numbers(t.PAGE_NUMBER)) == 2]
    return max(totals, default=0) or None
