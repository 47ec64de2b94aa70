"""Types that pass between the steps of one fax."""

from dataclasses import dataclass

from extractors.model import PageIdentity, ReceivedPage, TransmissionReading
from store.model import Outcome, SetAside, TaskKind

TASK_RANK: dict[TaskKind, int] = {"adverse_event": 0, "set_aside": 1, "document": 2, "page": 3, "field": 4}
"""What is shown first of one fax."""

SET_ASIDE_PRIORITY = 2
"""Nobody knows what a fax holds that could not be opened: it stands before the routine work."""


@dataclass(frozen=True, eq=False)
class PageNotes:
    """What was made of one received page, kept when its pixels are gone.

    Attributes:
        document: index of the form it belongs to, none for a page that is no form.
        content_hash: of what was written on it, 16 hex digits.
    """

    received: ReceivedPage
    identity: PageIdentity
    quarter_turns: int
    skew_degrees: float
    document: int | None = None
    residual_px: float | None = None
    matched: float | None = None
    doubtful: bool = False
    content_hash: str | None = None

    @property
    def number(self) -> int:
        """Position in the fax, from 1."""
        return self.received.number


@dataclass(frozen=True, eq=False)
class ReadFax:
    """A fax that was read, and the notes on its pages.

    Attributes:
        unsure: received numbers of pages of which nobody can tell to which form they belong.
        settled: received numbers of pages of which a person said what they are.
    """

    reading: TransmissionReading
    pages: tuple[PageNotes, ...]
    unsure: frozenset[int] = frozenset()
    settled: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A page for the report: a small PNG."""

    page: int
    png: bytes


@dataclass(frozen=True)
class FaxSummary:
    """What a batch remembers of a fax that it finished; the rest is asked of the store.

    Attributes:
        warnings: sentences that ask someone to act and hold nothing up.
    """

    sha256: str
    outcome: Outcome
    priority: int
    page_count: int = 0
    document_count: int = 0
    warnings: int = 0
    pictures: tuple[Picture, ...] = ()
    set_aside: SetAside | None = None
