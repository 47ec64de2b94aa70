"""One fax as a transaction sees it: what an action needs to know of it is asked once, whoever needs it.

A transaction that holds the row of a fax is the only one that changes anything about it, so what it read
stays true. Whatever changes a fax at hand writes into these rows, or does it before they are first asked for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session, load_only

from store.desk.model import Standing
from store.registers.tables import Recheck, RecheckFinding
from store.tables import Correction, Document, Field, Finding, PageText, Record, ReviewTask, Transmission
from store.triage.tables import SupersededDocument

AT_HAND = "faxes at hand"

ByForm = dict[str | None, tuple[Standing, ...]]
"""What stands, by form, or none for the fax as a whole."""

# Made once: to put a question together takes longer than to have it answered.
OF_FAX: BindParameter[str] = bindparam("fax")
TASKS = (
    select(ReviewTask).where(ReviewTask.transmission_id == OF_FAX).execution_options(populate_existing=True)
)
FORMS = (
    select(Document, Record, SupersededDocument.document_id)
    .outerjoin(Record, Record.document_id == Document.id)
    .outerjoin(SupersededDocument, SupersededDocument.document_id == Document.id)
    .where(Document.transmission_id == OF_FAX)
    .order_by(Document.ordinal)
    .execution_options(populate_existing=True)
)
FIELDS = (
    select(Field, Correction)
    .outerjoin(
        Correction, (Correction.document_id == Field.document_id) & (Correction.name == Field.name)
    )
    .where(Field.document_id.in_(bindparam("documents", expanding=True)))
    .order_by(Field.name, Correction.number)
    .options(
        load_only(
            Field.name, Field.kind, Field.value, Field.raw, Field.confidence, Field.decision, Field.reader,
            Field.page, Field.reasons,
        )
    )
)  # fmt: skip
MARGINS = (
    select(PageText)
    .where(PageText.transmission_id == OF_FAX, PageText.source == "margin")
    .order_by(PageText.ordinal)
)
FINDINGS = select(Finding).where(Finding.transmission_id == OF_FAX).order_by(Finding.ordinal)
LAST_ROUND = (
    select(Recheck, RecheckFinding)
    .outerjoin(
        RecheckFinding,
        (RecheckFinding.transmission_id == Recheck.transmission_id)
        & (RecheckFinding.number == Recheck.number),
    )
    .where(
        Recheck.transmission_id == OF_FAX,
        Recheck.number
        == select(func.max(Recheck.number)).where(Recheck.transmission_id == OF_FAX).scalar_subquery(),
    )
    .order_by(RecheckFinding.ordinal)
)


@dataclass(frozen=True)
class FormAtHand:
    """One form of a fax.

    Attributes:
        counts: no later reading took its place.
    """

    document: Document
    record: Record | None
    counts: bool


class FaxAtHand:
    """A fax, and what is known of it so far."""

    def __init__(self, session: Session, fax: Transmission) -> None:
        self.session = session
        self.fax = fax
        self._mine = {"fax": fax.id}
        self._fields: dict[str, dict[str, Field]] = {}
        self._corrections: dict[str, list[Correction]] = {}

    @cached_property
    def tasks(self) -> list[ReviewTask]:
        """All of the fax, done ones too; whoever opens another adds it."""
        return list(self.session.scalars(TASKS, self._mine))

    @cached_property
    def forms(self) -> Mapping[str, FormAtHand]:
        """By document, in the order of the fax; those of earlier readings too."""
        rows = self.session.execute(FORMS, self._mine).tuples()
        return {one.id: FormAtHand(one, record, gone is None) for one, record, gone in rows}

    @property
    def counting(self) -> tuple[Document, ...]:
        """The forms that count now."""
        return tuple(one.document for one in self.forms.values() if one.counts)

    def know(self, documents: Collection[str]) -> None:
        """Ask for the fields of several forms, and what was said of them, at once."""
        asked = [one for one in documents if one not in self._fields]
        if not asked:
            return
        rows = self.session.execute(FIELDS, {"documents": asked}).tuples()
        for one in asked:
            self._fields[one], self._corrections[one] = {}, []
        for field, correction in rows:
            self._fields[field.document_id][field.name] = field
            if correction is not None:
                self._corrections[field.document_id].append(correction)

    def ask_for_rules(self) -> None:
        """Ask for all that the rules look at before something is written, so that it is written in one go."""
        self.know([one.id for one in self.counting])
        _ = self.findings, self.margins

    def fields(self, document_id: str) -> Mapping[str, Field]:
        """As they were read, by name."""
        self.know((document_id,))
        return self._fields[document_id]

    def corrections(self, document_id: str) -> list[Correction]:
        """Those of one field in the order of their numbers; whoever writes another adds it."""
        self.know((document_id,))
        return self._corrections[document_id]

    @cached_property
    def margins(self) -> tuple[PageText, ...]:
        """What is written beside the fields, on all pages."""
        return tuple(self.session.scalars(MARGINS, self._mine))

    @cached_property
    def findings(self) -> ByForm:
        """What stands since the rules last ran; whoever runs them writes it here."""
        last = self._last_round
        read_at = self.fax.recorded_at
        if last and read_at is not None and last[0][0].checked_at >= read_at:
            return by_form(finding for _, finding in last if finding is not None)
        return by_form(self.session.scalars(FINDINGS, self._mine))

    @cached_property
    def rounds(self) -> int:
        """How often the rules ran again over the fax; whoever runs them counts it."""
        return self._last_round[0][0].number if self._last_round else 0

    @cached_property
    def _last_round(self) -> list[tuple[Recheck, RecheckFinding | None]]:
        return list(self.session.execute(LAST_ROUND, self._mine).tuples())


def at_hand(session: Session, transmission_id: str) -> FaxAtHand:
    """A fax that is at hand already, or is from now on."""
    known: dict[str, FaxAtHand] = session.info.setdefault(AT_HAND, {})
    if transmission_id not in known:
        known[transmission_id] = FaxAtHand(session, session.get_one(Transmission, transmission_id))
    return known[transmission_id]


def take_in_hand(session: Session, fax: Transmission) -> FaxAtHand:
    """A fax whose row is held from now on: what was known of it before does not count."""
    known: dict[str, FaxAtHand] = session.info.setdefault(AT_HAND, {})
    known[fax.id] = FaxAtHand(session, fax)
    return known[fax.id]


def by_form(rows: Iterable[Any]) -> ByForm:
    """Findings as they stand, from rows of a reading or of a round of rules."""
    found: dict[str | None, list[Standing]] = defaultdict(list)
    for row in rows:
        found[row.document_id].append(
            Standing(row.rule, row.severity, row.message, tuple(row.fields), tuple(row.pages))
        )
    return {key: tuple(own) for key, own in found.items()}
