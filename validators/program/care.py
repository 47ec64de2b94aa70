"""Who cares for a patient, from when to when (G8, L1, L2)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from validators.program.asked import Asked
from validators.program.certification import CERTIFIED
from validators.program.events import (
    BaselineFiled,
    CareEnded,
    FormEvent,
    OrderPlaced,
    PatientEnrolled,
    StatusReported,
)
from validators.program.moments import start_of
from validators.program.rules import ProgramFinding, found
from validators.program.standing import Cause, by_form


@dataclass(frozen=True)
class References:
    """The other parties that one form names, by id; none where it names none or nobody fits."""

    prescriber: str | None = None
    facility: str | None = None
    pharmacy: str | None = None
    new_prescriber: str | None = None


@dataclass(frozen=True)
class PartyEvent:
    """An event with the parties that its form names."""

    event: FormEvent
    references: References = References()


@dataclass(frozen=True)
class CareLink:
    """A prescriber cares for the patient from ``since`` until ``until`` (none: still)."""

    prescriber: str
    since: datetime
    cause: Cause
    until: datetime | None = None
    ended_by: Cause | None = None


def care_links(
    events: Iterable[PartyEvent], asked: Asked
) -> tuple[tuple[CareLink, ...], tuple[ProgramFinding, ...]]:
    """Fold the links between a patient and prescribers.

    The enrollment form links; a transfer ends the link on its effective day and links who signed next.
    A certified prescriber whose form comes while nobody cares for the patient takes over.

    Args:
        events: the patient's, in order of receipt.
        asked: about whom; its settings say whether the transfer form is taken at its word.
    """
    links: list[CareLink] = []
    findings: list[ProgramFinding] = []
    for item in events:
        event, named = item.event, item.references.prescriber
        current = links[-1] if links and links[-1].until is None else None
        stranger = current is not None and named is not None and current.prescriber != named
        if isinstance(event, CareEnded):
            notice = event.head.form == "care_transfer" and asked.settings.care_transfer_form == "ask"
            if notice or stranger:
                findings.append(found("L1", party=asked.party, document_id=event.head.document_id))
            else:
                _end_care(links, event, item.references.new_prescriber, asked)
        elif isinstance(event, PatientEnrolled | OrderPlaced | BaselineFiled | StatusReported):
            if stranger:
                findings.append(found("L1", party=asked.party, document_id=event.head.document_id))
            elif current is None and named is not None and _may_begin(event, named, links, asked):
                links.append(CareLink(named, event.head.received_at, by_form("L1", event)))
    return tuple(links), tuple(findings)


def _may_begin(event: FormEvent, prescriber: str, links: list[CareLink], asked: Asked) -> bool:
    """The first prescriber links by any form; a later one has to be certified and to say no farewell."""
    if isinstance(event, StatusReported) and event.under_care is False:
        return False
    return not links or asked.state_of(prescriber, event.head.received_at) == CERTIFIED


def _end_care(links: list[CareLink], event: CareEnded, successor: str | None, asked: Asked) -> None:
    ends = event.head.received_at
    if event.effective_on is not None:
        ends = start_of(event.effective_on, asked.settings.zone)
    if links and links[-1].until is None:
        ends = max(ends, links[-1].since)
        links[-1] = replace(links[-1], until=ends, ended_by=by_form("L1", event))
    if successor is not None and event.accepted:
        links.append(CareLink(successor, ends, by_form("L2", event)))


def carer_at(links: Iterable[CareLink], moment: datetime) -> CareLink | None:
    """The link in force at a moment."""
    return next(
        (link for link in links if link.since <= moment and (link.until is None or moment < link.until)), None
    )
