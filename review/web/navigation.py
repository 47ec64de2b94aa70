"""The desk's subjects, as the head of every page lists them."""

from dataclasses import dataclass

from review.permissions import PERMISSIONS
from store.desk.model import Role


@dataclass(frozen=True)
class Entry:
    """One subject; ``key``, a capital letter, goes there."""

    path: str
    name: str
    key: str


ENTRIES = (
    Entry("/inbox", "Inbox", "I"),
    Entry("/review", "Review", "R"),
    Entry("/wall", "Glyph wall", "W"),
    Entry("/registers", "Registers", "P"),
    Entry("/matching", "Matching", "M"),
    Entry("/due", "Due", "D"),
    Entry("/outreach", "Calls", "C"),
    Entry("/figures", "Figures", "F"),
    Entry("/accounts", "Accounts", "A"),
)


def entries_for(role: Role) -> tuple[Entry, ...]:
    """The subjects that a role may open; one whose page is not in the table is left out."""
    return tuple(entry for entry in ENTRIES if role in (PERMISSIONS.get(("GET", entry.path)) or ()))
