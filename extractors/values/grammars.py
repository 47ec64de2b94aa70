"""What a reader may look for in a field: the letters of its kind, and every valid spelling."""

from functools import lru_cache

from extractors.readers.ctc import ALPHABET, Grammar
from extractors.values import normalize
from form_templates.model import FormField, Kind

_DIGITS = "0123456789"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = _CAPITALS.lower()
_LETTERS = {
    "phone": _DIGITS + "()-. +/ext",
    "npi": _DIGITS + " -",
    "ncpdp": _DIGITS + " -",
    "zip": _DIGITS + "- ",
    "dea": _DIGITS + _CAPITALS,
    "rems_id": _DIGITS + _CAPITALS + "- ",
    "state_license": _DIGITS + _CAPITALS + _SMALL + "-./ ",
    "state": _CAPITALS + _SMALL + " .",
    "email": _DIGITS + _CAPITALS + _SMALL + "@._-+",
    "time": _DIGITS + ":. apmAPMnoNO",
    "name": _CAPITALS + _SMALL + _DIGITS + " .,'-&/()",
}


def letters_of(field: FormField) -> str | None:
    """Letters that a field's kind allows, N/A included; none for all."""
    if field.kind == "date":
        letters = _DIGITS if field.comb else _DIGITS + "/-., " + _CAPITALS + _SMALL
    elif field.kind == "number":
        letters = _DIGITS + "., kglbmdLvias/"
    else:
        known = _LETTERS.get(field.kind)
        if known is None:
            return None
        letters = known
    return "".join(letter for letter in ALPHABET if letter in letters or letter in "NA/n a")


_PATTERNS: dict[Kind, tuple[str, ...]] = {
    "npi": ("=#########",),
    "ncpdp": ("#######",),
    "zip": ("#####", "#####-####"),
    "state": ("^^",),
    "dea": ("^^#######",),
    "phone": (
        "+##+######",
        "(+##)+##-####",
        "(+##)+######",
        "+##-+##-####",
        "+##.+##.####",
        "+##/+##-####",
    ),
    "time": tuple(
        f"{hour}:##{half}"
        for hour in ("#", "<#", "=#")
        for half in ("", "am", "pm", "AM", "PM")
    ),
    "number": (
        *("#" * digits for digits in (1, 2, 3, 4)),
        *("#" * digits + "." + "#" * after for digits in (1, 2, 3) for after in (1, 2)),
        ".#",
        ".##",
    ),
}

_DAY_MARKS = "/-. "
_MONTHS = (
    ("Jan", "January"), ("Feb", "February"), ("Mar", "March"), ("Apr", "April"), ("May",), ("Jun", "June"),
    ("Jul", "July"), ("Aug", "August"), ("Sep", "Sept", "September"), ("Oct", "October"),
    ("Nov", "November"), ("Dec", "December"),
)  # fmt: skip


@lru_cache(maxsize=256)
def grammar_of(field: FormField) -> Grammar | None:
    """Every valid spelling of a field whose kind has rules, without gaps (but for dates); none for words.

    One grammar serves every field that the same rules bind: it remembers what it worked out.
    """
    if field.kind == "date":
        return _dates(field.comb, birth="birth" in field.name)
    if field.kind == "rems_id":
        first = field.pattern[0] if field.pattern and field.pattern[0].isupper() else "^"
        patterns: tuple[str, ...] = (f"{first}-#######*", f"{first}#######*")
        return Grammar(patterns, lambda text: normalize(field, text).plausible)
    if field.kind not in _PATTERNS:
        return None
    if field.kind == "number":
        return Grammar(_PATTERNS["number"], lambda text: normalize(field, text).plausible)
    return _plain(field.kind)


@lru_cache(maxsize=16)
def _plain(kind: Kind) -> Grammar:
    probe = FormField(name=kind, label="", kind=kind, page=1, section="")
    return Grammar(_PATTERNS[kind], lambda text: normalize(probe, text).plausible)


@lru_cache(maxsize=8)
def _dates(comb: int | None, *, birth: bool) -> Grammar:
    if comb in (6, 8):
        patterns: tuple[str, ...] = ("<#>#=###",) if comb == 8 else ("<#>###",)
    else:
        patterns = (*_numeric_dates(), *_spelled_dates(), "<#>#=###")
    probe = FormField(
        name="date_of_birth" if birth else "date", label="", kind="date", page=1, section="", comb=comb
    )
    return Grammar(patterns, lambda text: normalize(probe, text).plausible)


def _numeric_dates() -> tuple[str, ...]:
    return tuple(
        f"{month}{mark}{day}{mark}{year}"
        for mark in _DAY_MARKS
        for month in ("#", "<#")
        for day in ("#", ">#")
        for year in ("##", "=###")
    )


def _spelled_dates() -> tuple[str, ...]:
    return tuple(
        layout.format(month=month, day=day)
        for spellings in _MONTHS
        for word in spellings
        for month in (word, word.upper(), word + ".")
        for day in ("#", ">#")
        for layout in ("{month} {day}, =###", "{month} {day} =###", "{day} {month} =###", "{day}-{month}-=###")
    )
