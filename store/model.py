"""What the store takes in: everything about one fax, as its callers hand it over.

All of it is frozen. Boxes are pixels of the page as received (left, top, right, bottom; right and bottom
exclusive), page numbers count from 1 in the order received, times are aware.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from form_templates.model import Kind
from validators.model import Severity

Value = str | bool | tuple[str, ...] | None
"""A normal value: text, a tick, the ticks of a ``choices``, or none for empty."""

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
"""What a JSON column holds."""

BoxPx = tuple[int, int, int, int]
Decision = Literal["accept", "review", "empty"]
Outcome = Literal["recorded", "in_review", "set_aside"]
Status = Literal["received", "recorded", "in_review", "set_aside"]
"""Where a fax stands; ``received`` is all that is left to do, whoever may hold a claim on it."""

PageKind = Literal["form", "cover", "lab_report", "blank", "unknown"]
TextSource = Literal["field", "margin", "cover", "lab_report", "unknown"]
TaskKind = Literal["field", "page", "document", "adverse_event", "set_aside"]

MOST_PAGES = 1_000_000
"""No fax announces more; whoever says so is mistaken."""

SHA256 = re.compile(r"[0-9a-f]{64}")
CONTENT_HASH = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class TransmissionFacts:
    """One arrival of one file, and what the fax server knew of the call.

    Attributes:
        sha256: of the bytes received, lower-case hex; names the transmission everywhere.
        source: where the file lay (path or ``s3://`` address): the same file again is the same delivery.
        received_at: when the call ended; starts every clock.
        called_number: the number that was dialed, as the fax server wrote it.
        more: whatever else the fax server said (bad lines, modem status); JSON values only.
    """

    sha256: str
    source: str
    received_at: datetime
    size_bytes: int
    sender: str | None = None
    sent_at: datetime | None = None
    called_number: str | None = None
    announced_pages: int | None = None
    more: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not SHA256.fullmatch(self.sha256):
            raise ValueError("sha256 must be 64 lower-case hexadecimal digits")
        if self.received_at.tzinfo is None:
            raise ValueError("received_at must say its time zone")
        if self.announced_pages is not None and not 0 <= self.announced_pages <= MOST_PAGES:
            raise ValueError(f"announced_pages must lie between 0 and {MOST_PAGES}")


@dataclass(frozen=True)
class PageRecord:
    """One received page and what was made of it.

    Attributes:
        number: position in the transmission, from 1.
        document: index of the document it belongs to, none for a page that is no form.
        form_page: page of the form that it is.
        probability: that kind, form, version and page are right.
        width_px, height_px: as received.
        content_hash: perceptual hash of what was *written* on the page (the printed form taken out), 16 hex
            digits; none for a blank page. Forms look alike: a hash of the whole page would suspect all.
        doubtful: registration was too poor to trust any field of the page.
    """

    number: int
    kind: PageKind
    document: int | None = None
    form: str | None = None
    version: str | None = None
    form_page: int | None = None
    probability: float = 0.0
    width_px: int | None = None
    height_px: int | None = None
    x_dpi: float | None = None
    y_dpi: float | None = None
    quarter_turns: int = 0
    skew_degrees: float = 0.0
    residual_px: float | None = None
    matched: float | None = None
    doubtful: bool = False
    bad_rows: int | None = None
    content_hash: str | None = None

    def __post_init__(self) -> None:
        if self.content_hash is not None and not CONTENT_HASH.fullmatch(self.content_hash):
            raise ValueError("content_hash must be 16 lower-case hexadecimal digits")


@dataclass(frozen=True)
class CandidateRecord:
    """One thing that a reader may have seen, with the probability that it is right."""

    value: Value
    probability: float
    reader: str


@dataclass(frozen=True)
class FieldRecord:
    """One field as it was read, with its whole origin.

    Attributes:
        kind: of the template.
        value: normal value, none for empty.
        raw: what was read, as it stood.
        confidence: probability that ``value`` is right.
        reader: handwriting, print, mark, signature, ...
        model_version: of the reader that gave ``value``.
        page: received page number, none when the field's page is missing.
        reasons: short codes that say why a person should look.
    """

    name: str
    kind: Kind
    value: Value
    raw: str
    confidence: float
    decision: Decision
    reader: str
    model_version: str
    page: int | None = None
    box_px: BoxPx | None = None
    candidates: tuple[CandidateRecord, ...] = ()
    reasons: tuple[str, ...] = ()
    handwritten: bool = False

    def __post_init__(self) -> None:
        if math.isnan(self.confidence) or not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence of field {self.name} must lie between 0 and 1")


@dataclass(frozen=True)
class FindingRecord:
    """A rule that did not hold, or something that must be seen. The message holds no patient data."""

    rule: str
    severity: Severity
    message: str
    fields: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class TextRecord:
    """Words found outside the fields, kept because they were screened for adverse events."""

    page: int
    source: TextSource
    text: str
    box_px: BoxPx | None = None
    confidence: float = 0.0
    handwritten: bool = False


@dataclass(frozen=True)
class OtherPageRecord:
    """A page that is no form, with the text found on it."""

    page: int
    kind: PageKind
    texts: tuple[TextRecord, ...] = ()


@dataclass(frozen=True)
class DocumentRecord:
    """One form of a transmission.

    Attributes:
        pages: received page numbers in the order of the form's pages.
        missing_pages: pages of the form that did not come.
        doubled_pages: received page numbers that came twice.
        outcome: ``recorded`` when nothing about it needs a person.
        texts: margin notes and free text of its pages.
    """

    form: str
    version: str
    pages: tuple[int, ...]
    outcome: Outcome
    fields: tuple[FieldRecord, ...]
    missing_pages: tuple[int, ...] = ()
    doubled_pages: tuple[int, ...] = ()
    identified: float = 0.0
    findings: tuple[FindingRecord, ...] = ()
    texts: tuple[TextRecord, ...] = ()


@dataclass(frozen=True)
class TaskRecord:
    """Something that a person has to look at.

    Attributes:
        kind: what is to be looked at.
        reason: short code, why.
        priority: 0 is the most urgent.
        document: index of the document concerned.
        page: received page number.
        field: name of the field, for tasks on a field.
    """

    kind: TaskKind
    reason: str
    priority: int
    document: int | None = None
    page: int | None = None
    field: str | None = None


@dataclass(frozen=True)
class SetAside:
    """Why a fax could not be read: a short code, and one line that names the remedy."""

    code: str
    message: str


@dataclass(frozen=True)
class TransmissionRecord:
    """Everything about one fax, written at once.

    Attributes:
        sha256: of the bytes received.
        outcome: of the whole transmission.
        priority: of the most urgent thing in it, 0 first.
        seconds: per stage of reading; changes from run to run and is never compared.
        set_aside: the reason, exactly when ``outcome`` is ``set_aside``.
        software_version: of the program that read it.
    """

    sha256: str
    outcome: Outcome
    format: str | None
    pages: tuple[PageRecord, ...]
    documents: tuple[DocumentRecord, ...] = ()
    other_pages: tuple[OtherPageRecord, ...] = ()
    findings: tuple[FindingRecord, ...] = ()
    tasks: tuple[TaskRecord, ...] = ()
    priority: int = 9
    sender: str | None = None
    sent_at: datetime | None = None
    announced_pages: int | None = None
    set_aside: SetAside | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    software_version: str = ""

    def __post_init__(self) -> None:
        if (self.set_aside is not None) != (self.outcome == "set_aside"):
            raise ValueError("a transmission has a reason for being set aside exactly when it is set aside")
