"""What people write in the fields of these forms: invented texts of every kind, as they would be written."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import zipcodes
from faker.providers.address.en_US import Provider as Addresses
from faker.providers.person.en_US import Provider as People

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SITES = ["Clinic", "Neurology", "Medical Center", "Infusion Center", "Hospital", "MS Center", "Pharmacy"]
_WORDS = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()
_WORDS_OF_CHOICE = (
    "N/A",
    "none",
    "NKDA",
    "UNK",
    "self",
    "spouse",
    "mother",
    "RN",
    "MD",
    "NP",
    "PA-C",
    "PharmD",
    "G35",
    "340",
)


@cache
def _cities() -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (z["city"], z["state"], z["zip_code"])
        for z in zipcodes.filter_by()
        if z["zip_code_type"] == "STANDARD"
    )


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def date_text(rng: random.Random) -> str:
    """A date in the styles people write: 3/7/15, 03-07-2015, Mar 7, 2015, or a comb's digits alone."""
    day = date(1935, 1, 1) + timedelta(days=rng.randrange(92 * 365))
    if rng.random() < 0.7:
        day = date(2013, 1, 1) + timedelta(days=rng.randrange(14 * 365))
    month, number, year = f"{day.month:02d}", f"{day.day:02d}", str(day.year)
    if rng.random() < 0.2:
        month, number = str(day.month), str(day.day)
    style = rng.random()
    if style < 0.35:
        return month.zfill(2) + number.zfill(2) + year
    if style < 0.90:
        mark = rng.choices("/-. ", weights=(70, 20, 6, 4))[0]
        return mark.join((month, number, year[2:] if rng.random() < 0.35 else year))
    return f"{_MONTHS[day.month - 1]} {day.day}, {year}"


def phone_text(rng: random.Random) -> str:
    """A telephone number: ten digits in the punctuation people use."""
    area, exchange, line = str(rng.randrange(201, 990)), _digits(rng, 3), _digits(rng, 4)
    style = rng.choice(("{}{}{}", "({}) {}-{}", "({}){}-{}", "{}-{}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}"))
    return style.format(area, exchange, line)


def number_text(rng: random.Random) -> str:
    """Identifiers and quantities made of digits: NPI, ZIP, NCPDP, weights, laboratory values, times."""
    pick = rng.random()
    if pick < 0.3:
        return rng.choice("12") + _digits(rng, 9)
    if pick < 0.5:
        return rng.choice(_cities())[2] if rng.random() < 0.85 else f"{_digits(rng, 5)}-{_digits(rng, 4)}"
    if pick < 0.6:
        return _digits(rng, 7)
    if pick < 0.72:
        return f"{rng.randrange(0, 24):02d}:{rng.randrange(60):02d}" + rng.choice(
            ("", "", " AM", " PM", "am", "pm")
        )
    if pick < 0.85:
        return f"{rng.uniform(0.3, 150):.{rng.choice((0, 1, 1, 2))}f}"
    return _digits(rng, rng.randrange(1, 5))


def name_text(rng: random.Random) -> str:
    """A person's name, whole or in part, in capitals or not."""
    first = rng.choice(list(People.first_names))
    last = rng.choice(list(People.last_names))
    if rng.random() < 0.08:
        last = f"{last}-{rng.choice(list(People.last_names))}"
    text = rng.choices(
        (
            first,
            last,
            f"{first} {last}",
            f"{last}, {first}",
            f"Dr. {last}",
            f"{first} {rng.choice(_LETTERS)}. {last}",
        ),
        weights=(30, 35, 20, 6, 5, 4),
    )[0]
    return text.upper() if rng.random() < 0.25 else text


def street_text(rng: random.Random) -> str:
    """A street line."""
    suffix = rng.choice(
        (
            "St",
            "Street",
            "Ave",
            "Avenue",
            "Rd",
            "Road",
            "Blvd",
            "Dr",
            "Drive",
            "Lane",
            "Ln",
            "Ct",
            "Pkwy",
            "Way",
        )
    )
    name = (
        rng.choice(list(People.last_names))
        if rng.random() < 0.6
        else rng.choice(Addresses.city_prefixes) + " " + rng.choice(list(People.first_names))
    )
    text = f"{rng.randrange(1, 9999)} {rng.choice(('', '', '', 'N ', 'S ', 'W. ', 'East '))}{name} {suffix}"
    if rng.random() < 0.3:
        text += rng.choice(
            (
                f", Apt {rng.randrange(1, 40)}{rng.choice('ABCD')}",
                f" Suite {rng.randrange(100, 900)}",
                f" #{rng.randrange(1, 99)}",
            )
        )
    return text


def city_text(rng: random.Random) -> str:
    """A city, sometimes with state and ZIP, or a state alone."""
    city, state, code = rng.choice(_cities())
    return rng.choices((city, f"{city}, {state}", f"{city} {state} {code}", state), weights=(60, 12, 8, 20))[
        0
    ]


def identifier_text(rng: random.Random) -> str:
    """Identifiers of letters and digits: REMS ID, DEA, license, lot, diagnosis."""
    pick = rng.random()
    if pick < 0.45:
        return f"{rng.choice('DPFR')}-{_digits(rng, 7)}{rng.choice(_LETTERS + '0123456789')}"
    if pick < 0.65:
        return rng.choice("ABFM") + rng.choice(_LETTERS) + _digits(rng, 7)
    if pick < 0.85:
        return "".join(rng.choices(_LETTERS, k=rng.randrange(1, 3))) + _digits(rng, rng.randrange(4, 8))
    return f"{rng.choice(_LETTERS)}{_digits(rng, 2)}{rng.choice(('', '.' + _digits(rng, 1)))}"


def email_text(rng: random.Random) -> str:
    """An e-mail address at a made-up place."""
    first, last = rng.choice(list(People.first_names)).lower(), rng.choice(list(People.last_names)).lower()
    left = rng.choice(
        (
            f"{first}.{last}",
            f"{first[0]}{last}",
            f"{first}_{last}{_digits(rng, 2)}",
            f"{last}{_digits(rng, 2)}",
        )
    )
    place = rng.choice(list(People.last_names)).lower() + rng.choice(("clinic", "neuro", "mail", ""))
    return f"{left}@{place}.{rng.choice(('example', 'com', 'org', 'net'))}"


def site_text(rng: random.Random) -> str:
    """A practice, hospital or pharmacy."""
    start = rng.choice(_cities())[0] if rng.random() < 0.5 else rng.choice(list(People.last_names))
    return f"{start} {rng.choice(_SITES)}"


def phrase_text(rng: random.Random) -> str:
    """A few words of comment, or a short answer."""
    if rng.random() < 0.2:
        return rng.choice(_WORDS_OF_CHOICE)
    text = " ".join(rng.choices(_WORDS, k=rng.randrange(1, 6)))
    return text + rng.choice(("", "", ".", ",")) if rng.random() < 0.9 else text.upper()


KINDS: dict[str, Callable[[random.Random], str]] = {
    "date": date_text,
    "phone": phone_text,
    "number": number_text,
    "name": name_text,
    "street": street_text,
    "city": city_text,
    "identifier": identifier_text,
    "email": email_text,
    "site": site_text,
    "phrase": phrase_text,
}
DIGIT_KINDS = ("date", "phone", "number")
