"""The words in which a transmission of the sample set is described; ``scenarios.py`` uses them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sample_faxes.compose import Fill
from sample_faxes.faults import FormFaults
from sample_faxes.paper import Raster

Quality = Literal["clean", "corrected", "half_percent", "two_percent", "five_percent", "dropouts"]
Carrier = Literal["call", "g3", "g3-2d", "g4", "pdf-ccitt", "pdf-jbig2", "pdf-flate"]
EventStory = Literal["none", "itp", "thyroid", "nephropathy", "death", "melanoma", "hospital"]


@dataclass(frozen=True)
class Form:
    """One form in a transmission. Forms of the same ``patient`` letter share a case (people and dates)."""

    form: str
    version: str | None = None
    fill: Fill = "hand"
    patient: str = "a"
    faults: FormFaults = field(default_factory=FormFaults)
    face: str | None = None
    stamped: bool = False
    month: int | None = None
    story: EventStory = "none"
    comment: str | None = None
    reaction: str | None = None
    leaving: str | None = None
    mark: str | None = None
    real_glyphs: bool = False
    real_names: bool = False


@dataclass(frozen=True)
class Other:
    """A page that is no form; ``kind`` is what a reader should call it, ``what`` what it is."""

    what: Literal["cover", "lab", "letter", "menu", "advert", "note", "blank"]
    patient: str = "a"
    text: str | None = None
    by_hand: bool = True
    announced: int | None = None
    face: str | None = None

    @property
    def kind(self) -> str:
        """The page's kind in the reading contract."""
        return {"cover": "cover", "lab": "lab_report", "blank": "blank"}.get(self.what, "unknown")


@dataclass(frozen=True)
class PaperFault:
    """What happens to one sheet of the pile, counted from 1 as the office laid it."""

    turns: int = 0
    keep: float = 1.0
    skew_degrees: float | None = None
    darkness: float | None = None
    unreadable: bool = False


@dataclass(frozen=True)
class Transmission:
    """One fax of the set.

    ``order`` gives the pile as sent, by the numbers of its sheets (from 1) as they were made: left out is
    missing, twice is doubled. ``like`` takes the paper of another transmission (a re-fax); ``resend_of``
    its very bytes; ``case_of`` (name and time) its people, dates and hands, for forms filled anew.
    ``expected`` are short words for what a check should find.
    """

    name: str
    at: datetime
    parts: tuple[Form | Other, ...] = ()
    carrier: Carrier = "call"
    raster: Raster = "fine"
    quality: Quality = "clean"
    order: tuple[int, ...] | None = None
    paper: dict[int, PaperFault] = field(default_factory=dict)
    like: str | None = None
    resend_of: str | None = None
    case_of: tuple[str, datetime] | None = None
    announced: int | None = None
    header: bool = True
    header_overlay: bool = False
    adverse_event: bool = False
    expected: tuple[str, ...] = ()
    note: str = ""
