"""Terms with a gap, such as "swelling of her face": found only in sentences that hold all their words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans
from spacy.vocab import Vocab

from validators.vocabulary import GAP, Term

_Words = tuple[frozenset[str], ...]

_GAP_PATTERN: dict[str, Any] = {
    "NORM": {"NOT_IN": ["no", "not", "none", "denies", "denied", "without", "or", "but"]},
    "IS_PUNCT": False,
    "IS_SPACE": False,
    "OP": "{0,3}",
}


@dataclass(frozen=True)
class _GapTerm:
    group: str
    concept: str
    words: tuple[frozenset[str], ...]


class GapTerms:
    """Adds the terms with a gap to the conditions that a document holds.

    A matcher steps through every word for every pattern; asking first which sentences hold the words at all
    makes most pages cost nothing.
    """

    def __init__(self, vocab: Vocab, make_doc: Callable[[str], Doc], terms: Iterable[Term]) -> None:
        self._terms: list[_GapTerm] = []
        self._matchers: list[Matcher] = []
        wordings: defaultdict[tuple[str, str], set[_Words]] = defaultdict(set)
        for term in terms:
            words = [
                word if word == GAP else token.norm_ for word in term.text.split() for token in make_doc(word)
            ]
            wordings[term.group, term.concept].add(tuple(frozenset({word}) for word in words))
        for (group, concept), alternatives in wordings.items():
            for merged in _merge(alternatives):
                matcher = Matcher(vocab)
                pattern = [
                    _GAP_PATTERN if words == {GAP} else {"NORM": {"IN": sorted(words)}} for words in merged
                ]
                matcher.add(concept, [pattern], greedy="LONGEST")
                self._matchers.append(matcher)
                self._terms.append(
                    _GapTerm(group, concept, tuple(words for words in merged if words != {GAP}))
                )

    def __call__(self, doc: Doc) -> Doc:
        """The document with the conditions added that no condition found before overlaps."""
        found = list(self._find(doc))
        if found:
            doc.ents = tuple(filter_spans([*doc.ents, *found]))
        return doc

    def _find(self, doc: Doc) -> Iterator[Span]:
        for sentence in doc.sents:
            words = {token.norm_ for token in sentence}
            for term, matcher in zip(self._terms, self._matchers, strict=True):
                if all(not words.isdisjoint(choices) for choices in term.words):
                    for _, start, end in matcher(sentence):
                        first, last = sentence.start + start, sentence.start + end
                        yield Span(doc, first, last, label=term.group, span_id=term.concept)


def _merge(wordings: set[_Words]) -> set[_Words]:
    """Wordings that differ in one place only become one: the cost of matching grows with their number."""
    for place in range(max(map(len, wordings))):
        alike: defaultdict[tuple[_Words, _Words], set[frozenset[str]]] = defaultdict(set)
        short = {words for words in wordings if len(words) <= place}
        for words in wordings - short:
            alike[words[:place], words[place + 1 :]].add(words[place])
        wordings = short
        for (before, after), choices in alike.items():
            gaps = {choice for choice in choices if choice == {GAP}}
            words_here = frozenset(word for choice in choices - gaps for word in choice)
            for choice in gaps | ({words_here} if words_here else set()):
                wordings.add((*before, choice, *after))
    return wordings
