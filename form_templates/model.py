"""Types of the form catalog. Coordinates are PDF points (1/72 inch), origin at the page's top left."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Described

from form_templates.errors import UnknownField

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


Style = Literal["box", "cells", "comb", "line"]
"""How the place for writing is printed: a frame, framed cells, an underline with teeth, an underline."""

Font = Literal["regular", "bold", "oblique"]
Bar = Literal["black", "gray", "line", "side"]
Role = Literal["title", "strip", "legend", "statement", "note", "heading", "footer"]


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
        default=None,
        description="where a person writes, or the tick box of a check",
    )
    required: str = Described(default="no", description="yes, no, or a condition on other fields")
    options: tuple[Option, ...] = ()
    comb: int | None = Described(default=None, description="number of printed cells, one character each")
    lines: int | None = Described(default=None, description="number of written lines in the box")
    style: Style | None = Described(default=None, description="default: cells for a comb, else a box")
    frame: Box | None = Described(
        default=None,
        description="the printed frame, where it holds the label too",
    )
    lexicon: str | None = Described(default=None, description="list of words this field draws from")
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
    label_width: float | None = Described(default=None, description="the label is broken at this width")
    label_printed: bool = Described(default=True, description="no: a heading says it instead")
    hint: str | None = Described(default=None, description="small print after the label, such as MM/DD/YYYY")

    @property
    def drawn_style(self) -> Style:
        """How the place for writing is printed."""
        return self.style or ("cells" if self.comb else "box")

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Every box of the field: where a person writes, and each tick box."""
        own = (self.box,) if self.box is not None else ()
        return own + tuple(option.box for option in self.options)


class Section(Frozen):
    """A titled, framed part of a page."""

    name: str
    title: str
    page: int = Described(ge=1)
    box: Box
    bar: Bar = Described(default="black", description="how the title is printed")
    bar_pt: float = Described(default=12, description="height of the bar; its width on the side")


class PrintedText(Frozen):
    """A paragraph of printed words; it is broken into lines of the box's width."""

    text: str
    page: int = Described(ge=1)
    box: Box
    role: Role = "note"
    size: float = 6.5
    font: Font = "regular"
    align: Literal["left", "center", "right"] = "left"
    white: bool = Described(default=False, description="white letters, for a black ground")


class Shape(Frozen):
    """A printed rectangle that is no field; a box of no height or no width is a rule."""

    page: int = Described(ge=1)
    box: Box
    line_pt: float = Described(default=0.6, description="width of the outline, 0 for none")
    fill: Literal["none", "gray", "black"] = "none"


class Template(Frozen):
    """One version of one form: everything that is printed on it and every field."""

    form: str
    version: str = Described(pattern=r"^\d{4}-\d{2}$", description="revision month, YYYY-MM")
    title: str
    code: str = Described(description="short code of the form, such as PSF")
    revision: str = Described(description="revision code and month as the footer prints them")
    reference_id: str
    rems_version: str = Described(description="program version the form belongs to, such as 2015")
    pages: tuple[PageSize, ...]
    key: dict[str, str] = Described(default={}, description="right answer by question")
    sections: tuple[Section, ...] = ()
    shapes: tuple[Shape, ...] = ()
    texts: tuple[PrintedText, ...] = ()
    fields: tuple[FormField, ...]

    @cached_property
    def _by_name(self) -> dict[str, FormField]:
        return {field.name: field for field in self.fields}

    def field(self, name: str) -> FormField:
        """The field of that name.

        Raises:
            UnknownField: the form has no such field.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise UnknownField(self.form, self.version, name) from None

    def has_field(self, name: str) -> bool:
        """Whether the form has a field of that name."""
        return name in self._by_name

    def fields_on(self, page: int) -> tuple[FormField, ...]:
        """The fields of one page (from 1), in the order in which they are printed."""
        return tuple(field for field in self.fields if field.page == page)

    def texts_on(self, page: int, role: Role | None = None) -> tuple[PrintedText, ...]:
        """The printed paragraphs of one page (from 1), all or those of one role."""
        return tuple(text for text in self.texts if text.page == page and role in (None, text.role))
