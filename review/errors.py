"""What the desk refuses, one class for each thing that a person can act on."""

from collections.abc import Mapping
from typing import Any


class DeskError(Exception):
    """A refusal: its status, and one line that names the remedy and holds no patient data.

    ``more`` goes into the JSON of the answer beside it.
    """

    status = 400

    def __init__(self, message: str, *, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.more = dict(more or {})


class SignInNeeded(DeskError):
    """Nobody is signed in, or the session has ended."""

    status = 401

    def __init__(self) -> None:
        super().__init__("Sign in to go on; your session has ended or there was none.")


class NotYourRole(DeskError):
    """The account's role does not open this."""

    status = 403

    def __init__(self) -> None:
        super().__init__("Your role does not open this; ask a lead if you need it.")


class ForgedRequest(DeskError):
    """A change that was not asked for by a page of this desk."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This change did not come from a page of your session; open the page again and repeat it."
        )


class NotHere(DeskError):
    """What was asked for does not exist, or no longer."""

    status = 404


class Conflict(DeskError):
    """Somebody else was faster, or the thing has changed since it was shown."""

    status = 409


class TooLarge(DeskError):
    """A request over the size that the settings allow."""

    status = 413


class WrongKind(DeskError):
    """A request whose body is of a kind that the desk does not take."""

    status = 415


class Refused(DeskError):
    """What was sent cannot be taken as it is."""

    status = 422


class TooManyAttempts(DeskError):
    """Too many failed sign-ins."""

    status = 429


class Fault(DeskError):
    """A fault of the program; the log names its place."""

    status = 500

    def __init__(self) -> None:
        super().__init__(
            "A fault of the program stopped this; nothing was changed. Try again, then tell the operator."
        )
