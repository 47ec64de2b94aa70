"""Why a party is in its state: the forms, rules and people that led there, one line each, oldest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from validators.program.certification import Standing
from validators.program.compliance import Escalation
from validators.program.patients import PatientState
from validators.program.rules import PROGRAM_RULES, ProgramFinding
from validators.program.standing import Change


@dataclass(frozen=True)
class Reason:
    """One step of an explanation.

    Attributes:
        rule: the rule that the step rests on.
        document_id: the form behind it, if one is.
        who: name of the person, or ``machine``.
    """

    at: datetime | None
    text: str
    rule: str
    document_id: str | None
    who: str


def why_standing(standing: Standing) -> tuple[Reason, ...]:
    """The changes of a prescriber's or site's standing, then what is open."""
    return (*_changes(standing.changes), *_open(standing.findings))


def why_patient(state: PatientState) -> tuple[Reason, ...]:
    """The changes of a patient's stage, the links to prescribers, then what is open."""
    links = [
        Reason(
            link.since,
            f"under the care of {link.prescriber}",
            link.cause.rule,
            link.cause.document_id,
            link.cause.who.name,
        )
        for link in state.links
    ]
    links += [
        Reason(
            link.until,
            f"no longer under the care of {link.prescriber}",
            link.ended_by.rule,
            link.ended_by.document_id,
            link.ended_by.who.name,
        )
        for link in state.links
        if link.ended_by is not None
    ]
    steps = [*_changes(state.changes), *links]
    dated = sorted(steps, key=lambda reason: (reason.at or state.as_of, reason.text))
    return (*dated, *_open(state.findings))


def why_escalated(escalation: Escalation) -> Reason:
    """The step that a prescriber's or site's events of non-compliance call for, as what is open."""
    return next(iter(_open((escalation.finding,))))


def _changes(changes: Sequence[Change]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            change.at,
            f"{change.state.replace('_', ' ')}: {_because(change)}",
            change.cause.rule,
            change.cause.document_id,
            change.cause.who.name,
        )
        for change in changes
    )


def _because(change: Change) -> str:
    return change.cause.reason or PROGRAM_RULES[change.cause.rule].title


def _open(findings: Iterable[ProgramFinding]) -> tuple[Reason, ...]:
    return tuple(
        Reason(None, f"open: {finding.message}", finding.rule, finding.document_id, "machine")
        for finding in findings
        if finding.is_open
    )
