"""What the store refuses a person at the desk, one class for each thing that the person can act on."""

from datetime import datetime

from store.errors import StoreError
from store.model import Value


class DeskRefused(StoreError):
    """Anything that the store refuses at the desk; nothing was changed."""


class UnknownTask(DeskRefused):
    """There is no such task."""


class UnknownDecision(DeskRefused):
    """There is no such answer."""


class StaleSave(DeskRefused):
    """Somebody else settled the task, or it changed, since it was shown.

    Attributes:
        current: the value now, none also where the task is blind or was closed without one.
        yours: the value that was refused.
        by: who was there before; ``system`` where a rule or a re-reading closed it.
        at: when, if it is known.
        version: of the task now.
        open: whether it can still be answered with that version.
    """

    def __init__(
        self,
        message: str,
        *,
        current: Value,
        yours: Value,
        by: str | None,
        at: datetime | None,
        version: int,
        open: bool,  # noqa: A002
    ) -> None:
        super().__init__(message)
        self.current, self.yours, self.by, self.at = current, yours, by, at
        self.version, self.open = version, open


class HeldByAnother(DeskRefused):
    """Somebody else works on the task now."""

    def __init__(self, message: str, *, by: str, until: datetime) -> None:
        super().__init__(message)
        self.by, self.until = by, until


class OwnWork(DeskRefused):
    """Nobody confirms himself."""


class RoleRefused(DeskRefused):
    """The person's role may not do this."""


class VerdictRefused(DeskRefused):
    """The task cannot be answered like that."""


class DecisionTaken(DeskRefused):
    """The decision id belongs to another decision: a browser must make a new one for each."""


class NothingToUndo(DeskRefused):
    """The answer is not one's own, was undone, or others have gone on from it."""


class LineRefused(DeskRefused):
    """What was measured does not bear the line of acceptance, or there is none to take back."""


class AccountExists(DeskRefused):
    """An account of this name, or of this sign-in subject, is there already."""


class UnknownAccount(DeskRefused):
    """There is no account of this name."""


class AccountRefused(DeskRefused):
    """A name, role or password that no account can have."""
