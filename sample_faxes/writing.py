"""From a normal value to the characters that a person or a program puts on the paper."""

from dataclasses import dataclass
from datetime import date

from numpy.random import Generator

from form_templates.model import FormField

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Habits:
    """How one person writes dates, phones and times where the form leaves it open."""

    date_style: str = "long"
    phone_style: str = "brackets"
    clock_24: bool = False

    @staticmethod
    def of(rng: Generator) -> "Habits":
        """A person's habits; most people write 10/5/26 or 10/05/2026."""
        return Habits(
            date_style=str(rng.choice(["long", "long", "short", "short", "year2", "dash", "words"])),
            phone_style=str(rng.choice(["brackets", "dashes", "dots", "spaces"])),
            clock_24=bool(rng.random() < 0.4),
        )


TYPED_HABITS = Habits()


def written(field: FormField, value: str, habits: Habits) -> str:
    """The characters that stand for a normal value on the paper; a comb gets only what its cells hold."""
    if field.comb:
        return _in_cells(field, value)
    if field.kind == "date":
        return _date(value, habits.date_style)
    if field.kind == "phone":
        return _phone(value, habits.phone_style)
    if field.kind == "time":
        return _time(value, habits.clock_24)
    return value


def _in_cells(field: FormField, value: str) -> str:
    cells = field.comb or 0
    if field.kind == "date":
        year, month, day = value.split("-")
        return {6: month + day + year[2:], 8: month + day + year}.get(cells, f"{month}/{day}/{year}")
    if field.kind == "rems_id" and len(value) > cells:
        return value.replace("-", "")
    if field.kind == "time":
        return value.replace(":", "") if cells == 4 else value
    return value


def _date(value: str, style: str) -> str:
    year, month, day = value.split("-")
    if style == "words" and 1 <= int(month) <= 12:
        return f"{_MONTHS[int(month) - 1]} {int(day)}, {year}"
    return {
        "long": f"{month}/{day}/{year}",
        "short": f"{int(month)}/{int(day)}/{year[2:]}",
        "year2": f"{month}/{day}/{year[2:]}",
        "dash": f"{int(month)}-{int(day)}-{year}",
    }.get(style, f"{month}/{day}/{year}")


def _phone(value: str, style: str) -> str:
    area, office, line = value[:3], value[3:6], value[6:]
    return {
        "brackets": f"({area}) {office}-{line}",
        "dashes": f"{area}-{office}-{line}",
        "dots": f"{area}.{office}.{line}",
    }.get(style, f"{area} {office} {line}")


def _time(value: str, clock_24: bool) -> str:
    hour, minute = (int(part) for part in value.split(":"))
    if clock_24:
        return value
    return f"{(hour - 1) % 12 + 1}:{minute:02d} {'am' if hour < 12 else 'pm'}"


def us_date(day: date) -> str:
    """A date as American offices type it."""
    return day.strftime("%m/%d/%Y")
