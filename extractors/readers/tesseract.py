"""Tesseract through pytesseract: the second voice for typed fields, and the reader of whole pages.

One process reads all crops of a page from a list of files: a process each costs 0.2 s (pytesseract issue
265), and on several threads it is slower than on one (tesseract issue 3109).
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytesseract

from extractors.model import Gray
from extractors.readers.protocol import LineCrop, LineReading, PageLine, ReaderError

MARGIN_PX = 12
LINE_CONFIG = "--psm 7 --oem 1 -c tessedit_do_invert=0"
PAGE_CONFIG = "--psm 6 --oem 1 -c tessedit_do_invert=0"


class TesseractMissing(ReaderError):
    """The program is not installed."""


class TesseractFailed(ReaderError):
    """The program ran and ended with an error, or did not end in time."""


class Tesseract:
    """Tesseract as a ``LineReader`` and a ``PageReader``."""

    name = "tesseract"

    def __init__(self, timeout_s: float = 30.0) -> None:
        """Look for the program.

        Args:
            timeout_s: longest that one call may take, of crops or of a page.

        Raises:
            TesseractMissing: it is not installed.
        """
        # Its threads fight each other on one core; an operator who set another limit is obeyed.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._timeout_s = timeout_s
        try:
            self.version = str(pytesseract.get_tesseract_version())
        except pytesseract.TesseractNotFoundError as error:
            message = "Tesseract is not installed: apt-get install tesseract-ocr, or read without it."
            raise TesseractMissing(message) from error

    def read(self, crops: Sequence[LineCrop]) -> tuple[LineReading, ...]:
        """Read each crop in one process; see ``LineReader``."""
        if not crops:
            return ()
        with tempfile.TemporaryDirectory(prefix="remsfax-") as folder:
            names = []
            for number, crop in enumerate(crops):
                path = Path(folder) / f"{number:04d}.png"
                cv2.imwrite(str(path), _prepared(crop.pixels), [cv2.IMWRITE_PNG_COMPRESSION, 1])
                names.append(str(path))
            listing = Path(folder) / "crops.txt"
            listing.write_text("\n".join(names) + "\n", encoding="utf-8")
            words = self._run(str(listing), LINE_CONFIG)
        texts: list[list[str]] = [[] for _ in crops]
        figures: list[list[float]] = [[] for _ in crops]
        for page, word, confidence in zip(words["page_num"], words["text"], words["conf"], strict=True):
            if str(word).strip() and float(confidence) >= 0:
                texts[int(page) - 1].append(str(word))
                figures[int(page) - 1].append(float(confidence) / 100)
        return tuple(
            LineReading(" ".join(text), min(figure) if figure else 0.0)
            for text, figure in zip(texts, figures, strict=True)
        )

    def read_page(self, page: Gray, dpi: int) -> tuple[PageLine, ...]:
        """Read a whole page; see ``PageReader``."""
        with tempfile.TemporaryDirectory(prefix="remsfax-") as folder:
            path = Path(folder) / "page.png"
            cv2.imwrite(str(path), page, [cv2.IMWRITE_PNG_COMPRESSION, 1])
            words = self._run(str(path), f"{PAGE_CONFIG} --dpi {dpi}")
        lines: dict[tuple[int, int, int], list[int]] = {}
        for index, word in enumerate(words["text"]):
            if str(word).strip() and float(words["conf"][index]) >= 0:
                key = (
                    int(words["block_num"][index]),
                    int(words["par_num"][index]),
                    int(words["line_num"][index]),
                )
                lines.setdefault(key, []).append(index)
        return tuple(_page_line(words, members) for _, members in sorted(lines.items()))

    def _run(self, source: str, config: str) -> dict[str, list[int | float | str]]:
        try:
            found: dict[str, list[int | float | str]] = pytesseract.image_to_data(
                source,
                lang="eng",
                config=config,
                output_type=pytesseract.Output.DICT,
                timeout=self._timeout_s,
            )
        except pytesseract.TesseractError as error:
            message = f"Tesseract ended with status {error.status}: check that its English data is installed."
            raise TesseractFailed(message) from error
        except RuntimeError as error:
            message = (
                f"Tesseract did not end within {self._timeout_s:g} s: raise the limit, or read without it."
            )
            raise TesseractFailed(message) from error
        return found


def _prepared(pixels: Gray) -> Gray:
    """A crop softened and framed.

    On 150 typed lines of faxes the blur took whole lines right from 79 to 87 %; enlarging gained nothing.
    """
    soft = cv2.GaussianBlur(pixels, (0, 0), 1.0)
    return np.asarray(
        cv2.copyMakeBorder(soft, MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX, cv2.BORDER_CONSTANT, value=255),
        np.uint8,
    )


def _page_line(words: dict[str, list[int | float | str]], members: list[int]) -> PageLine:
    left = [int(words["left"][i]) for i in members]
    top = [int(words["top"][i]) for i in members]
    right = [int(words["left"][i]) + int(words["width"][i]) for i in members]
    bottom = [int(words["top"][i]) + int(words["height"][i]) for i in members]
    return PageLine(
        text=" ".join(str(words["text"][i]) for i in members),
        box_px=(min(left), min(top), max(right), max(bottom)),
        probability=float(np.median([float(words["conf"][i]) for i in members])) / 100,
        word_height_px=float(np.median([int(words["height"][i]) for i in members])),
    )
