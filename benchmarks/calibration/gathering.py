"""Reads the faxes of a harvest with every voice, in a process of its own."""

from dataclasses import replace
from pathlib import Path

import cv2

from benchmarks.calibration.cases import Case, Remembered, cases_of
from benchmarks.calibration.cuts import cut_pages
from extractors.blanks import load_blanks
from extractors.readers.ppocr import PpOcr
from extractors.readers.protocol import Readers
from extractors.readers.registry import open_readers
from form_templates.catalog import load_catalog
from pipelines.settings import ReadingSettings

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SCRATCH = REPOSITORY / "var" / "benchmarks" / "calibration"
BLANKS = REPOSITORY / "var" / "cache"


def voices_of(leading: Path | None, witness: Path | None) -> Readers:
    """The shipped voices, or other weights in their place."""
    chosen = ReadingSettings()
    shipped = open_readers(
        chosen.hand_reader,
        chosen.typed_reader,
        chosen.second_reader or None,
        None,
        chosen.witness_reader or None,
    )
    if leading is not None:
        net = PpOcr(leading)
        shipped = replace(shipped, hand=net, typed=net)
    return replace(shipped, witness=PpOcr(witness)) if witness is not None else shipped


def gather(part: tuple[Path, Path | None, Path | None, int, int]) -> list[Case]:
    """The cases of a part of the faxes: folder, weights of both nets, into how many parts, which one."""
    harvest, leading, witness, workers, number = part
    cv2.setNumThreads(1)
    readers = voices_of(leading, witness)
    SCRATCH.mkdir(parents=True, exist_ok=True)
    if readers.second is not None:
        readers = replace(readers, second=Remembered(readers.second, SCRATCH, number))
    catalog = load_catalog()
    pages = cut_pages(harvest / "faxes", SCRATCH, catalog, load_blanks(catalog, BLANKS), (number, workers))
    found = [case for page in pages for case in cases_of(page, readers)]
    if isinstance(readers.second, Remembered):
        readers.second.save()
    return found
