"""How a party's standing changes: each change with its cause, never an overwritten value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from validators.program.events import MACHINE, FormEvent, Who


@dataclass(frozen=True)
class Cause:
    """Why a state changed: the rule, the form or decision behind it, and who stands behind that.

    Attributes:
        document_id: of the form; none where a person decided or time passed.
        reason: what the person wrote, or what happened.
    """

    rule: str
    document_id: str | None = None
    who: Who = MACHINE
    reason: str = ""


@dataclass(frozen=True)
class Change:
    """From ``at`` on the party is in ``state``."""

    at: datetime
    state: str
    cause: Cause


def by_form(rule: str, event: FormEvent, reason: str = "") -> Cause:
    """The cause that a form is."""
    return Cause(rule, event.head.document_id, event.head.by, reason)


def state_at(changes: Sequence[Change], moment: datetime) -> str:
    """The state in force at a moment; ``none`` before the first change."""
    state = "none"
    for change in changes:
        if change.at > moment:
            break
        state = change.state
    return state


def first_in(changes: Sequence[Change], state: str, since: datetime) -> datetime | None:
    """The first moment from ``since`` on at which the party is in ``state``; none if that never was."""
    if state_at(changes, since) == state:
        return since
    return next((change.at for change in changes if change.at > since and change.state == state), None)


def add_change(changes: list[Change], at: datetime, state: str, cause: Cause) -> None:
    """Append a change, if it is one."""
    if not changes or changes[-1].state != state:
        changes.append(Change(at, state, cause))
