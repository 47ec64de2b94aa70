"""``python -m benchmarks.main_job``: every figure of the main job, or those of some groups of rows."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from benchmarks.main_job.command import REPOSITORY, SAMPLES, sample_faxes
from benchmarks.main_job.examination import examination
from benchmarks.main_job.killing import killed_batches
from benchmarks.main_job.reading_rows import field_rows, hand_rows, line_rows, page_rows, read_folder
from benchmarks.main_job.registration import registration_rows
from benchmarks.main_job.whole_job import memory, quick_job, whole_job
from benchmarks.table import Row, options_of, show

CACHE = REPOSITORY / "var" / "cache"
EXAMINATION = REPOSITORY / "var" / "benchmarks" / "examination"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Bench:
    """What every group of rows works with."""

    scratch: Path
    faxes: list[Path]
    say: Say


def _job(bench: Bench) -> Iterator[Row]:
    bench.say("the whole job over the sample faxes: two cores, again, one core; plain tesseract")
    yield from whole_job(bench.scratch / "job", bench.faxes)


def _memory(bench: Bench) -> Iterator[Row]:
    bench.say("memory over 500 faxes")
    yield from memory(bench.scratch / "memory", bench.faxes, 500)


def _samples(bench: Bench) -> Iterator[Row]:
    bench.say("reading the sample faxes against their truth")
    scores, *_ = read_folder(SAMPLES, CACHE)
    yield from page_rows(scores)
    yield from field_rows(scores, "sample faxes")


def _unseen(bench: Bench) -> Iterator[Row]:
    bench.say("reading faxes that nobody has seen against their truth")
    unseen, readings, truths = read_folder(examination(EXAMINATION, bench.say), CACHE)
    yield from field_rows(unseen, "unseen faxes")
    yield from line_rows(unseen, truths, "unseen faxes")
    yield from hand_rows(readings, truths, most=1500)


def _registration(bench: Bench) -> Iterator[Row]:
    bench.say("registration against the bitmaps that were sent")
    yield from registration_rows(CACHE, most_faxes=40)


def _killed(bench: Bench) -> Iterator[Row]:
    bench.say("20 batches killed at random moments and run again")
    yield from killed_batches(bench.scratch / "kills", bench.faxes[3:60:12], kills=20)


GROUPS: Mapping[str, Callable[[Bench], Iterator[Row]]] = MappingProxyType(
    {
        "job": _job,
        "memory": _memory,
        "samples": _samples,
        "unseen": _unseen,
        "registration": _registration,
        "killed": _killed,
    }
)


def measure(groups: Sequence[str], say: Say) -> Iterator[Row]:
    """The rows of some groups, in the order of ``GROUPS``."""
    with tempfile.TemporaryDirectory(prefix="remsfax-benchmark-") as name:
        bench = Bench(Path(name), sample_faxes(), say)
        for group, rows in GROUPS.items():
            if group in groups:
                yield from rows(bench)


def measure_quick(say: Say) -> Iterator[Row]:
    """The rows that need no fresh faxes, no fonts and less than two minutes."""
    faxes = sample_faxes()
    with tempfile.TemporaryDirectory(prefix="remsfax-benchmark-") as name:
        scratch = Path(name)
        say("the whole job over every fourth sample fax")
        yield from quick_job(scratch, faxes[::4])
        say("one batch killed and run again")
        yield from killed_batches(scratch / "kills", faxes[3:60:12], kills=1)


def main() -> int:
    """Run the benchmark from the command line; returns 0 when every row holds, else 1."""
    options = options_of("The main job")
    options.add_argument(
        "--only", nargs="+", choices=GROUPS, default=list(GROUPS), help="measure these groups of rows alone"
    )
    arguments = options.parse_args()
    if arguments.quick:
        return show("The main job", measure_quick, arguments)
    return show("The main job", lambda say: measure(arguments.only, say), arguments)


if __name__ == "__main__":
    sys.exit(main())
