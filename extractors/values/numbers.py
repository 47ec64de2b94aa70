"""Quantities, telephone numbers."""

import re

import phonenumbers

from extractors.values.parsed import ILLEGIBLE, LOOKALIKES, Parsed, good, odd

_NUMBER = re.compile(r"(\d{1,6}(?:,\d{3})*|)(?:[.,](\d{1,4}))?")


def parse_number(
    raw: str, *, unit: str | None = None, minimum: float | None = None, maximum: float | None = None
) -> Parsed:
    """A quantity as a decimal number without its unit.

    Args:
        raw: as read, with or without the unit.
        unit: the unit as printed on the form.
        minimum: least that makes sense.
        maximum: most that makes sense.
    """
    text = raw.strip()
    text = re.sub(r"(?:\s*(?:" + "|".join(_units(unit)) + r")\.?)$", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\s+", "", text.translate(LOOKALIKES)).strip(";:'\"#")
    text = text[:-1] if text.endswith((".", ",")) else text
    found = _NUMBER.fullmatch(text)
    if found is None or not text:
        return ILLEGIBLE
    whole = found[1].replace(",", "") or "0"
    if len(whole) > 1 and whole.startswith("0") and not found[2]:  # nobody writes 076: the point was lost
        return odd(f"0.{whole[1:]}", "ambiguous")
    value = whole + (f".{found[2]}" if found[2] else "")
    amount = float(value)
    if (minimum is not None and amount < minimum) or (maximum is not None and amount > maximum):
        return odd(value)
    return good(value)


def _units(unit: str | None) -> list[str]:
    """Spellings of a unit that may follow a number, regular expressions."""
    known = ["kgs?", "mg\\s*/\\s*dl", "mg", "vials?", "months?"]
    return [re.escape(unit), *known] if unit else known


def parse_phone(raw: str) -> Parsed:
    """Ten digits of a telephone number of the North American plan, without country code and extension."""
    text = raw.translate(LOOKALIKES) if not re.search(r"ext|x", raw, re.IGNORECASE) else raw
    text = re.sub(r"[:;,'_*]", "", text)
    if re.search(r"[A-Za-wyz]", re.sub(r"ext\.?", "x", text, flags=re.IGNORECASE)):
        return ILLEGIBLE
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ILLEGIBLE
    digits = str(number.national_number)
    if number.country_code != 1 or len(digits) != 10:
        return ILLEGIBLE
    return good(digits) if re.fullmatch(r"[2-9]\d{2}[2-9]\d{6}", digits) else odd(digits)
