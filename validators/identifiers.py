"""Identifiers, addresses and numbers: check digits, ZIP against state, phones, limits."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from math import isfinite

import phonenumbers
import zipcodes
from stdnum import luhn
from stdnum.iso7064 import mod_37_36

from form_templates.model import FormField, Kind
from validators.case import Case
from validators.model import Finding

_EMAIL = re.compile(r"^[^@\s,;]+@[^@\s,;.]+(\.[^@\s,;.]+)+$")
_ZIP = re.compile(r"^([0-9]{5})(?:-?[0-9]{4})?$")

# fmt: off
STATES: frozenset[str] = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
    "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",
    "WV", "WI", "WY", "PR", "VI", "GU", "AS", "MP", "AA", "AE", "AP", "FM", "MH", "PW",
})
"""Two-letter codes of the Postal Service: states, the district, territories, military mail."""
# fmt: on


def is_npi(text: str) -> bool:
    """Rule X1: ten digits, the first 1 or 2, Luhn over 80840 and the number."""
    return bool(re.fullmatch(r"[12][0-9]{9}", text)) and bool(luhn.is_valid("80840" + text))


def is_dea(text: str) -> bool:
    """Rule X2: two letters (the second may be 9) and seven digits, the last a check digit."""
    if not re.fullmatch(r"[A-Z][A-Z9][0-9]{7}", text.upper()):
        return False
    digits = [int(digit) for digit in text[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def is_rems_id(text: str, pattern: str | None) -> bool:
    """Rule X3: the field's pattern, and the check character by ISO 7064 mod 37,36."""
    text = text.upper()
    if pattern is not None and not re.fullmatch(pattern, text):
        return False
    try:
        return bool(mod_37_36.is_valid(text.replace("-", "")))
    except ValueError:
        return False


def is_us_phone(text: str) -> bool:
    """Ten digits that can be dialed in the US; 555 as area code passes, since tests and training use it."""
    if not re.fullmatch(r"[0-9]{10}", text):
        return False
    if text.startswith("555"):
        return True
    return phonenumbers.is_valid_number(phonenumbers.parse(text, "US"))


@cache
def states_of_zip(zip_code: str) -> frozenset[str]:
    """The states that a five-digit ZIP code lies in, none for a code that is not in use."""
    return frozenset(str(place["state"]) for place in zipcodes.matching(zip_code))  # type: ignore[no-untyped-call]


def check_identifiers(case: Case) -> Iterator[Finding]:
    """Findings about identifiers that fail their check, and numbers outside their limits."""
    for field in case.fields:
        value = case.value(field.name)
        if (
            not isinstance(value, str)
            or not value.strip()
            or "not_applicable" in case.answer(field.name).reasons
        ):
            continue
        text = value.strip()
        if field.kind == "rems_id" and not is_rems_id(text, field.pattern):
            yield case.find("X3", field.name)
        elif field.kind == "number":
            yield from _number(case, field, text)
        elif (test := _TESTS.get(field.kind)) is not None:
            rule, passes = test
            if not passes(text):
                yield case.find(rule, field.name)


def check_addresses(case: Case) -> Iterator[Finding]:
    """Findings about ZIP codes that are not in use or lie in another state than the one beside them."""
    for field in case.fields:
        value = case.value(field.name)
        if field.kind != "zip" or not isinstance(value, str) or not value.strip():
            continue
        written = _ZIP.match(value.strip())
        states = states_of_zip(written[1]) if written else frozenset[str]()
        state_name = field.name.removesuffix("_zip") + "_state"
        state = case.value(state_name)
        if not states:
            yield case.find("IDN-02", field.name)
        elif isinstance(state, str) and state.upper() in STATES and state.upper() not in states:
            yield case.find("IDN-01", field.name, state_name)


def _number(case: Case, field: FormField, text: str) -> Iterator[Finding]:
    low, high = field.minimum, field.maximum
    if low is None and high is None:
        return
    if not _is_between(text, low, high):
        yield case.find(
            "IDN-07",
            field.name,
            low="any" if low is None else f"{low:g}",
            high="any" if high is None else f"{high:g}",
            unit=field.unit or "",
        )


def _is_between(text: str, low: float | None, high: float | None) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return isfinite(number) and (low is None or number >= low) and (high is None or number <= high)


_TESTS: Mapping[Kind, tuple[str, Callable[[str], bool]]] = {
    "npi": ("X1", is_npi),
    "dea": ("X2", is_dea),
    "phone": ("IDN-04", is_us_phone),
    "state": ("IDN-03", lambda text: text.upper() in STATES),
    "ncpdp": ("IDN-05", lambda text: bool(re.fullmatch(r"[0-9]{7}", text))),
    "email": ("IDN-06", lambda text: bool(_EMAIL.match(text))),
}
"""By kind of field: the rule, and the test of a normal value."""
