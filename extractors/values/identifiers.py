"""Numbers that identify somebody, with the check digits that tell a misread one."""

import re

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from extractors.values.parsed import ILLEGIBLE, LOOKALIKES, Parsed, good, odd

_TWINS = {"0": "O", "O": "0", "1": "I", "I": "1", "5": "S", "S": "5", "2": "Z", "Z": "2", "8": "B", "B": "8"}
"""Signs drawn alike: where the check character settles which one is meant, it does."""


def npi_is_valid(number: str) -> bool:
    """Whether ten digits are a National Provider Identifier: Luhn over them after 80840 (45 CFR 162.406)."""
    return bool(re.fullmatch(r"[12]\d{9}", number)) and bool(luhn.is_valid("80840" + number))


def parse_npi(raw: str) -> Parsed:
    """Ten digits; implausible where the check digit is wrong, or the first digit is neither 1 nor 2."""
    digits = re.sub(r"[\s.\-]", "", raw.translate(LOOKALIKES))
    if not re.fullmatch(r"\d{10}", digits):
        return ILLEGIBLE
    return good(digits) if npi_is_valid(digits) else odd(digits)


def dea_is_valid(number: str) -> bool:
    """Whether two letters and seven digits are a DEA number.

    The sum of the 1st, 3rd and 5th digit and of twice the 2nd, 4th and 6th ends in the 7th.
    """
    if not re.fullmatch(r"[A-Z][A-Z9]\d{7}", number):
        return False
    digits = [int(sign) for sign in number[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def parse_dea(raw: str) -> Parsed:
    """Two letters and seven digits, upper case, without gaps."""
    text = re.sub(r"[\s.\-]", "", raw).upper()
    number = text[:2] + text[2:].translate(LOOKALIKES)
    if not re.fullmatch(r"[A-Z][A-Z9]\d{7}", number):
        return ILLEGIBLE
    return good(number) if dea_is_valid(number) else odd(number)


def rems_id_is_valid(number: str) -> bool:
    """Whether the last character is the ISO 7064 mod 37,36 check character of the letter and the digits."""
    try:
        mod_37_36.validate(number.replace("-", ""))
    except ValidationError:
        return False
    return True


def parse_rems_id(raw: str, pattern: str | None) -> Parsed:
    """A REMS ID with its hyphen, upper case.

    Args:
        raw: as read, with or without the hyphen.
        pattern: the field's own regular expression of a whole ID; none for any party's.
    """
    text = re.sub(r"[^A-Za-z0-9|]", "", raw).upper()
    if len(text) != 9:
        return ILLEGIBLE
    number = f"{text[0]}-{text[1:8].translate(LOOKALIKES)}{text[8]}"
    if not re.fullmatch("[A-Z]-[0-9]{7}[0-9A-Z]", number):
        return ILLEGIBLE
    if not re.fullmatch(pattern or "[DPFR]-[0-9]{7}[0-9A-Z]", number):
        return odd(number)
    twin = number[:-1] + _TWINS.get(number[-1], number[-1])
    for spelling in (number, twin):
        if rems_id_is_valid(spelling):
            return good(spelling)
    return odd(number)


def parse_ncpdp(raw: str) -> Parsed:
    """A pharmacy's seven-digit NCPDP number."""
    digits = re.sub(r"[\s.\-]", "", raw.translate(LOOKALIKES))
    return good(digits) if re.fullmatch(r"\d{7}", digits) else ILLEGIBLE


def parse_state_license(raw: str) -> Parsed:
    """A license number; every state has its own form, so only that it holds a digit is checked."""
    text = re.sub(r"\s+", "", raw).strip(".,;:").upper()
    if not text:
        return ILLEGIBLE
    return good(text) if re.search(r"\d", text) and re.fullmatch(r"[A-Z0-9.\-/]+", text) else odd(text)
