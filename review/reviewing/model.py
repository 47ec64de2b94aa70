"""What the review screen shows and takes. Frozen; its JSON stands beside every page."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from review.web.routing import Done, Order, PageModel
from store.desk.model import Happened, RecordState, Stage, Verdict
from store.model import TaskKind

Text = Annotated[str, Field(max_length=4_000)]
Id = Annotated[str, Field(max_length=64)]
Choices = Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=40)]
HeldText = Annotated[str, Field(max_length=160)]
MOST_HELD = 8
MOST_RETURNED = 400
"""Forms of one wall, all given back when it is left."""


class ShownChoice(PageModel):
    """One answer that can be chosen; ``reads`` says where it comes from."""

    value: str
    label: str
    reads: str = ""


class ShownPlace(PageModel):
    """Where a field stands in a picture, as shares of its sides; the picture's proportion and its inches."""

    left: float
    top: float
    width: float
    height: float
    aspect: float
    picture_in: float


class ShownFinding(PageModel):
    """A rule that does not hold now."""

    rule: str
    severity: Literal["error", "warning", "info"]
    message: str
    labels: tuple[str, ...]
    here: bool = Field(description="it concerns the field of the task")


class ShownTask(PageModel):
    """One thing to look at.

    ``answer`` says how: by typing, by choosing one, by choosing several, or by a verdict on a page or a form.
    """

    id: str
    version: int
    kind: TaskKind
    stage: Stage
    blind: bool
    title: str
    section: str
    why: tuple[str, ...]
    answer: Literal["type", "one", "several", "verdict"]
    long: bool = Field(default=False, description="a paragraph, typed on several lines")
    digits: bool = Field(default=False, description="begins with a digit, so that digits are typed")
    hint: str = ""
    field: str | None = None
    text: str = ""
    raw: str = ""
    chosen: tuple[str, ...] = ()
    choices: tuple[ShownChoice, ...] = ()
    candidates: tuple[ShownChoice, ...] = ()
    page: int | None = None
    snippet: str | None = Field(default=None, description="address of the picture of the field")
    in_snippet: ShownPlace | None = None
    on_page: ShownPlace | None = None
    comments: int = 0


class ShownPage(PageModel):
    """One page of the form, and the address of its picture."""

    number: int
    picture: str
    aspect: float | None


class ShownWork(PageModel):
    """One form that the person holds, or a fax as a whole."""

    transmission_id: str
    document_id: str | None
    title: str
    version: str | None
    received_at: datetime
    sender: str | None
    pages: tuple[ShownPage, ...]
    tasks: tuple[ShownTask, ...]
    findings: tuple[ShownFinding, ...]
    state: RecordState | None
    held_until: datetime
    may_reject: bool


class Counts(PageModel):
    """How much is left in the queue, for this person."""

    open: int = 0
    second: int = 0
    lead: int = 0
    postponed: int = 0
    adverse_event: int = 0


class ReviewPage(PageModel):
    """The review screen: what the person holds now, if anything is left."""

    work: ShownWork | None
    counts: Counts
    lease_seconds: float
    decision_id: str


class Held(Order):
    """One form that the browser holds."""

    transmission_id: Id
    document_id: Id | None = None


class NextOrder(Order):
    """Asks for the next form, besides those on screen or ahead of it."""

    besides: Annotated[tuple[Held, ...], Field(max_length=MOST_HELD)] = ()


class NextWork(Done):
    """The next form, if there is one."""

    work: ShownWork | None
    counts: Counts


class AnswerOrder(Order):
    """What a person says of a task.

    ``verdict`` is ``value`` for what was typed or chosen, whatever it says; an empty text means that nothing
    is written. ``insist`` keeps a text that is no value of its kind.
    """

    decision_id: Id
    task_id: Id
    version: int
    verdict: Verdict = "value"
    text: Text = ""
    chosen: Choices | Annotated[str, Field(max_length=200)] = ()
    why: Text = ""
    insist: bool = False
    seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices; a browser's form sends a single one as a text."""
        return (self.chosen,) if isinstance(self.chosen, str) else self.chosen


class Answered(Done):
    """What followed from an answer."""

    task_id: str
    happened: Happened
    repeated: bool
    version: int
    findings: tuple[ShownFinding, ...]
    opened: tuple[ShownTask, ...]
    closed: tuple[str, ...]
    state: RecordState | None


class UndoOrder(Order):
    """Takes an answer back; ``decision_id`` is of the undoing itself."""

    decision_id: Id
    undone_id: Id


class CheckOrder(Order):
    """What is typed now, to be checked before it is said."""

    task_id: Id
    text: Text = ""
    chosen: Choices = ()


class Checked(Done):
    """What speaks against it, and what stands of the form if it were said."""

    problem: str
    shown: str = Field(description="the value as it would be kept; empty where it cannot be made out")
    findings: tuple[ShownFinding, ...] | None = Field(description="none where the rules may not be shown")


class PostponeOrder(Order):
    """Puts a task off until the next morning."""

    task_id: Id
    version: int


class Postponed(Done):
    """Until when."""

    version: int
    until: datetime


class CommentOrder(Order):
    """A remark on a task."""

    task_id: Id
    text: Annotated[str, Field(min_length=1, max_length=4_000)]


class ShownComment(PageModel):
    """A remark on a task."""

    by: str
    at: datetime
    text: str


class Comments(Done):
    """The remarks on a task, oldest first."""

    comments: tuple[ShownComment, ...]


class RenewOrder(Order):
    """Keeps forms for the person who works on them."""

    held: Annotated[tuple[Held, ...], Field(max_length=MOST_HELD)]


class Renewed(Done):
    """Which of them are still the person's."""

    kept: tuple[bool, ...]


class ReleaseOrder(Order):
    """Gives forms back; each is ``TRANSMISSION/DOCUMENT``, or ``TRANSMISSION`` for the fax as a whole.

    A leaving page can send a browser's form at most, hence texts.
    """

    held: Annotated[tuple[HeldText, ...], Field(max_length=MOST_RETURNED)] | HeldText = ()

    @property
    def forms(self) -> tuple[Held, ...]:
        """The forms that are given back."""
        named = (self.held,) if isinstance(self.held, str) else self.held
        parts = (one.partition("/") for one in named)
        return tuple(Held(transmission_id=fax, document_id=form or None) for fax, _, form in parts)


class RejectOrder(Order):
    """Rejects a whole form."""

    document_id: Id
    why: Annotated[str, Field(min_length=1, max_length=4_000)]


class AcceptOrder(RejectOrder):
    """Takes the rejection of a form back."""

    transmission_id: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
