"""How far the words around a condition reach, within one stretch of text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from spacy.tokens import Doc, Span


class Status(StrEnum):
    """What is said of one mention; ``printed`` is a name or a line that every page carries."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    HYPOTHETICAL = "hypothetical"
    HISTORY = "history"
    FAMILY = "family"
    PRINTED = "printed"


@dataclass(frozen=True)
class Cue:
    """A phrase found in a document: its tokens and what it may say."""

    start: int
    end: int
    categories: frozenset[str]
    text: str


MARKS = frozenset({"terminators", "onset", "teaching"})
"""Categories that mark a place and reach nowhere."""

_BEFORE = {"hypothetical_before": Status.HYPOTHETICAL, "history_before": Status.HISTORY}
_AFTER = {
    "negated_after": Status.NEGATED,
    "hypothetical_after": Status.HYPOTHETICAL,
    "history_after": Status.HISTORY,
    "name_after": Status.PRINTED,
}
_ANSWERS = frozenset({"no", "n", "false", "never", "nope", "denies", "0", "denied", "neg", "negative", "nil"})
"""Words that answer the label before them, or begin a sentence of their own: their neighbors tell which."""

_SEPARATORS = frozenset({":", "-", "?", "=", "(", "[", ">", "--", "..", "..."})
_JOINERS = frozenset({"and", "or", "nor", "/", "&"})
_LIST_JOINERS = _JOINERS | {","}
_AUXILIARIES = frozenset(
    {"is", "was", "are", "were", "been", "has", "have", "all", "both", "also", "currently", "today", "either"}
    | {"any", "at", "this", "time", "so", "far", "s", "the", ")", "]", '"', "'"}
)
"""Words that may stand between a condition and what is said of it."""

_CLAUSE_OPENERS = frozenset(
    {
        "a",
        "the",
        "some",
        "mild",
        "moderate",
        "severe",
        "worsening",
        "increasing",
        "increased",
        "still",
        "large",
    }
    | {
        "ongoing",
        "persistent",
        "itchy",
        "red",
        "widespread",
        "slight",
        "small",
        "big",
        "significant",
        "there",
    }
    | {"she", "he", "they", "pt", "patient", "has", "had", "plussign"}
)
"""Words after a comma that begin a statement of their own: "no fever, mild rash"."""

_DENIALS = frozenset({"denies", "denied", "denying", "deny"})
_WORDS_OF_A_TURN = frozenset(
    {"noted", "present", "appeared", "persists", "persisted", "resolved", "seen", "continues"}
)

_REACH_NEGATED = 5
_REACH_OTHER = 12
_REACH_ANSWER = 3


class Segment:
    """A stretch of text that says one thing: a sentence, a line, a part between semicolons."""

    def __init__(self, doc: Doc, start: int, end: int, mentions: list[Span], cues: list[Cue]) -> None:
        self.doc, self.start, self.end = doc, start, end
        self.mentions = mentions
        self._cues = cues
        self._by_first = {mention.start: mention for mention in mentions}
        self._by_last = {mention.end - 1: mention for mention in mentions}
        self._words = [token.norm_ for token in doc]
        self._turns = {
            i for cue in cues if "terminators" in cue.categories for i in range(cue.start, cue.end)
        }
        self._scoped = {
            i: cue for cue in cues if not cue.categories & MARKS for i in range(cue.start, cue.end)
        }

    def has(self, category: str) -> bool:
        """Whether a cue of this category stands in the segment."""
        return any(category in cue.categories for cue in self._cues)

    def statuses(self) -> dict[int, set[Status]]:
        """What cues say of each mention, by the mention's first token."""
        said: dict[int, set[Status]] = {}

        def say(mentions: Iterable[Span], status: Status) -> None:
            for mention in mentions:
                said.setdefault(mention.start, set()).add(status)

        for cue in self._cues:
            answer = self._answers(cue)
            if "negated_before" in cue.categories and not answer:
                say(self._negated_after_cue(cue), Status.NEGATED)
            for category, status in _BEFORE.items():
                if category in cue.categories:
                    say(self._following(cue), status)
            if "signs_before" in cue.categories and self.has("teaching"):
                say(self._following(cue), Status.HYPOTHETICAL)
            if "family_before" in cue.categories:
                say(self._following(cue), Status.FAMILY)
            for category, status in _AFTER.items():
                if category in cue.categories and (
                    category != "negated_after" or answer or not self._must_answer(cue)
                ):
                    say(self._preceding(cue, category), status)
        return said

    def _must_answer(self, cue: Cue) -> bool:
        return cue.text in _ANSWERS

    def _answers(self, cue: Cue) -> bool:
        """Whether "no" and its like answer the condition before them rather than begin a sentence.

        "Rash: no", "chest pain denied" and "rash: no fever: yes" answer; "rash no fever" and
        "rash - no fever" do not.
        """
        if not self._must_answer(cue):
            return False
        before = cue.start - 1
        separated = before >= self.start and self._words[before] in _SEPARATORS
        while before >= self.start and (
            self._words[before] in _SEPARATORS | _AUXILIARIES or self._follows_conditions(before)
        ):
            before -= 1
        if before not in self._by_last and not (separated and self._mention_near(before)):
            return False
        if not separated and cue.text in {"no", "n", "never", "denies"}:
            return False
        after = cue.end
        if after >= self.end or not (self.doc[after].is_alpha or after in self._by_first):
            return True
        if self._words[after] in {"by", "at", "today"}:
            return True
        following = self._by_first.get(after)
        return (
            following is not None and following.end < self.end and self._words[following.end] in _SEPARATORS
        )

    def _follows_conditions(self, i: int) -> bool:
        """Whether a word belongs to a phrase that speaks of what stands before it, such as "risk"."""
        return i in self._scoped and bool(self._scoped[i].categories & _AFTER.keys())

    def _mention_near(self, last: int) -> bool:
        return any(i in self._by_last for i in range(max(last - _REACH_ANSWER, self.start), last + 1))

    def _negated_after_cue(self, cue: Cue) -> Iterator[Span]:
        """The conditions that a negation before them covers: the first near enough, and its list."""
        denial = bool(_DENIALS & set(cue.text.split()))
        i, gap, first, comma, joined = cue.end, 0, True, False, False
        while i < self.end:
            word = self._words[i]
            mention = self._by_first.get(i)
            if mention is not None:
                if comma and not joined and self._turns_after(mention):
                    return
                yield mention
                i, gap, first, comma, joined = mention.end, 0, False, False, False
                continue
            if i in self._turns or (i in self._scoped and self._scoped[i] is not cue):
                return
            if word == ",":
                if first and not denial:
                    # "No problems after infusion, rash": the list has not begun before the comma.
                    return
                comma, gap = True, 0
            elif word in _JOINERS:
                joined, gap = True, 0
            elif word in {"(", "["} and not first:
                comma, gap = True, 0
            elif word in _SEPARATORS:
                if i != cue.end or word != ":":
                    return
            else:
                gap += 1
                if gap > (0 if cue.text.endswith(("not", "not been")) else _REACH_NEGATED) or (
                    comma and not joined and gap == 1 and word in _CLAUSE_OPENERS
                ):
                    return
            i += 1

    def _turns_after(self, mention: Span) -> bool:
        """Whether a condition late in a list is told of: "no fever, rash noted", "no fever, rash started"."""
        for i in range(mention.end, min(mention.end + _REACH_ANSWER, self.end)):
            if self._words[i] in _LIST_JOINERS:
                return False
            if i in self._turns or self._words[i] in _WORDS_OF_A_TURN:
                return True
        return False

    def _following(self, cue: Cue) -> Iterator[Span]:
        reach = cue.end
        for mention in self.mentions:
            if mention.start < cue.end:
                continue
            if mention.start - reach > _REACH_OTHER or any(
                i in self._turns for i in range(reach, mention.start)
            ):
                return
            yield mention
            reach = mention.end

    def _preceding(self, cue: Cue, category: str) -> Iterator[Span]:
        """The condition that a phrase after it speaks of, and the list that ends in it."""
        last = self._nearest_before(cue, category)
        if last is None:
            return
        chain = [last]
        i = last.start - 1
        while i >= self.start and category != "name_after":
            joints = 0
            while i >= self.start and self._words[i] in _LIST_JOINERS:
                i, joints = i - 1, joints + 1
            mention = self._by_last.get(i)
            if mention is None or not joints:
                break
            chain.append(mention)
            i = mention.start - 1
        # A list is spoken of as a whole only where it stands alone: "developed fever, rash: none" is not one.
        alone = i < self.start or self._words[i] in {":", ".", "any", "either", "new"}
        yield from chain if alone else chain[:1]

    def _nearest_before(self, cue: Cue, category: str) -> Span | None:
        i = cue.start - 1
        if category == "name_after":
            return self._by_last.get(i)
        separated = i >= self.start and self._words[i] in _SEPARATORS
        reach = _REACH_OTHER // 2 if category == "history_after" else (_REACH_ANSWER if separated else 0)
        while i >= self.start:
            if i in self._by_last:
                return self._by_last[i]
            word = self._words[i]
            # "Adverse events since the last report: none" takes no turn at "since".
            if (i in self._turns and not (separated and word == "since")) or word in {",", "."}:
                return None
            if not self._follows_conditions(i) and word not in _SEPARATORS | _AUXILIARIES:
                reach -= 1
                if reach < 0:
                    return None
            i -= 1
        return None
