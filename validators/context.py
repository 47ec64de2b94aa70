"""What is said of a condition: that it happened, or not, or might, or once did, or to somebody else.

A ConText of our own: phrases with a direction, sentences that take a turn and lookalike phrases, all as data.
Where the words leave a doubt, the condition counts as having happened.
"""

from collections.abc import Callable, Iterator

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from validators.segment import MARKS, Cue, Segment, Status
from validators.vocabulary import ContextRules

_PRINTED_REACH = 160
"""Characters after a printed phrase that still belong to its sentence."""


class Context:
    """Judges the conditions found in a document by the words around them."""

    def __init__(self, vocab: Vocab, make_doc: Callable[[str], Doc], rules: ContextRules) -> None:
        self._rules = rules
        self._matcher = PhraseMatcher(vocab, attr="NORM")
        for category, phrases in rules.phrases.items():
            self._matcher.add(category, [make_doc(phrase) for phrase in phrases])

    def judge(self, doc: Doc, *, lab_report: bool = False) -> Iterator[tuple[Span, Status, bool]]:
        """Each condition of the document, what is said of it, and whether words tell of an onset."""
        if not doc.ents:
            return
        cues = self._cues(doc)
        for start, end in _segments(doc):
            mentions = [span for span in doc.ents if start <= span.start < end]
            if mentions:
                here = [cue for cue in cues if start <= cue.start < end]
                yield from self._judge_segment(
                    Segment(doc, start, end, mentions, here), lab_report=lab_report
                )

    def _judge_segment(self, segment: Segment, *, lab_report: bool) -> Iterator[tuple[Span, Status, bool]]:
        onset = segment.has("onset")
        said = segment.statuses()
        for mention in segment.mentions:
            statuses = said.get(mention.start, set())
            printed = not onset and self._is_printed(segment, mention, lab_report=lab_report)
            if Status.PRINTED in statuses or printed:
                yield mention, Status.PRINTED, onset
            elif Status.NEGATED in statuses:
                yield mention, Status.NEGATED, onset
            elif Status.FAMILY in statuses:
                yield mention, Status.FAMILY, onset
            elif onset or not statuses:
                yield mention, Status.AFFIRMED, onset
            else:
                status = Status.HISTORY if Status.HISTORY in statuses else Status.HYPOTHETICAL
                yield mention, status, onset

    def _is_printed(self, segment: Segment, mention: Span, *, lab_report: bool) -> bool:
        """Whether a mention belongs to words that every such page carries.

        Lines of a page can run together, so printed words silence only what stands in them or soon after:
        never what somebody wrote before them.
        """
        text = segment.doc[segment.start : segment.end].text
        at = mention.start_char - segment.doc[segment.start].idx
        patterns = [self._rules.boilerplate, *([self._rules.lab_boilerplate] if lab_report else [])]
        for pattern in patterns:
            if any(found.start() <= at <= found.end() + _PRINTED_REACH for found in pattern.finditer(text)):
                return True
        generic = all(other.ent_id_ == "adverse event" for other in segment.mentions)
        return generic and self._rules.report_lines.search(text) is not None

    def _cues(self, doc: Doc) -> list[Cue]:
        """Cues of the document; of scoped cues that overlap the longest counts; none lies in a condition."""
        found: dict[tuple[int, int], set[str]] = {}
        for key, start, end in self._matcher(doc):
            found.setdefault((start, end), set()).add(doc.vocab.strings[key])
        condition_words = {token.i for span in doc.ents for token in span}
        taken: set[int] = set()
        cues: list[Cue] = []
        for (start, end), categories in sorted(
            found.items(), key=lambda item: (item[0][0] - item[0][1], item[0])
        ):
            scoped = frozenset(categories - MARKS)
            words = set(range(start, end))
            if scoped and not words & taken and (not words & condition_words or "pseudo" in scoped):
                taken |= words
                cues.append(Cue(start, end, scoped, doc[start:end].text.lower()))
        for (start, end), categories in found.items():
            marks = frozenset(categories & MARKS)
            words = set(range(start, end))
            # A word inside a scoped phrase ("report any", "history of") marks nothing by itself.
            hidden = words & taken and not marks <= {"teaching"}
            if marks and not hidden and not words <= condition_words:
                cues.append(Cue(start, end, marks, doc[start:end].text.lower()))
        return sorted(cues, key=lambda cue: (cue.start, cue.end))


def _segments(doc: Doc) -> Iterator[tuple[int, int]]:
    """Stretches of tokens between sentence ends, line breaks and semicolons."""
    for sentence in doc.sents:
        start = sentence.start
        for token in sentence:
            if token.text == ";" or "\n" in token.text:
                yield start, token.i
                start = token.i + 1
        yield start, sentence.end
