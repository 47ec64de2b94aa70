"""What a reader may look for in a field: the letters of its kind, and every valid spelling."""

from functools import lru_cache

from extractors.readers.ctc import ALPHABET, Grammar
from extractors.values import normalize
from form_templates.model import FormField

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


_PATTERNS = {
    "npi": ("9999999999",),
    "ncpdp": ("9999999",),
    "zip": ("99999", "99999-9999"),
    "state": ("AA",),
    "dea": ("AA9999999",),
    "phone": (
        "9999999999",
        "(999) 999-9999",
        "(999)999-9999",
        "999-999-9999",
        "999.999.9999",
        "999 999 9999",
        "(999) 999 9999",
    ),
}


def grammar_of(field: FormField) -> Grammar | None:
    """Every valid spelling of a field whose kind has rules; none for words and quantities."""
    if field.kind == "date":
        return _dates(field.comb, birth="birth" in field.name)
    if field.kind == "rems_id":
        first = field.pattern[0] if field.pattern and field.pattern[0] in _CAPITALS else "A"
        return Grammar((f"{first}-9999999X", f"{first}9999999X"), lambda text: _is_valid(field, text))
    patterns = _PATTERNS.get(field.kind)
    if patterns is None:
        return None
    return Grammar(patterns, lambda text: _is_valid(field, text))


def _is_valid(field: FormField, text: str) -> bool:
    return normalize(field, text).plausible


@lru_cache(maxsize=8)
def _dates(comb: int | None, *, birth: bool) -> Grammar:
    if comb in (6, 8):
        patterns: tuple[str, ...] = ("9" * comb,)
    else:
        patterns = tuple(
            f"{month}{mark}{day}{mark}{year}"
            for mark in "/-."
            for month in ("9", "99")
            for day in ("9", "99")
            for year in ("99", "9999")
        )
    probe = FormField(
        name="date_of_birth" if birth else "date", label="", kind="date", page=1, section="", comb=comb
    )
    return Grammar(patterns, lambda text: _is_valid(probe, text))
