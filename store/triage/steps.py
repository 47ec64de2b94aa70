"""The steps of triage: what a person may say about the pages of one fax, or about the fax.

Page numbers are those received, from 1. Turns are quarter turns counterclockwise of the page as received, so
that the same step taken twice is the same step.
"""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from store.errors import StoreError
from store.model import MOST_PAGES, Json, PageKind

Mark = Literal["duplicate", "not_ours"]

PageNumber = Annotated[int, Field(ge=1, le=MOST_PAGES, strict=True)]
Quarters = Annotated[int, Field(ge=0, le=3, strict=True)]
FaxHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, Field(min_length=1, max_length=64)]


class StepRefused(StoreError):
    """A step of triage that makes no sense of this fax as it stands."""


@dataclass(frozen=True)
class SplitBefore:
    """The page and those after it in its form become a form of their own."""

    page: PageNumber
    step: Literal["split_before"] = "split_before"


@dataclass(frozen=True)
class JoinForms:
    """The whole forms of the two pages become one; a page in no form counts as one of its own."""

    page: PageNumber
    with_page: PageNumber
    step: Literal["join_forms"] = "join_forms"


@dataclass(frozen=True)
class MovePage:
    """This one page leaves its form, if it is in one, and joins the form of another page."""

    page: PageNumber
    to_page: PageNumber
    step: Literal["move_page"] = "move_page"


@dataclass(frozen=True)
class Reorder:
    """The page stands before another in the fax; before none is at its end."""

    page: PageNumber
    before: PageNumber | None = None
    step: Literal["reorder"] = "reorder"


@dataclass(frozen=True)
class Turn:
    """The page is upright after so many quarter turns counterclockwise of what was received."""

    page: PageNumber
    quarter_turns: Quarters
    step: Literal["turn"] = "turn"


@dataclass(frozen=True)
class SayPage:
    """What the page is; form, version and page of the form are said exactly of a form's page."""

    page: PageNumber
    kind: PageKind
    form: Code | None = None
    version: Code | None = None
    form_page: PageNumber | None = None
    step: Literal["say_page"] = "say_page"

    def __post_init__(self) -> None:
        told = [part is not None for part in (self.form, self.version, self.form_page)]
        if not (all(told) if self.kind == "form" else not any(told)):
            raise ValueError("form, version and form_page are said exactly of a form's page")


@dataclass(frozen=True)
class MarkPage:
    """The page is none to be read: a duplicate of another page, or not the program's."""

    page: PageNumber
    mark: Mark
    of_page: PageNumber | None = None
    of_transmission: FaxHash | None = None
    step: Literal["mark_page"] = "mark_page"

    def __post_init__(self) -> None:
        if (self.of_page is not None) != (self.mark == "duplicate"):
            raise ValueError("of_page is said exactly of a duplicate")
        if self.mark != "duplicate" and self.of_transmission is not None:
            raise ValueError("of_transmission is said of a duplicate only")


@dataclass(frozen=True)
class MarkFax:
    """The whole fax is none to be read: a duplicate of another, or not the program's."""

    mark: Mark
    of_transmission: FaxHash | None = None
    step: Literal["mark_fax"] = "mark_fax"

    def __post_init__(self) -> None:
        if (self.of_transmission is not None) != (self.mark == "duplicate"):
            raise ValueError("of_transmission is said exactly of a duplicate")


@dataclass(frozen=True)
class SendBack:
    """The fax is to be read again: set aside and mended since, or marked by mistake."""

    step: Literal["send_back"] = "send_back"


@dataclass(frozen=True)
class Undo:
    """The decision of this number does not count; an undo may be undone too."""

    number: Annotated[int, Field(ge=1, strict=True)]
    step: Literal["undo"] = "undo"


Step = SplitBefore | JoinForms | MovePage | Reorder | Turn | SayPage | MarkPage | MarkFax | SendBack | Undo
AnyStep = Annotated[Step, Field(discriminator="step")]
"""A step as it comes from outside, told apart by its ``step``."""

_ADAPTER: TypeAdapter[Step] = TypeAdapter(AnyStep)


def step_json(step: Step) -> dict[str, Json]:
    """A step as a JSON object; what is none is left out."""
    return {name: value for name, value in asdict(step).items() if value is not None}


def step_of(said: Any) -> Step:
    """The step of a JSON object.

    Raises:
        StepRefused: it is none.
    """
    try:
        return _ADAPTER.validate_python(said)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "step"
        # The words about a tag that is none quote it, and may be anything.
        why = "unknown" if first["type"] == "union_tag_invalid" else first["msg"]
        raise StepRefused(f"This is no step of triage ({where}: {why}); correct it.") from None
