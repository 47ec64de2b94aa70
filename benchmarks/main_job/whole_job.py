"""``make run`` as a user meets it: faxes accounted for, a second run without effect, speed, cores, memory."""

import statistics
import struct
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from benchmarks.main_job.command import Ran, inbox_of, run_batch
from benchmarks.main_job.plain import plain_seconds_per_page
from benchmarks.table import Row, at_least, at_most, exactly, reported

GB = 1e9


def whole_job(scratch: Path, faxes: list[Path], *, memory_faxes: int) -> Iterator[Row]:
    """All rows that one look at the whole job gives, on a machine that does nothing else."""
    inbox = inbox_of(faxes, scratch / "inbox")
    both = run_batch(scratch / "two", inbox, workers=2)
    again = run_batch(scratch / "two", inbox, workers=2)
    yield from accounted(faxes, both, again)
    one = run_batch(scratch / "one", inbox, workers=1)
    pages = both.answer["pages"]
    yield at_least("whole job, pages a minute a core (one worker)", pages / one.seconds * 60, 40, "pages")
    plain = plain_seconds_per_page(faxes, scratch / "plain")
    yield reported("plain pdf2image + pytesseract.image_to_data, one thread", plain, "seconds a page")
    yield at_least("whole job against plain pytesseract, per page", plain / (one.seconds / pages), 5, "times")
    yield at_least("two cores against one", one.seconds / both.seconds, 1.8, "times")
    yield from memory(scratch, faxes, memory_faxes)


def quick_job(scratch: Path, faxes: list[Path]) -> Iterator[Row]:
    """What holds on a busy machine too; its speed is shown, not judged."""
    inbox = inbox_of(faxes, scratch / "inbox")
    both = run_batch(scratch / "two", inbox, workers=2, watch=True)
    again = run_batch(scratch / "two", inbox, workers=2)
    yield from accounted(faxes, both, again)
    per_core = both.answer["pages"] / both.seconds * 60 / 2
    yield reported(f"whole job, pages a minute a core, {len(faxes)} faxes with start-up", per_core, "pages")
    yield at_most("memory of the largest process", both.peak_bytes / GB, 1.2, "GB")


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
    yield at_most(f"memory of the largest process over {count} faxes", ran.peak_bytes / GB, 1.2, "GB")
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
