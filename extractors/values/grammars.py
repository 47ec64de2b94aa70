"""What a reader may look for in a field: the letters of its kind, and every valid spelling."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
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


_ABSENT_LETTERS = "NA/na"

_DIGIT_TWINS = {
    "O": "0", "o": "0", "D": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "Z": "2", "z": "2", "A": "4",
    "S": "5", "s": "5", "G": "6", "b": "6", "T": "7", "B": "8", "g": "9", "q": "9",
}  # fmt: skip
_CAPITAL_TWINS = {
    "0": "O", "1": "I", "2": "Z", "4": "A", "5": "S", "6": "G", "8": "B",
    **dict(zip(_SMALL, _CAPITALS, strict=True)),
}  # fmt: skip

_ONLY_DIGITS: frozenset[Kind] = frozenset({"phone", "npi", "ncpdp", "zip", "number", "date"})

_GAPLESS: frozenset[Kind] = frozenset(
    {"npi", "ncpdp", "zip", "dea", "rems_id", "state_license", "email", "state", "phone", "number", "time"}
)


@dataclass(frozen=True)
class Signs:
    """The signs of a field.

    Attributes:
        letters: those that may stand there; none for all.
        twins: signs that cannot stand there, and what they look like that can.
        gapless: gaps mean nothing.
    """

    letters: str | None
    twins: Mapping[str, str]
    gapless: bool


def signs_of(field: FormField, *, spelled: bool = False) -> Signs:
    """The signs that a field's answer is written in, N/A apart.

    Args:
        field: the field.
        spelled: of a date, the month is written as a word.
    """
    letters = _letters(field)
    if field.kind == "date" and not spelled:
        letters = _DIGITS if field.comb else _DIGITS + "/-., "
    if field.kind in _ONLY_DIGITS and not spelled:
        twins: Mapping[str, str] = _DIGIT_TWINS
    else:
        twins = _CAPITAL_TWINS if is_initial(field) else {}
    return Signs(letters, twins, bool(field.comb) or field.kind in _GAPLESS)


def is_initial(field: FormField) -> bool:
    """Whether a field asks for one letter."""
    return field.kind == "name" and field.name.endswith("initial")


def letters_of(field: FormField) -> str | None:
    """Letters that a field's kind allows, those of N/A included; none for all."""
    letters = _letters(field)
    if letters is None:
        return None
    return "".join(letter for letter in ALPHABET if letter in letters or letter in _ABSENT_LETTERS + " ")


def _letters(field: FormField) -> str | None:
    if field.kind == "date":
        return _DIGITS if field.comb else _DIGITS + "/-., " + _CAPITALS + _SMALL
    if field.kind == "number":
        return _DIGITS + ".,kglbmdLvias/"
    return _CAPITALS + "." if is_initial(field) else _LETTERS.get(field.kind)


@dataclass(frozen=True)
class OneAt:
    """The bound of an e-mail address: something, an ``@``, and labels with a point between them."""

    start: int = 0

    def step(self, state: Hashable, letter: str) -> Hashable | None:
        """Before the local part 0, in it 1; behind the ``@`` 2, in a label 3; behind a point 4, in it 5."""
        if letter == "@":
            return 2 if state == 1 else None
        if letter == "." and state not in (0, 1):
            return 4 if state in (3, 5) else None
        return {0: 1, 2: 3, 4: 5}.get(int(str(state)), state)

    def is_end(self, state: Hashable) -> bool:
        """In the last label."""
        return state == 5


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
    "time": tuple(f"{hour}:##{half}" for hour in ("#", "<#", "=#") for half in ("", "am", "pm", "AM", "PM")),
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
        for layout in (
            "{month} {day}, =###",
            "{month} {day} =###",
            "{day} {month} =###",
            "{day}-{month}-=###",
        )
    )
