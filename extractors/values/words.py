"""Names, text and e-mail addresses: kept as written, but for what no writer means."""

import re

from extractors.values.parsed import ILLEGIBLE, Parsed, good, odd

_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")


def tidy(raw: str) -> str:
    """Single spaces, no stray signs at the ends, a space after a comma."""
    text = re.sub(r"\s+", " ", raw).strip(" _|~`^\\=*<>{}[]")
    return re.sub(r"\s+([,;])", r"\1", text)


def _without_loose_point(text: str) -> str:
    """A point after a long word is a speck; after a short one it stands for letters left out (Jr., St.)."""
    return text[:-1].rstrip() if re.search(r"[A-Za-z]{4,}\s?\.$", text) else text


def parse_name(raw: str) -> Parsed:
    """A person's or a site's name, capitals as written; implausible where it holds signs that no name has."""
    text = _without_loose_point(tidy(raw).strip(" ,;:\"'-"))
    if not re.search(r"[A-Za-z]", text):
        return ILLEGIBLE
    return good(text) if re.fullmatch(r"[A-Za-z][A-Za-z0-9 .,'&/()\-]*", text) else odd(text)


def parse_text(raw: str) -> Parsed:
    """A line or a paragraph of free writing."""
    text = re.sub(r"\s*(?:-+|[.]{2,})$", "", tidy(raw))
    return good(text) if re.search(r"[A-Za-z0-9]", text) else ILLEGIBLE


def parse_email(raw: str) -> Parsed:
    """An e-mail address; gaps are dropped, for it has none."""
    text = re.sub(r"\s", "", raw).strip(".,;:'\"")
    if not re.search(r"[A-HJ-Z]", text):
        text = text.replace("I", "l")  # drawn alike, and nobody writes one capital in an address
    if "@" not in text:
        return odd(text) if text else ILLEGIBLE
    return good(text) if _EMAIL.fullmatch(text) else odd(text)
