"""How well faxes were read: readings in the shape of the contract against the truth beside them.

Pure: objects in, figures out. A page that a person could not read either (``readable`` of the truth), and a
field that never arrived (``cut``), count nowhere.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from form_templates.model import MARKED_KINDS, Kind

Json = Mapping[str, Any]
Kinds = Mapping[tuple[str, str], Mapping[str, Kind]]
"""The kind of each field by form and version, from the catalog."""

Line = Literal["standard", "fine"]

CASELESS: frozenset[Kind] = frozenset({"name", "text", "free_text", "email", "state_license", "dea", "state"})
FINE_FROM_DPI = 150.0
"""Rows per inch from which a fax counts as fine: standard has 98, fine 196."""


@dataclass(frozen=True)
class FieldScore:
    """One field of a form that was recognized (or ``unread``, where its form was not).

    Attributes:
        hand: written by hand (typed or stamped otherwise).
        right: the value is right, whole.
        filled: something is written there.
        seen: the reading says that something is written there.
        accepted: the reading would let the value, or the emptiness, pass unseen.
        confidence: as the reading gave it.
    """

    form: str
    name: str
    kind: Kind
    hand: bool
    line: Line
    right: bool
    filled: bool
    seen: bool
    accepted: bool
    confidence: float
    unread: bool = False


@dataclass(frozen=True)
class FaxScore:
    """One fax.

    Attributes:
        pages, pages_right: readable pages, and those given the right form, version and page, or the right
        kind. forms_on_others: pages that are no form and were taken for one. documents, splits_right: forms
        in the fax, and those found with exactly their pages. invented_documents: forms found that are none
        of the fax's. adverse_event, adverse_event_seen: whether the fax reports one, and whether a finding
        says so.
    """

    pages: int
    pages_right: int
    forms_on_others: int
    documents: int
    splits_right: int
    invented_documents: int
    fields: tuple[FieldScore, ...]
    adverse_event: bool | None = None
    adverse_event_seen: bool = False
    opened: bool = True


def score_fax(reading: Json, truth: Json, kinds: Kinds) -> FaxScore:
    """Compare one reading with its truth."""
    unreadable = {int(page) for page, can_read in truth.get("readable", {}).items() if not can_read}
    right_labels = _labels(truth, unreadable)
    labels = _labels(reading, unreadable)
    legible = [form for form in truth.get("documents", ()) if not set(form["pages"]) <= unreadable]
    pairs, invented = _paired(reading.get("documents", ()), legible)
    line: Line = "fine" if (reading["fax"].get("resolution") or [0, 0])[1] >= FINE_FROM_DPI else "standard"
    return FaxScore(
        pages=len(right_labels),
        pages_right=sum(labels.get(page) == label for page, label in right_labels.items()),
        forms_on_others=sum(
            isinstance(label, str) and isinstance(labels.get(page), tuple)
            for page, label in right_labels.items()
        ),
        documents=len(pairs),
        splits_right=sum(
            found is not None and _pages(found, unreadable) == _pages(true, unreadable)
            for true, found in pairs
        ),
        invented_documents=invented,
        fields=tuple(
            field for true, found in pairs for field in _fields(true, found, kinds, unreadable, line)
        ),
        adverse_event=truth.get("adverse_event"),
        adverse_event_seen=any(_is_adverse_event(finding) for finding in _findings(reading)),
        opened="set_aside" not in reading,
    )


def same_value(kind: Kind, read: Any, true: Any) -> bool:
    """Whether a value read is the true one: words without their capitals, numbers by their worth."""
    if is_empty(read) or is_empty(true):
        return is_empty(read) and is_empty(true)
    if not isinstance(true, str) or not isinstance(read, str):
        return bool(_plain(read) == _plain(true))
    one, other = " ".join(read.split()), " ".join(true.split())
    if kind in CASELESS:
        return one.casefold() == other.casefold()
    return one == other or (kind == "number" and _worth(one) is not None and _worth(one) == _worth(other))


def _plain(value: Any) -> Any:
    return frozenset(value) if isinstance(value, list | tuple) else value


def _worth(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def is_empty(value: Any) -> bool:
    """Whether a value says that nothing is there: none, no tick, no text."""
    return value is None or value is False or value in ("", [], ())


def _labels(whole: Json, left_out: set[int]) -> dict[int, tuple[str, str, int] | str]:
    """What each page is: form, version and page of the form, or a kind."""
    labels: dict[int, tuple[str, str, int] | str] = {}
    for document in whole.get("documents", ()):
        missing = set(document.get("missing_pages", ()))
        form_pages = [
            number for number in range(1, len(document["pages"]) + len(missing) + 1) if number not in missing
        ]
        for form_page, page in zip(form_pages, document["pages"], strict=True):
            labels[page] = (document["form"], document["version"], form_page)
    for other in whole.get("other_pages", ()):
        labels.setdefault(other["page"], other["kind"])
    return {page: label for page, label in labels.items() if page not in left_out}


def _pages(document: Json, left_out: set[int]) -> tuple[str, str, list[int]]:
    return document["form"], document["version"], [page for page in document["pages"] if page not in left_out]


def _paired(found: Sequence[Json], true: Sequence[Json]) -> tuple[list[tuple[Json, Json | None]], int]:
    """Each true form with the found one that shares most pages with it; how many found are left."""
    left = list(found)
    pairs: list[tuple[Json, Json | None]] = []
    for document in true:
        wanted = set(document["pages"])
        same = [
            other
            for other in left
            if (other["form"], other["version"]) == (document["form"], document["version"])
        ]
        best = max(same, key=lambda other: len(wanted & set(other["pages"])), default=None)
        if best is not None and wanted & set(best["pages"]):
            left.remove(best)
            pairs.append((document, best))
        else:
            pairs.append((document, None))
    return pairs, len(left)


def _fields(
    true: Json, found: Json | None, kinds: Kinds, left_out: set[int], line: Line
) -> Iterator[FieldScore]:
    kind_of = kinds[true["form"], true["version"]]
    for name, written in true["fields"].items():
        read = None if found is None else found["fields"].get(name)
        if written.get("cut") or (read is not None and read.get("page") in left_out):
            continue
        value = None if read is None else read["value"]
        decision = "review" if read is None else read["decision"]
        yield FieldScore(
            form=true["form"],
            name=name,
            kind=kind_of[name],
            hand=bool(written.get("hand")),
            line=line,
            right=read is not None and _is_right(kind_of[name], value, decision, written),
            filled=_is_filled(written),
            seen=decision != "empty" and (decision == "review" or not is_empty(value)),
            accepted=decision in ("accept", "empty"),
            confidence=0.0 if read is None else float(read["confidence"]),
            unread=read is None,
        )


def _is_right(kind: Kind, value: Any, decision: str, written: Json) -> bool:
    if written.get("two_marked"):
        # Nobody can say which is meant: right is to ask.
        return decision == "review"
    if written.get("not_applicable") and is_empty(written["value"]):
        return is_empty(value) or value == "N/A"
    return same_value(kind, value, written["value"])


def _is_filled(written: Json) -> bool:
    return not is_empty(written["value"]) or bool(written.get("two_marked") or written.get("not_applicable"))


def _findings(reading: Json) -> Iterator[Json]:
    yield from reading.get("findings", ())
    for document in reading.get("documents", ()):
        yield from document.get("findings", ())


def _is_adverse_event(finding: Json) -> bool:
    return bool(finding["rule"].startswith("AE-") and finding["severity"] != "info")


@dataclass(frozen=True)
class Share:
    """So many of so many; ``percent`` is none of none where there was nothing to count."""

    right: int
    of: int

    @property
    def percent(self) -> float | None:
        """The share in percent."""
        return None if self.of == 0 else round(100 * self.right / self.of, 3)

    def as_json(self) -> dict[str, float | int | None]:
        """The three figures."""
        return {"right": self.right, "of": self.of, "percent": self.percent}


@dataclass(frozen=True)
class Scores:
    """All faxes together."""

    faxes: tuple[FaxScore, ...]

    @property
    def fields(self) -> tuple[FieldScore, ...]:
        """Every field of every fax."""
        return tuple(field for fax in self.faxes for field in fax.fields)

    @property
    def pages(self) -> Share:
        """Pages given the right form, version and page, or the right kind."""
        return Share(sum(fax.pages_right for fax in self.faxes), sum(fax.pages for fax in self.faxes))

    @property
    def splits(self) -> Share:
        """Forms found with exactly their pages."""
        return Share(sum(fax.splits_right for fax in self.faxes), sum(fax.documents for fax in self.faxes))

    @property
    def forms_on_others(self) -> int:
        """Pages that are no form and were taken for one."""
        return sum(fax.forms_on_others for fax in self.faxes)

    @property
    def ticks(self) -> Share:
        """Fields answered by ticks."""
        return share(field for field in self.fields if field.kind in MARKED_KINDS)

    @property
    def signatures(self) -> Share:
        """Signatures present or not."""
        return share(field for field in self.fields if field.kind == "signature")

    def typed(self, line: Line) -> Share:
        """Typed fields with something in them, whole value right."""
        return share(field for field in self.written if not field.hand and field.line == line)

    @property
    def handwritten(self) -> Share:
        """Handwritten fields with something in them, whole value right."""
        return share(field for field in self.written if field.hand)

    @property
    def written(self) -> tuple[FieldScore, ...]:
        """Fields that are written in, not ticked or signed, and have something in them."""
        return tuple(
            field for field in self.fields if field.kind not in MARKED_KINDS | {"signature"} and field.filled
        )

    @property
    def emptiness(self) -> dict[str, int]:
        """Filled fields that were overlooked, and empty ones where something was seen."""
        return {
            "filled": sum(field.filled for field in self.fields),
            "overlooked": sum(field.filled and not field.seen for field in self.fields),
            "empty": sum(not field.filled for field in self.fields),
            "imagined": sum(not field.filled and field.seen for field in self.fields),
        }

    @property
    def accepted(self) -> Share:
        """Of the fields that would pass unseen, those that are right."""
        return share(field for field in self.fields if field.accepted)

    @property
    def adverse_events(self) -> Share:
        """Faxes that report an adverse event and have a finding that says so."""
        told = [fax for fax in self.faxes if fax.adverse_event]
        return Share(sum(fax.adverse_event_seen for fax in told), len(told))

    @property
    def adverse_events_imagined(self) -> Share:
        """Faxes that report none and have a finding that says so."""
        told = [fax for fax in self.faxes if fax.adverse_event is False]
        return Share(sum(fax.adverse_event_seen for fax in told), len(told))

    def by_kind(self) -> dict[tuple[Kind, bool, Line], Share]:
        """Fields with something in them, by kind, hand and line."""
        of = Counter((field.kind, field.hand, field.line) for field in self.fields if field.filled)
        right = Counter(
            (field.kind, field.hand, field.line) for field in self.fields if field.filled and field.right
        )
        return {key: Share(right[key], of[key]) for key in sorted(of)}

    def as_json(self) -> dict[str, Any]:
        """Every figure."""
        fields = self.fields
        return {
            "faxes": len(self.faxes),
            "opened": sum(fax.opened for fax in self.faxes),
            "pages": self.pages.as_json(),
            "forms_on_other_pages": self.forms_on_others,
            "splits": self.splits.as_json(),
            "invented_documents": sum(fax.invented_documents for fax in self.faxes),
            "fields": share(fields).as_json(),
            "typed": {"fine": self.typed("fine").as_json(), "standard": self.typed("standard").as_json()},
            "handwritten": self.handwritten.as_json(),
            "ticks": self.ticks.as_json(),
            "signatures": self.signatures.as_json(),
            "emptiness": self.emptiness,
            "accepted": self.accepted.as_json(),
            "accepted_share": Share(sum(field.accepted for field in fields), len(fields)).as_json(),
            "adverse_events": self.adverse_events.as_json(),
            "adverse_events_imagined": self.adverse_events_imagined.as_json(),
            "by_kind": [
                {"kind": kind, "hand": hand, "line": line, **found.as_json()}
                for (kind, hand, line), found in self.by_kind().items()
            ],
        }


def share(fields: Iterable[FieldScore]) -> Share:
    """Fields that are right, of all of these."""
    counted = [field.right for field in fields]
    return Share(sum(counted), len(counted))
