"""States and ZIP codes."""

import re

from extractors.values.parsed import ILLEGIBLE, LOOKALIKES, Parsed, good

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
    "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming", "PR": "Puerto Rico", "GU": "Guam", "VI": "Virgin Islands",
    "AS": "American Samoa",
    "MP": "Northern Mariana Islands",
}  # fmt: skip
"""The Postal Service's codes (Publication 28, appendix B)."""

_BY_NAME = {name.lower().replace(" ", ""): code for code, name in STATES.items()}


def parse_state(raw: str) -> Parsed:
    """A state's two letters, from them or from its name."""
    text = re.sub(r"[^a-z]", "", raw.lower())
    if text.upper() in STATES:
        return good(text.upper())
    return good(_BY_NAME[text]) if text in _BY_NAME else ILLEGIBLE


def parse_zip(raw: str) -> Parsed:
    """Five digits, or nine as 12345-6789 where nine are written."""
    text = re.sub(r"\s", "", raw.translate(LOOKALIKES)).strip(".,;:")
    found = re.fullmatch(r"([0-9]{5})(?:[-.]?([0-9]{4}))?", text)
    if found is None:
        return ILLEGIBLE
    return good(f"{found[1]}-{found[2]}" if found[2] else found[1])
