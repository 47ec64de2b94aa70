"""``make run`` as a user meets it: faxes accounted for, a second run without effect, speed, cores, memory."""

import statistics
import struct
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from benchmarks.main_job.command import Ran, inbox_of, run_batch
from benchmarks.main_job.plain import Plain, measure_plain, sample_pages
from benchmarks.table import Row, at_least, at_most, exactly, reported

GB = 1e9


def whole_job(scratch: Path, faxes: list[Path]) -> Iterator[Row]:
    """All rows of the whole job but memory, on a machine that does nothing else.

    The clock tells the truth there alone; processor time, start-up of every process included, is nearly the
    same on a busy one, and is reported beside it.
    """
    inbox = inbox_of(faxes, scratch / "inbox")
    run_batch(scratch / "first", inbox_of(faxes[:1], scratch / "one_fax"), workers=1)
    both = run_batch(scratch / "two", inbox, workers=2, cores=2)
    again = run_batch(scratch / "two", inbox, workers=2, cores=2)
    yield from accounted(faxes, both, again)
    one = run_batch(scratch / "one", inbox, workers=1, cores=1)
    pages = sample_pages(faxes, scratch / "plain")
    yield from speed(both, one, measure_plain(pages, one_core=True), measure_plain(pages, one_core=False))


def speed(both: Ran, one: Ran, plain: Plain, threaded: Plain) -> Iterator[Row]:
    """Rows of speed, each saying what is compared with what, as many cores on either side.

    Args:
        both: the job by two workers on two cores.
        one: the job by one worker on one core.
        plain: the rival on one core.
        threaded: the rival as it comes, on every core.
    """
    count = one.answer["pages"]
    ours, ours_cpu, ours_both = (value / count for value in (one.seconds, one.cpu_seconds, both.seconds))
    yield at_least("whole job, one core, one worker (bar of the main job)", 60 / ours, 40, "pages a minute")
    yield at_least("whole job, one core, one worker (bar of the reader)", 60 / ours, 60, "pages a minute")
    yield reported("whole job, one core, processor time", ours_cpu, "seconds a page")
    rival = "plain pdf2image + pytesseract.image_to_data"
    yield reported(
        f"{rival}, one core, OMP_THREAD_LIMIT=1", plain.seconds, f"seconds a page, {plain.pages} pages"
    )
    yield reported(
        f"{rival}, one core, OMP_THREAD_LIMIT=1, processor time", plain.cpu_seconds, "seconds a page"
    )
    yield reported(f"{rival}, as installed, all cores", threaded.seconds, "seconds a page")
    against = "whole job, one core, against plain pytesseract, one core and one thread"
    yield at_least(f"{against} (bar of the main job)", plain.seconds / ours, 5, "times")
    yield at_least(f"{against} (bar of the reader)", plain.seconds / ours, 8, "times")
    yield reported(f"{against}, processor time", plain.cpu_seconds / ours_cpu, "times")
    yield reported(
        "whole job, two workers, against plain pytesseract as installed, two cores on both sides",
        threaded.seconds / ours_both,
        "times",
    )
    yield at_least("two workers on two cores against one on one", one.seconds / both.seconds, 1.8, "times")
    yield reported(
        "two workers against one, processor time", both.cpu_seconds / one.cpu_seconds, "times as much"
    )


def quick_job(scratch: Path, faxes: list[Path]) -> Iterator[Row]:
    """What holds on a busy machine too; its speed is shown, not judged."""
    inbox = inbox_of(faxes, scratch / "inbox")
    both = run_batch(scratch / "two", inbox, workers=2, watch=True)
    again = run_batch(scratch / "two", inbox, workers=2)
    yield from accounted(faxes, both, again)
    per_core = both.answer["pages"] / both.seconds * 60 / 2
    yield reported(f"whole job, pages a minute a core, {len(faxes)} faxes with start-up", per_core, "pages")
    yield at_most("memory of the largest process", both.peak_bytes / GB, 1.0, "GB")


def accounted(faxes: list[Path], first: Ran, second: Ran) -> Iterator[Row]:
    """No fax is missing after the first run, and the second finds nothing to do."""
    answer = first.answer
    distinct = len({fax.read_bytes() for fax in faxes})
    missing = len(faxes) - answer["faxes"]
    yield exactly("sample faxes missing after the job", missing, 0, "faxes")
    yield exactly("set aside, of faxes that can be opened", answer["set_aside"], 0, "faxes")
    yield exactly(
        "exact resends linked, not read twice", answer["duplicates"], len(faxes) - distinct, "faxes"
    )
    anew = second.answer["documents"] + second.answer["recorded"] + second.answer["in_review"]
    yield exactly("new documents in a second run", anew, 0, "documents")
    yield reported("faxes recorded without a person", answer["recorded"], f"of {answer['faxes']}")


def memory(scratch: Path, faxes: list[Path], count: int) -> Iterator[Row]:
    """The largest process over many faxes, and how its size moves from the second quarter to the last."""
    inbox = many_faxes(faxes, scratch / "many", count)
    ran = run_batch(scratch / "memory", inbox, workers=2, watch=True)
    yield at_most(f"memory of the largest process over {count} faxes", ran.peak_bytes / GB, 1.0, "GB")
    sizes = [size for _, size in ran.process_bytes]
    quarter = len(sizes) // 4
    growth = statistics.median(sizes[-quarter:]) / statistics.median(sizes[quarter : 2 * quarter])
    yield at_most("memory, last quarter against second quarter", growth, 1.1, "times")


def many_faxes(faxes: list[Path], folder: Path, count: int) -> Path:
    """An inbox of single pages; a number behind each one's TIFF data makes it a fax of its own, no resend."""
    folder.mkdir(parents=True, exist_ok=True)
    singles = [fax for fax in faxes if fax.suffix == ".tif" and _pages(fax) == 1]
    for number in range(count):
        data = singles[number % len(singles)].read_bytes()
        (folder / f"{number:04d}.tif").write_bytes(data + struct.pack("<Q", number))
    return folder


def _pages(fax: Path) -> int:
    with Image.open(fax) as image:
        return int(getattr(image, "n_frames", 1))
