"""What a person may say that a page is."""

from dataclasses import dataclass

from form_templates.catalog import Catalog
from review.errors import Refused
from store.model import Json

NO_FORM = {
    "cover": "Cover sheet",
    "lab_report": "Lab report",
    "blank": "Blank page",
    "unknown": "Something else",
}
PARTS_OF_A_FORM_PAGE = 3


@dataclass(frozen=True)
class PageKindChoice:
    """One choice: its code and its words."""

    what: str
    name: str


def page_kinds(catalog: Catalog) -> tuple[PageKindChoice, ...]:
    """Everything that a page can be, pages of forms first."""
    forms = [
        PageKindChoice(
            f"{template.form}/{template.version}/{number}",
            f"{template.title} {template.version}, page {number} of {len(template.pages)}",
        )
        for template in catalog.templates
        for number in range(1, len(template.pages) + 1)
    ]
    return (*forms, *(PageKindChoice(what, name) for what, name in NO_FORM.items()))


def choice_of(what: str) -> dict[str, Json]:
    """The part of a step that says what a page is.

    Raises:
        Refused: it is no choice at all.
    """
    if what in NO_FORM:
        return {"kind": what}
    parts = what.split("/")
    if (
        len(parts) != PARTS_OF_A_FORM_PAGE
        or not parts[2].isascii()
        or not parts[2].isdigit()
        or len(parts[2]) > 4
    ):
        raise Refused("Say what the page is: choose from the list.")
    return {"kind": "form", "form": parts[0], "version": parts[1], "form_page": int(parts[2])}
