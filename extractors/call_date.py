"""When a form was sent tells in which years its dates lie, and which of them have passed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median_low

from extractors.values.dates import is_likely
from form_templates.model import FormField

PAST_DAYS, FAR_PAST_DAYS = 400, 800
"""A form tells of the last year: status forms come every six months, courses every twelve."""
AHEAD_DAYS = 120
OLDER, ELSEWHEN, NOT_YET, LONG_SIGNED = -2.5, -5.0, -4.0, -2.5
"""Log odds, against a date of the year before the call: of one that is older, of one in other years, of one
after the call in a field that asks for the past, of a signature more than two months old."""
SIGNED_DAYS = 60

CLOCKS_APART = timedelta(days=400)
"""A time of sending that far from that of receipt is that of a machine whose clock was never set, or of a fax
that was kept for years."""

_YEAR_AT_END = re.compile(r"(\d{4}|.*[/\-., |])(\d{4}|\d{2})")
_TOO_MANY_DIGITS = re.compile(r"(\d{4})\d{3,6}")


@dataclass(frozen=True)
class NearCall:
    """The dates of a form lie near the day of the call.

    Attributes:
        day: of the call; where it is not known, the middle one of the form's other dates.
        known: it is the day of the call.
    """

    day: date
    known: bool

    def candidates(self, read: Sequence[str]) -> tuple[str, ...]:
        """What was read, with the year of the call or the one before in the place of its own."""
        return tuple(dict.fromkeys(text for one in read for text in self._in_year(one)))

    def _in_year(self, text: str) -> Iterator[str]:
        found = _YEAR_AT_END.fullmatch(text)
        if found is None and (found := _TOO_MANY_DIGITS.fullmatch(text)) is None:
            return
        for year in (self.day.year, self.day.year - 1):
            short = found.re is _YEAR_AT_END and len(found[2]) == 2
            yield f"{found[1]}{year % 100:02d}" if short else f"{found[1]}{year}"

    def bonus(self, asked: FormField, value: str | None) -> float:
        """Log odds that a date loses by its distance from the call."""
        if value is None:
            return 0.0
        days = (date.fromisoformat(value) - self.day).days
        if not -FAR_PAST_DAYS <= days <= PAST_DAYS:
            return ELSEWHEN
        if not self.known:
            return 0.0
        if days > (AHEAD_DAYS if asked.future else 1):
            return NOT_YET
        if asked.name.endswith("signature_date") and days < -SIGNED_DAYS:
            return LONG_SIGNED
        return OLDER if days < -(AHEAD_DAYS if asked.future else PAST_DAYS) else 0.0

    def fits(self, asked: FormField, value: str | None) -> bool | None:
        """Whether a date is where dates of its kind lie."""
        return None if value is None else self.bonus(asked, value) == 0


def call_day(sent_at: datetime | None, received_at: datetime | None) -> date | None:
    """The day of the call.

    Args:
        sent_at: as fax server, tags or header line say it, aware.
        received_at: when the file came, aware; none where nobody asked.

    Returns:
        None where it is not known, or where sender and receiver do not agree on the year.
    """
    if sent_at is None or (received_at is not None and abs(received_at - sent_at) > CLOCKS_APART):
        return None
    return sent_at.date()


def near_call(
    asked: Sequence[FormField], read: Mapping[str, str], called_on: date | None
) -> dict[str, NearCall]:
    """What the day of the call makes likely in the dates of a form, births apart.

    Args:
        asked: the fields of a form.
        read: normal values of a first reading, by name.
        called_on: the day of the call; where nobody knows it, the form's other dates speak.
    """
    fields = [field for field in asked if field.kind == "date" and "birth" not in field.name]
    if called_on is not None:
        return {field.name: NearCall(called_on, known=True) for field in fields}
    likely = {
        field.name: date.fromisoformat(read[field.name])
        for field in fields
        if field.name in read and is_likely(read[field.name], birth=False)
    }
    found = {}
    for field in fields:
        others = [day for name, day in likely.items() if name != field.name]
        if others:
            found[field.name] = NearCall(median_low(others), known=False)
    return found
