"""The words of screening: conditions and symptoms, and phrases that tell what is said of them, as data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_CHOICE = re.compile(r"\(([^)]*)\)")

GAP = "*"
"""In a term: up to three words between."""


@dataclass(frozen=True)
class Term:
    """One way to write a condition or symptom; ``*`` among its words stands for a gap."""

    group: str
    concept: str
    text: str


@dataclass(frozen=True)
class ContextRules:
    """Phrases by what they say of a condition nearby, and the sentences that senders print.

    Attributes:
        phrases: category (``negated_before``, ``pseudo``, ``onset`` ...) to its phrases.
        boilerplate: sentences that are printed on every page.
        report_lines: lines that say where to report events.
        lab_boilerplate: what laboratories print to explain a test.
        history_fields: names of fields that ask for history.
        often_misread: words of negation that are looked for although a letter was misread.
        real_words: good words that a slip would make a word of the vocabulary.
    """

    phrases: Mapping[str, tuple[str, ...]]
    boilerplate: re.Pattern[str]
    report_lines: re.Pattern[str]
    lab_boilerplate: re.Pattern[str]
    history_fields: frozenset[str]
    often_misread: frozenset[str]
    real_words: frozenset[str]


def expand(term: str) -> Iterator[str]:
    """Every wording of a term: ``(a|b|) c`` gives ``a c``, ``b c`` and ``c``."""
    pieces = _CHOICE.split(term)
    # Odd pieces are the insides of parentheses.
    choices = [piece.split("|") if index % 2 else [piece] for index, piece in enumerate(pieces)]
    for chosen in product(*choices):
        if text := " ".join("".join(chosen).split()):
            yield text


@cache
def load_terms() -> tuple[Term, ...]:
    """All terms of ``vocabulary.yaml``, expanded."""
    data: dict[str, dict[str, list[str]]] = _read("vocabulary.yaml")
    return tuple(
        Term(group, concept, text)
        for group, concepts in data.items()
        for concept, terms in concepts.items()
        for term in terms
        for text in expand(str(term))
    )


@cache
def load_context() -> ContextRules:
    """All phrases of ``context.yaml``, expanded."""
    data = _read("context.yaml")
    boilerplate = data.pop("boilerplate")
    report_lines = data.pop("report_lines")
    lab_boilerplate = data.pop("lab_boilerplate")
    history_fields = data.pop("history_fields")
    often_misread = data.pop("often_misread")
    real_words = frozenset(word for line in data.pop("real_words") for word in line.split())
    return ContextRules(
        phrases={
            category: tuple(text for phrase in phrases for text in expand(str(phrase)))
            for category, phrases in data.items()
        },
        boilerplate=_any_of(boilerplate),
        report_lines=_any_of(report_lines),
        lab_boilerplate=_any_of(lab_boilerplate),
        history_fields=frozenset(history_fields),
        often_misread=frozenset(often_misread),
        real_words=real_words
        | {
            word
            for phrases in data.values()
            for phrase in phrases
            for text in expand(phrase)
            for word in text.split()
        },
    )


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    return data
