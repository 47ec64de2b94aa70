"""What the desk asks the store for and hands it. All of it is frozen.

Boxes are pixels of the page as received (left, top, right, bottom), page numbers count from 1, times are
aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from store.model import BoxPx, SetAside, Status, TaskKind, Value

Role = Literal["triage", "reviewer", "safety", "lead", "auditor"]

Stage = Literal["first", "second", "lead", "outreach"]
"""Who has to look at a task next: anybody; somebody else, blind; a lead, since two disagree; the sender of
the fax, who has to be asked."""

TaskStatus = Literal["open", "sample", "done"]
"""``sample``: an accepted field that measures the machine; it holds no form up."""

RecordState = Literal["recorded", "in_review", "rejected"]

Verdict = Literal["value", "empty", "unreadable", "ask_sender", "confirmed", "dismissed"]
"""What a person says of a task.

Of a field: ``value``, ``empty`` (nothing is written there), ``unreadable``, ``ask_sender``. Of a page, a
document or a fax: ``confirmed`` (looked at, go on) or ``ask_sender``. Of a possible adverse event:
``confirmed`` (it is one and was forwarded) or ``dismissed`` (it is none); both close the flag.
"""

Happened = Literal["settled", "waits_for_second", "waits_for_lead", "waits_for_sender", "measured", "undone"]
"""What became of a task by an answer."""


@dataclass(frozen=True)
class Person:
    """Who acts: the account, which is the ``by`` and ``actor`` of everything, and its role."""

    account: str
    role: Role


@dataclass(frozen=True)
class Account:
    """An account as lists show it; what it signs in with stays in the store."""

    account: str
    full_name: str
    role: Role
    disabled: bool
    has_password: bool
    oidc_subject: str | None
    created_at: datetime
    preferences: Mapping[str, str]
    """The person's own choices (keys, theme), as the web layer names them."""

    @property
    def person(self) -> Person:
        """The account as it acts."""
        return Person(self.account, self.role)


@dataclass(frozen=True)
class SignedIn:
    """A session that holds.

    Attributes:
        session: its key in the store (a hash); may be shown in lists and handed to ``revoke_session``.
        csrf: what every change must carry.
    """

    account: Account
    session: str
    csrf: str
    opened_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class NewSession:
    """A session just opened; ``token`` goes into the cookie and is not kept anywhere."""

    token: str
    signed_in: SignedIn


@dataclass(frozen=True)
class InboxFilter:
    """Which faxes; what is none does not matter.

    Attributes:
        assigned_to: an account; an empty text for what is assigned to nobody.
        received_before, received_since: by receipt; ``since`` inclusive.
        sender: digits or the beginning of the sender's name or number.
        patient: beginning of a last name, compared without capitals and accents.
        rems_id: of a patient, prescriber, facility or pharmacy.
    """

    status: Status | None = None
    priority: int | None = None
    form: str | None = None
    assigned_to: str | None = None
    received_before: datetime | None = None
    received_since: datetime | None = None
    sender: str | None = None
    patient: str | None = None
    rems_id: str | None = None


Order = Literal["urgent", "newest"]
"""``urgent``: by priority, then the oldest; ``newest``: the latest received first."""


@dataclass(frozen=True)
class Cursor:
    """Where the next page of a list begins; opaque to the caller but for its text form."""

    priority: int
    received_at: datetime
    id: str

    def text(self) -> str:
        """For an address."""
        return f"{self.priority}~{self.received_at.timestamp():.6f}~{self.id}"


@dataclass(frozen=True)
class FormLine:
    """One form of a fax in a list."""

    document_id: str
    form: str
    version: str
    pages: tuple[int, ...]
    state: RecordState | None
    """None for a form that was set aside."""


@dataclass(frozen=True)
class InboxRow:
    """One fax of the inbox.

    Attributes:
        missing: in one line, what keeps it from being recorded; empty when nothing does.
        open_tasks: how many things people have to look at.
        first_page: number of the page for the thumbnail; none where the fax could not be read.
        quarter_turns: of that page.
    """

    id: str
    status: Status
    received_at: datetime
    sender: str | None
    priority: int
    page_count: int | None
    forms: tuple[FormLine, ...]
    missing: str
    open_tasks: int
    assigned_to: str | None
    set_aside: SetAside | None
    first_page: int | None
    quarter_turns: int


@dataclass(frozen=True)
class InboxPage:
    """One page of the inbox, and where the next begins; none at the end."""

    rows: tuple[InboxRow, ...]
    next: Cursor | None


@dataclass(frozen=True)
class Candidate:
    """One thing that a reader may have seen."""

    value: Value
    probability: float
    reader: str


@dataclass(frozen=True)
class Standing:
    """A rule that does not hold now. ``blocks``: the form cannot be recorded while it stands."""

    rule: str
    severity: Literal["error", "warning", "info"]
    message: str
    fields: tuple[str, ...]
    pages: tuple[int, ...]

    @property
    def blocks(self) -> bool:
        """Whether the form waits for it."""
        return self.severity == "error"


@dataclass(frozen=True)
class Entry:
    """What somebody entered, shown to the lead who decides between two; who it was is not shown."""

    verdict: Verdict
    value: Value


@dataclass(frozen=True)
class Task:
    """One thing to look at.

    A ``blind`` task shows neither what was read nor what anybody entered: ``value``, ``raw``, ``confidence``,
    ``candidates`` and ``reasons`` are empty. Second entries and samples look the same.

    Attributes:
        version: to be handed back with the answer.
        reason: short code, why; the rule for what a rule asks.
        message: of the rule, in one sentence; empty for others.
        field: name of the field; its label is in the template of the document's form and version.
        field_kind: kind of the field in the template.
        entries: at stage ``lead``, the two that disagree.
        comments: how many comments it has.
    """

    id: str
    version: int
    kind: TaskKind
    stage: Stage
    reason: str
    priority: int
    blind: bool = False
    message: str = ""
    page: int | None = None
    field: str | None = None
    field_kind: str | None = None
    box_px: BoxPx | None = None
    value: Value = None
    raw: str = ""
    confidence: float | None = None
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    comments: int = 0


@dataclass(frozen=True)
class WorkPage:
    """One page that the work is about, as received."""

    number: int
    form_page: int | None
    width_px: int | None
    height_px: int | None
    x_dpi: float | None
    y_dpi: float | None
    quarter_turns: int


@dataclass(frozen=True)
class Work:
    """What a person holds: the open tasks of one form (or of a fax as a whole), in reading order.

    Attributes:
        document_id: none where the tasks are about the fax as a whole.
        form, version: of the template; none with ``document_id``.
        state: of the form's record.
        findings: what stands now.
        held_until: end of the lease; ``renew`` before.
    """

    transmission_id: str
    document_id: str | None
    form: str | None
    version: str | None
    received_at: datetime
    sender: str | None
    pages: tuple[WorkPage, ...]
    tasks: tuple[Task, ...]
    findings: tuple[Standing, ...]
    state: RecordState | None
    held_until: datetime


@dataclass(frozen=True)
class Said:
    """What a person says of one task.

    Attributes:
        decision_id: a UUID that the browser makes when the person decides, before the first attempt to send:
            the same one again is the same decision.
        version: of the task as it was shown.
        value: normal value for the verdict ``value``.
        why: what to ask the sender, why an event is none; stored, never logged.
        seconds: from when the task was shown until the person decided.
    """

    decision_id: str
    task_id: str
    version: int
    verdict: Verdict
    value: Value = None
    why: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Saved:
    """What followed from an answer.

    Attributes:
        repeated: the same decision had been stored before; nothing was changed now.
        version: of the task now.
        findings: what stands of the form now.
        opened: tasks of the same form that came up by it and that the person now holds.
        closed: tasks of the same form that it settled as well.
        state: of the form's record.
        status: of the fax.
    """

    decision_id: str
    task_id: str
    happened: Happened
    repeated: bool
    version: int
    findings: tuple[Standing, ...] = ()
    opened: tuple[Task, ...] = ()
    closed: tuple[str, ...] = ()
    state: RecordState | None = None
    status: Status = "in_review"


@dataclass(frozen=True)
class Comment:
    """A remark on a task."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class OutreachLine:
    """Something that the sender has to be asked.

    Attributes:
        asks: what the person wrote, or why (``unreadable``).
    """

    task_id: str
    version: int
    transmission_id: str
    document_id: str | None
    form: str | None
    field: str | None
    page: int | None
    asked_by: str
    asked_at: datetime
    verdict: Verdict
    asks: str
    sender: str | None
    priority: int


@dataclass(frozen=True)
class WallGroup:
    """Open tasks whose fields were all read as the same short value."""

    field_kind: str
    value: str
    """Canonical text of the value (``true``, ``yes``, ``NY``, ``2026-11-02``)."""
    tasks: int


@dataclass(frozen=True)
class Tile:
    """One snippet on the wall."""

    task_id: str
    version: int
    transmission_id: str
    document_id: str
    form: str
    form_version: str
    field: str
    page: int
    box_px: BoxPx
    quarter_turns: int


@dataclass(frozen=True)
class Wall:
    """Tiles that a person holds, all read as ``value``."""

    field_kind: str
    value: Value
    tiles: tuple[Tile, ...]
    held_until: datetime


@dataclass(frozen=True)
class WallSaved:
    """What one confirmation of a wall did.

    Attributes:
        confirmed: tasks answered, those of an earlier attempt included.
        refused: tasks that somebody else had answered or taken meanwhile; nothing was stored for them.
    """

    confirmed: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True)
class Interval:
    """A share with its exact (Clopper-Pearson) interval."""

    share: float
    low: float
    high: float


Place = Literal["accepted", "held", "doubtful", "odd"]
"""Where a field lay when it was read: ``accepted`` (a sample tells of it), ``held`` back by a line alone,
``doubtful`` by its confidence alone, or ``odd``: a person had to see it however sure it was."""

LineWhy = Literal["above_target", "back_to_gate", "confirmed", "not_supported", "taken_back"]
"""Why a line moved: more was wrong than the target allows; no more so; a lead let more pass; what was
measured since does not bear that; a lead took it back."""


@dataclass(frozen=True)
class Line:
    """From where on fields of one sort pass unseen.

    Attributes:
        line_kind: a kind of field in which something stands, or ``empty``.
        least: the least confidence that passes, more than 1 where nothing does; none: the gate alone decides.
        confirmed: a lead lets it stand in the gate's place.
        moved_by: account, or ``system``.
        evidence: what it went by: counts, shares, the target.
    """

    line_kind: str
    number: int
    least: float | None
    confirmed: bool
    why: LineWhy
    moved_by: str
    moved_at: datetime
    evidence: Mapping[str, str | int | float | None]


@dataclass(frozen=True)
class LineStanding:
    """Where the line of one sort stands, and what speaks for moving it.

    Attributes:
        line: none where the gate alone decides.
        measured, wrong: settled of late of what the gate lets pass.
        error: of these; none while there are none.
        offered: from where on a lead may let fields pass below the gate; none while nothing bears that.
        would_free: share of the reviewed fields that would then need nobody, of those whose confidence alone
            sent them to people.
    """

    line_kind: str
    line: Line | None
    measured: int
    wrong: int
    error: Interval | None
    offered: float | None
    would_free: float | None


@dataclass(frozen=True)
class KindQuality:
    """How good the accepted fields of one kind are, by the answers to samples.

    Attributes:
        measured: samples whose truth is settled.
        wrong: of these, where the machine was wrong.
        waiting: samples drawn and not settled.
        error: none while nothing was measured.
        accepted_share: of all fields of the kind, read by the machine alone; none while nothing was counted.
        more_samples: how many more right samples would show that it holds where accepted now; 0 when shown.
    """

    field_kind: str
    measured: int
    wrong: int
    waiting: int
    error: Interval | None
    accepted_share: float | None
    more_samples: int


@dataclass(frozen=True)
class HourCount:
    """Faxes received in one hour, by where they stand now."""

    hour: datetime
    status: Status
    faxes: int


@dataclass(frozen=True)
class QueueAge:
    """Open tasks of one priority and the age of the oldest and the middle one, in seconds."""

    priority: int
    tasks: int
    oldest_seconds: float
    median_seconds: float


@dataclass(frozen=True)
class Pace:
    """How long people take, by kind of field or by form; ``name`` says which."""

    name: str
    answers: int
    median_seconds: float
    p90_seconds: float


@dataclass(frozen=True)
class DayCount:
    """Fields read on one day (UTC, by receipt) by kind and what was decided."""

    field_kind: str
    accepted: int
    reviewed: int
    empty: int


@dataclass(frozen=True)
class Saving:
    """Minutes of typing that the machine saved, and what it is computed from."""

    minutes: float
    fields_accepted: int
    seconds_a_field: float
    review_minutes: float


@dataclass(frozen=True)
class Tended:
    """What one round of ``tend`` did."""

    sampled: int
    looks_sealed: int
    sessions_ended: int


@dataclass(frozen=True)
class Happening:
    """One row of a fax's audit trail, as a person may read it."""

    at: datetime
    actor: str
    action: str
    reference: str
    details: Mapping[str, object] = field(default_factory=dict)
