"""Screening of text for possible adverse events: spaCy's EntityRuler over the vocabulary, with negation."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import spacy
from spacy.tokens import Doc

from validators.catalog import finding
from validators.context import Context
from validators.gaps import GapTerms
from validators.model import Finding, Text
from validators.prepare import prepare
from validators.segment import Status
from validators.settings import RuleSettings
from validators.spelling import Spelling
from validators.vocabulary import GAP, Term, load_context, load_terms


@dataclass(frozen=True)
class Mention:
    """A condition or symptom found in a text.

    Attributes:
        group: group of the vocabulary, such as ``kidney``.
        concept: what the words stand for, such as ``hematuria``.
        text: the words as the prepared text has them.
        status: what is said of it.
        onset: the sentence tells of something that happened: "developed", "since the infusion".
    """

    group: str
    concept: str
    text: str
    status: Status
    onset: bool = False


class Screener:
    """The pipeline of screening; built once, used for every page."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        context = load_context()
        self._nlp = spacy.blank("en")
        # A whole page of a dense letter is a few thousand letters; anything far larger is no page.
        self._nlp.max_length = 2_000_000
        words = {word for term in terms for word in term.text.lower().split() if word.isalpha()}
        self._spelling = Spelling(words | context.often_misread, real_words=context.real_words)
        self._nlp.add_pipe("sentencizer")
        ruler: Any = self._nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "NORM"})
        gapped = [term for term in terms if GAP in term.text.split()]
        whole = [term for term in terms if GAP not in term.text.split()]
        ruler.add_patterns(
            [{"label": term.group, "id": term.concept, "pattern": term.text} for term in whole]
        )
        self._add_gap_terms = GapTerms(self._nlp.vocab, self._make_doc, gapped)
        self._context = Context(self._nlp.vocab, self._make_doc, context)

    def mentions(self, text: str, *, lab_report: bool = False) -> tuple[Mention, ...]:
        """Every condition or symptom that a text names, with what is said of it."""
        doc = self._make_doc(prepare(text))
        for _, pipe in self._nlp.pipeline:
            doc = pipe(doc)
        doc = self._add_gap_terms(doc)
        return tuple(
            Mention(span.label_, span.ent_id_ or span.id_, span.text, status, onset)
            for span, status, onset in self._context.judge(doc, lab_report=lab_report)
        )

    def _make_doc(self, text: str) -> Doc:
        """The words of a text; each one's norm is the word of the vocabulary that it stands for."""
        doc = self._nlp.make_doc(text)
        for token in doc:
            word = token.lower_
            token.norm_ = self._spelling.correct(word) if token.is_ascii and not token.is_punct else word
        return doc


@cache
def screener() -> Screener:
    """The one screener of this process."""
    return Screener(load_terms())


def find_mentions(text: str, *, lab_report: bool = False) -> tuple[Mention, ...]:
    """Every condition or symptom that a text names, with what is said of it.

    Args:
        text: what was written, as it was read.
        lab_report: the text is a laboratory's own print, whose explanations of its tests are no reports.
    """
    return screener().mentions(text, lab_report=lab_report) if text.strip() else ()


def screen(texts: Iterable[Text], settings: RuleSettings | None = None) -> tuple[Finding, ...]:
    """Findings about possible adverse events in writing: at most one for each field and page.

    Lines of one page that is no form are read together, so that a sentence may run over several lines.

    Args:
        texts: what was written; never the printed words of a form.
        settings: numbers of the rules; the defaults where none are given.
    """
    settings = settings or RuleSettings()
    return tuple(found for place in _places(texts) for found in _judge_place(place, settings))


def _judge_place(texts: list[Text], settings: RuleSettings) -> Iterator[Finding]:
    first = texts[0]
    fields = (first.field,) if first.field else ()
    mentions = find_mentions("\n".join(text.text for text in texts), lab_report=first.source == "lab_report")
    statuses = {_status(mention, first) for mention in mentions} - {Status.NEGATED, Status.PRINTED}
    told = statuses & {Status.AFFIRMED} or (settings.consider_history_an_event and statuses)
    if told:
        yield finding("AE-02", fields=fields, pages=(first.page,), page=first.page)
    elif not all(text.legible for text in texts):
        yield finding("AE-03", fields=fields, pages=(first.page,), page=first.page)
    elif statuses:
        yield finding("AE-05", fields=fields, pages=(first.page,), page=first.page)


def _status(mention: Mention, text: Text) -> Status:
    if mention.status is not Status.AFFIRMED:
        return mention.status
    if text.field in load_context().history_fields and not mention.onset:
        return Status.HISTORY
    if text.source == "lab_report" and mention.group == "lab value" and not mention.onset:
        return Status.HYPOTHETICAL
    return Status.AFFIRMED


def _places(texts: Iterable[Text]) -> Iterator[list[Text]]:
    """Texts that belong together: a field, a margin note, the lines of a page that is no form."""
    places: defaultdict[tuple[object, ...], list[Text]] = defaultdict(list)
    for index, text in enumerate(texts):
        alone = text.source in {"field", "margin"}
        key = (text.page, text.source, text.field, index if alone and text.field is None else None)
        places[key].append(text)
    yield from places.values()
