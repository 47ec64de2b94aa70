"""Who asks."""

from dataclasses import dataclass
from typing import get_args

from store.desk.model import Person, Role

ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Visitor:
    """A person signed in, for one request.

    Attributes:
        account: name of the account; the ``by`` and ``actor`` of everything that the person does.
        session: key of the session in the store, never the token of the cookie.
        csrf: what every change must carry.
        preferences: the person's own choices, such as keys.
    """

    account: str
    full_name: str
    role: Role
    session: str
    csrf: str
    preferences: dict[str, str]

    @property
    def person(self) -> Person:
        """The visitor as the store knows who acts."""
        return Person(self.account, self.role)
