"""Types of the form catalog. Coordinates are PDF points (1/72 inch), origin at the page's top left."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field as Described

Kind = Literal[
    "name",
    "text",
    "free_text",
    "date",
    "time",
    "phone",
    "email",
    "npi",
    "dea",
    "state_license",
    "rems_id",
    "ncpdp",
    "state",
    "zip",
    "number",
    "check",
    "yes_no",
    "choice",
    "choices",
    "signature",
    "office_use",
]

MARKED_KINDS: frozenset[Kind] = frozenset({"check", "yes_no", "choice", "choices"})
"""Kinds that are answered by a mark in a box, not by writing."""

Box = Annotated[
    tuple[float, float, float, float],
    Described(description="x, y, width, height in points, from the page's top left"),
]


class Frozen(BaseModel):
    """A value that never changes and takes no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PageSize(Frozen):
    """The size of one page, in points."""

    width: float = 612
    height: float = 792


class Option(Frozen):
    """One tick box of a field; ``box`` is the box itself, without its label."""

    value: str
    label: str
    box: Box
    label_at: tuple[float, float] | None = Described(
        default=None, description="left end of the label's baseline, in points; default: right of the box"
    )


class FormField(Frozen):
    """One field: what is asked, where the answer is written, and when an answer is due."""

    name: str
    label: str
    kind: Kind
    page: int = Described(ge=1)
    section: str
    box: Box | None = Described(
        default=None, description="where a person writes (or the tick box of a check); none where options have boxes"
    )
    required: str = Described(default="no", description="yes, no, or a condition on other fields")
    options: tuple[Option, ...] = ()
    comb: int | None = Described(default=None, description="number of printed cells, one character each")
    lines: int | None = Described(default=None, description="number of written lines in the box")
    lexicon: str | None = Described(default=None, description="name of the list of words this field draws from")
    pattern: str | None = Described(default=None, description="regular expression of a whole rems_id")
    unit: str | None = Described(default=None, description="unit of a number, as printed: kg, mg/dL, vials")
    minimum: float | None = None
    maximum: float | None = None
    future: bool = Described(default=False, description="a date that may lie after the form's receipt")
    adverse_event: tuple[str, ...] = Described(
        default=(), description="answers that report a possible adverse event; for a written field ['filled']"
    )
    label_at: tuple[float, float] | None = Described(
        default=None, description="left end of the label's baseline, in points; none: printed above the box"
    )
    label_size: float = 6.5
