"""Names and numbers brought to the form in which they are compared; what is stored stays as written."""

import re
import unicodedata

from nameparser import HumanName

SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv"}


def plain(text: str | None) -> str:
    """Lower case ASCII letters, digits and single spaces; a hyphen counts as a space."""
    if not text:
        return ""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.replace("'", "")).split())


def digits(text: str | None) -> str:
    """The digits of a number."""
    return re.sub(r"\D", "", text or "")


def split_suffix(last_name: str | None) -> tuple[str, str]:
    """A last name without its suffix, and the suffix (jr, sr, ii, iii, iv) or nothing."""
    words = plain(last_name).split()
    if len(words) > 1 and words[-1] in SUFFIXES:
        return " ".join(words[:-1]), SUFFIXES[words[-1]]
    return " ".join(words), ""


def split_name(name: str | None) -> tuple[str, str, str]:
    """First name, middle initial and last name of a whole name such as ``Dr. Ana B. Lund, MD``."""
    if not name:
        return "", "", ""
    parts = HumanName(name)
    last = f"{parts.last} {parts.suffix}" if plain(parts.suffix) in SUFFIXES else parts.last
    return parts.first, parts.middle[:1], last
