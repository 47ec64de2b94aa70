"""Where the words come from.

US census names (1990, by the package names), the towns of the ZIP code list, street words of the Postal
Service's Publication 28, and a short list of our own for offices.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from extractors.lexicons.words import words_of


@cache
def first_names() -> Mapping[str, float]:
    """First names of women and men by frequency, percent."""
    found: dict[str, float] = {}
    for name in ("dist.female.first", "dist.male.first"):
        for word, weight in _census(name):
            found[word] = found.get(word, 0.0) + weight
    return found


@cache
def last_names() -> Mapping[str, float]:
    """Last names by frequency, percent."""
    return dict(_census("dist.all.last"))


@cache
def towns() -> Mapping[str, float]:
    """Words of the names of towns, by the number of ZIP codes whose town bears them."""
    import zipcodes  # noqa: PLC0415 - takes a second to load, and a page without a town needs it not

    found: dict[str, float] = {}
    for entry in zipcodes.list_all():  # type: ignore[no-untyped-call]
        for word in words_of(entry["city"]):
            found[word] = found.get(word, 0.0) + 1.0
    return found


@cache
def streets() -> Mapping[str, float]:
    """Suffixes, directions, units and frequent words of street addresses."""
    return _ours("street_words.txt")


@cache
def office_words() -> Mapping[str, float]:
    """Words of practices, hospitals, pharmacies, posts and short answers."""
    return _ours("office_words.txt")


@cache
def mail_endings() -> tuple[str, ...]:
    """Last labels of e-mail addresses: those that a US office meets, and that of made-up people."""
    return _mail_lines()[0]


@cache
def mail_words() -> tuple[str, ...]:
    """Other labels that many domains have: the large providers, and words of practices and hospitals."""
    return _mail_lines()[1]


def _mail_lines() -> tuple[tuple[str, ...], ...]:
    lines = files(__package__).joinpath("mail_words.txt").read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines)


def _census(name: str) -> Iterator[tuple[str, float]]:
    """Lines of ``NAME  percent  cumulative  rank``; the rarest are given as 0.000."""
    for line in files("names").joinpath(name).read_text(encoding="ascii").splitlines():
        word, percent, *_ = line.split()
        yield word.lower(), max(float(percent), 0.0003)


def _ours(name: str) -> Mapping[str, float]:
    """Words a line or more, those of an earlier line ten times as frequent as those of the next."""
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return {word: 10.0**-rank for rank, line in enumerate(lines) for word in line.split()}
