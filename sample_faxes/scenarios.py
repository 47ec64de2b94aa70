"""The transmissions of the committed set, as data: what came in between October 5 and November 20, 2026."""

from sample_faxes.book import Book
from sample_faxes.chapters import checks, events, every_form, inbox, office, piles, several
from sample_faxes.scenario import Transmission

_CHAPTERS = (
    every_form.every_form,
    every_form.mixed,
    several.several,
    piles.piles,
    office.office_faults,
    events.events,
    checks.checks,
    inbox.carriers,
    inbox.no_forms,
    inbox.repeats,
)


def _all() -> tuple[Transmission, ...]:
    book = Book()
    for chapter in _CHAPTERS:
        chapter(book)
    return tuple(book.faxes)


SCENARIOS: tuple[Transmission, ...] = _all()
