"""What a person is told of an exception: our own words, or type and remedy; never a library's."""

import errno
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from extractors.errors import PopplerMissing
from extractors.readers.protocol import ReaderError
from pipelines.batch import BatchResult
from pipelines.errors import PipelineError
from pipelines.failures import place_of, sentence_of
from pipelines.receiving import Taken
from pipelines.sidecar import moment
from pipelines.workers import MachineFault
from store.errors import DiskFull


class StrangersReader(ReaderError):
    """A reader of another package, kept to the contract of its base."""


StrangersReader.__module__ = "a_package_of_others"

FOREIGN = [
    OperationalError("INSERT INTO fields VALUES ('Ferreira-Lund')", {"born": "1980-02-03"}, ValueError("x")),
    KeyError("Ferreira-Lund"),
    ValueError("time data '1980-02-03' does not match\nFerreira-Lund"),
    OSError(errno.EIO, "Input/output error", "/inbox/Ferreira-Lund 1980-02-03.tif"),
    MemoryError("Ferreira-Lund"),
    Exception(),
]


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: type(error).__name__)
def test_foreign_words_reach_nobody(error: Exception) -> None:
    told = sentence_of(error)
    assert "Ferreira" not in told
    assert "1980" not in told
    assert "\n" not in told
    assert told.endswith(".")
    assert any(remedy in told for remedy in ("report it", "run again"))


def test_a_foreign_exception_is_named_by_its_type() -> None:
    assert "KeyError" in sentence_of(KeyError("Ferreira-Lund"))
    assert "Input/output error" in sentence_of(FOREIGN[3])


@pytest.mark.parametrize(
    "error",
    [
        PipelineError("Make the folder."),
        DiskFull("Free some space and run again."),
        PopplerMissing("Install poppler-utils."),
        MachineFault("The database is gone; start it."),
        StrangersReader("Renew the license of the reader."),
    ],
)
def test_our_own_words_are_shown_as_they_are(error: Exception) -> None:
    assert sentence_of(error) == str(error)


def test_a_line_is_one_line_and_has_its_stop() -> None:
    assert sentence_of(PipelineError("Make the\n  folder")) == "Make the folder."


def test_the_place_is_the_last_of_our_own_code() -> None:
    try:
        moment("2026-10-05", "no zone")  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        place = place_of(error)
    assert place is not None
    assert place.startswith("sidecar.py:")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (0, "The disk is full; free some space and run again."),
        (1, "The disk is full; free some space and run again. 1 fax waits for the next run."),
        (2, "The disk is full; free some space and run again. 2 faxes wait for the next run."),
    ],
)
def test_the_count_of_waiting_faxes_follows_a_whole_sentence(left: int, said: str) -> None:
    result = BatchResult(
        batch_id="b",
        source=str(Path("inbox")),
        began_at=datetime(2026, 10, 5, tzinfo=UTC),
        taken=Taken(left=left),
        faxes_done=(),
        seconds=1.0,
        cpu_seconds=1.0,
        stopped=sentence_of(DiskFull("The disk is full; free some space and run again")),
    )
    assert list(result.remarks()) == [said]
    assert result.exit_code == 2
