"""What is due: status forms that are open or overdue, and patients whom nobody cares for (T1, L2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from validators.program.clocks import OPEN, SlotState
from validators.program.patients import PatientState


@dataclass(frozen=True, order=True)
class Due:
    """One line of the due list; sorted by the day on which it is due.

    Attributes:
        prescriber: whom to remind; none for an orphaned patient.
        tier: 0 while not overdue.
    """

    due_on: date
    patient: str
    month: int
    state: SlotState
    tier: int
    prescriber: str | None
    orphaned: bool


def due_of(state: PatientState) -> tuple[Due, ...]:
    """The open status forms of one patient."""
    return tuple(
        Due(slot.due_on, state.party, slot.month, slot.state, slot.tier, state.prescriber, state.orphaned)
        for slot in state.slots
        if slot.state in OPEN
    )


def due_list(states: Iterable[PatientState]) -> tuple[Due, ...]:
    """The open status forms of many patients, the earliest due first."""
    return tuple(
        sorted(
            (line for state in states for line in due_of(state)), key=lambda one: (one.due_on, one.patient)
        )
    )


def orphans(states: Iterable[PatientState]) -> tuple[str, ...]:
    """The patients who need a successor to their prescriber."""
    return tuple(sorted(state.party for state in states if state.orphaned))
