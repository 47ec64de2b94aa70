"""``python -m benchmarks.main_job``: every figure of the main job."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.main_job.command import REPOSITORY, SAMPLES, sample_faxes
from benchmarks.main_job.examination import examination
from benchmarks.main_job.killing import killed_batches
from benchmarks.main_job.reading_rows import field_rows, hand_rows, line_rows, page_rows, read_folder
from benchmarks.main_job.registration import registration_rows
from benchmarks.main_job.whole_job import quick_job, whole_job
from benchmarks.table import Mode, Row, main

CACHE = REPOSITORY / "var" / "cache"
EXAMINATION = REPOSITORY / "var" / "benchmarks" / "examination"


def measure(mode: Mode, say: Callable[[str], None]) -> Iterator[Row]:
    """The rows; quick leaves out what needs fresh faxes, fonts or more than two minutes."""
    faxes = sample_faxes()
    with tempfile.TemporaryDirectory(prefix="remsfax-benchmark-") as name:
        scratch = Path(name)
        if mode == "quick":
            say("the whole job over every fourth sample fax")
            yield from quick_job(scratch, faxes[::4])
            say("one batch killed and run again")
            yield from killed_batches(scratch / "kills", faxes[3:60:12], kills=1)
            return
        say("the whole job over the sample faxes: two cores, again, one core, plain tesseract, 500 faxes")
        yield from whole_job(scratch, faxes, memory_faxes=500)
        say("reading the sample faxes against their truth")
        scores, *_ = read_folder(SAMPLES, CACHE)
        yield from page_rows(scores)
        yield from field_rows(scores, "sample faxes")
        unseen, readings, truths = read_folder(examination(EXAMINATION, say), CACHE)
        yield from field_rows(unseen, "unseen faxes")
        yield from line_rows(unseen, truths, "unseen faxes")
        yield from hand_rows(readings, truths, most=1500)
        say("registration against the bitmaps that were sent")
        yield from registration_rows(CACHE, most_faxes=40)
        say("20 batches killed at random moments and run again")
        yield from killed_batches(scratch / "kills", faxes[3:60:12], kills=20)


if __name__ == "__main__":
    sys.exit(main("The main job", measure))
