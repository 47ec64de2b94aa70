"""The checks of forms over what the store holds: a form as people corrected it, and what it then breaks.

Nothing here writes. What a reading said stays in ``findings``; each later round that found something else is
in ``rechecks``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from form_templates.catalog import Catalog
from form_templates.model import Kind, Template
from store.corrections import standing_corrections
from store.desk.at_hand import ByForm, FaxAtHand, at_hand, by_form
from store.desk.model import Standing
from store.model import Value
from store.registers.tables import Recheck, RecheckFinding
from store.tables import Document, Field, Finding, Transmission
from validators.check import check_form, check_transmission
from validators.model import Answer, CheckedForm, ProgramState, Receipt, Text
from validators.model import Finding as Found
from validators.priority import priority
from validators.settings import RuleSettings
from validators.transmission import check_call, check_forms_agree

FAX_CHECKS_OF_ANSWERS = (check_call, check_forms_agree)
"""Checks of a fax as a whole whose findings an answer can change; what stands on other pages nobody edits."""


@dataclass(frozen=True)
class Rules:
    """What the checks of forms need; made once a process.

    Attributes:
        catalog: of the forms.
        settings: numbers of the rules.
        zone: the program's time zone, which says on which day a fax came.
        legible_confidence: a text read with less is illegible.
    """

    catalog: Catalog
    settings: RuleSettings
    zone: tzinfo
    legible_confidence: float


@dataclass(frozen=True)
class CheckedDocument:
    """One form as it stands, checked."""

    form: CheckedForm
    template: Template
    findings: tuple[Standing, ...]
    urgency: int


def findings_if(
    session: Session, rules: Rules, document_id: str, edits: Mapping[str, Value]
) -> tuple[Standing, ...]:
    """What the rules would say of a form with these values; writes nothing."""
    return check_document(session, rules, session.get_one(Document, document_id), edits).findings


def check_document(
    session: Session, rules: Rules, document: Document, edits: Mapping[str, Value] | None = None
) -> CheckedDocument:
    """Run the rules over a form as people corrected it.

    Args:
        session: that reads.
        rules: the checks.
        document: the form.
        edits: values by name of field that outweigh what is stored.

    Raises:
        UnknownForm: its version was taken out of the catalog.
    """
    hand = at_hand(session, document.transmission_id)
    template = rules.catalog.get(document.form, document.version)
    form = _checked_form(hand, rules, document, edits or {})
    receipt, state = _receipt(hand.fax, rules)
    found = check_form(template, form, receipt, state, settings=rules.settings)
    urgency = int(priority(found, (form,), receipt, settings=rules.settings))
    return CheckedDocument(form, template, _standing(found), urgency)


def check_fax(hand: FaxAtHand, rules: Rules, known: Mapping[str, CheckedDocument]) -> tuple[Standing, ...]:
    """Run those rules over a fax as a whole that answers can break.

    Args:
        hand: the fax.
        rules: the checks.
        known: forms that were checked already, by document.
    """
    documents = hand.counting
    hand.know([one.id for one in documents])
    forms = [
        known[one.id].form if one.id in known else _checked_form(hand, rules, one, {}) for one in documents
    ]
    templates = [rules.catalog.get(one.form, one.version) for one in documents]
    receipt, state = _receipt(hand.fax, rules)
    found = check_transmission(
        forms, templates, (), receipt, state, settings=rules.settings, checks=FAX_CHECKS_OF_ANSWERS
    )
    return _standing(found)


def all_findings(session: Session, transmission_ids: Collection[str]) -> dict[str, ByForm]:
    """What stands of faxes since the rules last ran: by fax, and by form or none for the fax as a whole."""
    rounds = last_rounds(session, transmission_ids)
    rows: list[Any] = []
    first = [fax for fax in transmission_ids if fax not in rounds]
    if first:
        of_reading = select(Finding).where(Finding.transmission_id.in_(first)).order_by(Finding.ordinal)
        rows += session.scalars(of_reading).all()
    if rounds:
        rechecked = (
            select(RecheckFinding)
            .where(RecheckFinding.transmission_id.in_(rounds))
            .order_by(RecheckFinding.ordinal)
        )
        rows += [row for row in session.scalars(rechecked) if row.number == rounds[row.transmission_id]]
    of_fax: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        of_fax[row.transmission_id].append(row)
    return {fax: by_form(own) for fax, own in of_fax.items()}


def last_rounds(session: Session, transmission_ids: Collection[str]) -> dict[str, int]:
    """The number of the last round of rules of each fax that had one since it was read (last)."""
    rows = session.execute(
        select(Recheck.transmission_id, func.max(Recheck.number))
        .join(Transmission, Transmission.id == Recheck.transmission_id)
        .where(Recheck.transmission_id.in_(transmission_ids), Recheck.checked_at >= Transmission.recorded_at)
        .group_by(Recheck.transmission_id)
    )
    return dict(rows.tuples().all())


def messages_of_faxes(session: Session, transmission_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """The sentence of each rule that stands, by fax and rule."""
    return {
        fax: {one.rule: one.message for own in by_form.values() for one in own}
        for fax, by_form in all_findings(session, transmission_ids).items()
    }


def standing_values(hand: FaxAtHand, document_id: str) -> dict[str, Value]:
    """What people said of the fields of a form and did not take back, by name of field."""
    return {row.name: plain_value(row.value) for row in standing_corrections(hand.corrections(document_id))}


def plain_value(value: Any) -> Value:
    """A value as the tables keep it, as the checks take it."""
    return tuple(value) if isinstance(value, list) else value


def _checked_form(
    hand: FaxAtHand, rules: Rules, document: Document, edits: Mapping[str, Value]
) -> CheckedForm:
    said = {**standing_values(hand, document.id), **edits}
    return CheckedForm(
        form=document.form,
        version=document.version,
        answers={name: _answer(field, said) for name, field in hand.fields(document.id).items()},
        missing_pages=tuple(document.missing_pages),
        texts=tuple(_margins(hand, rules, document)),
    )


def _answer(field: Field, said: Mapping[str, Value]) -> Answer:
    corrected = field.name in said
    return Answer(
        name=field.name,
        kind=cast("Kind", field.kind),
        value=said[field.name] if corrected else plain_value(field.value),
        raw=field.raw,
        sure=corrected or field.decision != "review",
        reasons=() if corrected else tuple(field.reasons),
        page=field.page,
    )


def _margins(hand: FaxAtHand, rules: Rules, document: Document) -> Iterable[Text]:
    for row in hand.margins:
        if row.page in document.pages:
            legible = row.confidence >= rules.legible_confidence or not row.handwritten
            yield Text(row.text, "margin", row.page, legible=legible)


def _receipt(fax: Transmission, rules: Rules) -> tuple[Receipt, ProgramState]:
    received_at = fax.received_at.astimezone(rules.zone)
    receipt = Receipt(received_at, fax.page_count or 0, fax.announced_pages)
    return receipt, ProgramState(as_of=received_at.date())


def _standing(found: Sequence[Found]) -> tuple[Standing, ...]:
    return tuple(
        Standing(
            one.rule,
            one.severity,
            one.message,
            one.fields,
            one.pages,
        )
        for one in found
    )
