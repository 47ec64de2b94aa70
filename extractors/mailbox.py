"""E-mail addresses: mostly made of the name of who is asked for it, and they end in one of a few ways."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from extractors.lexicons.sources import mail_endings, mail_words
from form_templates.model import FormField

OWN_NAME, USUAL_DOMAIN, STRANGE_ENDING = 3.0, 1.5, -9.0
"""Log odds of an address made of the person's own name, of a domain of usual words, and of one that ends as
hardly an address does: most endings that a net makes up do not even exist."""
LEAST_LIKE = 0.6
"""A made-up local part less like the one that was read is no candidate."""
_SHORTEST_ENDING = 3
"""Shorter endings than this are not looked for where the point before them is missing."""


@dataclass(frozen=True)
class Mailbox:
    """What the name beside an address makes likely in it.

    Attributes:
        locals_: what may stand before the ``@``, in small letters; empty where no name was read.
    """

    locals_: tuple[str, ...] = ()

    def candidates(self, read: Sequence[str]) -> tuple[str, ...]:
        """Addresses that were read with another local part, and with the domain mended."""
        return tuple(dict.fromkeys(text for one in read for text in self._mended(one)))

    def _mended(self, text: str) -> Iterator[str]:
        local, at, domain = text.strip().rpartition("@")
        if not at or not local:
            return
        capitals = text.isupper()
        domains = dict.fromkeys((_mended_domain(domain.lower()), domain.lower()))
        near = process.extract(
            local.lower(),
            self.locals_,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=LEAST_LIKE,
            limit=3,
        )
        for before in (local.lower(), *(found for found, _, _ in near)):
            for after in domains:
                address = f"{before}@{after}"
                yield address.upper() if capitals else address

    def bonus(self, asked: FormField, value: str | None) -> float:  # noqa: ARG002 - as all expectations
        """Log odds of the local part and of the ending."""
        if value is None:
            return 0.0
        local, _, domain = value.lower().rpartition("@")
        *labels, ending = domain.split(".")
        return (
            (OWN_NAME if local in self.locals_ else 0.0)
            + (USUAL_DOMAIN if set(labels) <= set(mail_words()) else 0.0)
            + (0.0 if ending in mail_endings() else STRANGE_ENDING)
        )

    def fits(self, asked: FormField, value: str | None) -> bool | None:
        """Whether it is made of the person's name; none where it is not, which says little."""
        return True if self.bonus(asked, value) >= OWN_NAME else None


def mailbox_of(asked: FormField, read: Mapping[str, str]) -> Mailbox:
    """What the name beside an e-mail address makes likely in it: ``contact_name`` beside ``contact_email``.

    Args:
        asked: the field of the address.
        read: normal values of other fields, by name.
    """
    stem = asked.name.removesuffix("email")
    first, last = read.get(f"{stem}first_name", ""), read.get(f"{stem}last_name", "")
    if not (first and last):
        first, _, last = read.get(f"{stem}name", "").partition(" ")
    return Mailbox(tuple(_locals(_plain(first), _plain(last))))


def _locals(first: str, last: str) -> Iterator[str]:
    if len(first) > 1 and len(last) > 1:
        yield from (
            first[0] + last, f"{first}.{last}", first + last, f"{first}_{last}", f"{first[0]}.{last}",
            last + first[0], f"{last}.{first}", first + last[0], first, last,
        )  # fmt: skip


def _mended_domain(domain: str) -> str:
    """The domain with every label that is nearly a usual one made so, and the point before a usual ending."""
    *labels, ending = domain.split(".")
    if not labels:
        for usual in mail_endings():
            if len(usual) >= _SHORTEST_ENDING and len(ending) > len(usual) + 1:
                head, tail = ending[: -len(usual)], ending[-len(usual) :]
                if Levenshtein.distance(tail, usual) <= len(usual) // 4:
                    labels, ending = [head], tail
                    break
    return ".".join((*(_nearest(label, mail_words()) for label in labels), _nearest(ending, mail_endings())))


def _nearest(label: str, words: Sequence[str]) -> str:
    """The word that a label is, but for one letter in four; the label where there is none."""
    near = process.extractOne(label, words, scorer=Levenshtein.distance, score_cutoff=max(1, len(label) // 3))
    return near[0] if near is not None and len(label) > 2 else label


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalpha())
