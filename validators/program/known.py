"""What the register knows about a field that was read in doubt: evidence, and no word against the writing.

The register settles a doubt only where its value is one of those that the reading itself offered. Where it
knows another value, the office may have moved: a person decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from validators.model import Value
from validators.program.mentions import REFERRING, Role
from validators.program.names import digits

SETTLED_KINDS = frozenset({"phone", "zip", "npi", "ncpdp", "dea", "state", "state_license"})
"""Kinds of fields that an enrollment may settle; names and birthdays tell people apart instead."""

Relation = Literal["confirms", "settles", "differs"]


@dataclass(frozen=True)
class Doubt:
    """A field that was read in doubt.

    Attributes:
        value: the reading that was thought the likeliest; none where nothing was.
        offered: every value that some reader thought possible, that one included.
    """

    name: str
    kind: str
    value: Value
    offered: tuple[Value, ...] = ()


@dataclass(frozen=True)
class KnownValue:
    """What an enrollment of the party says in the field of the same name."""

    party: str
    document_id: str
    value: Value


@dataclass(frozen=True)
class RegisterEvidence:
    """What the register says of a doubtful field.

    Attributes:
        relation: ``confirms`` the likeliest reading, ``settles`` the doubt by another reading that was
            offered, or ``differs`` from all of them.
        document_id: the enrollment that it rests on.
    """

    name: str
    value: Value
    relation: Relation
    party: str
    document_id: str

    @property
    def decides(self) -> bool:
        """Whether the doubt is over."""
        return self.relation != "differs"


def role_of(name: str, form: str) -> Role | None:
    """Whom a field of a form is about, among those that the form refers to."""
    roles = sorted(REFERRING.get(form, ()), key=len, reverse=True)
    return next((role for role in roles if name.startswith(f"{role}_")), None)


def evidence_of(doubt: Doubt, known: Iterable[KnownValue]) -> RegisterEvidence | None:
    """What the register says of a doubtful field; none where it says nothing, or nothing clear.

    Args:
        doubt: the field, as it was read.
        known: what the enrollments of the party that the form surely means say of it, the oldest first.
    """
    if doubt.kind not in SETTLED_KINDS:
        return None
    said = {_plain(one.value, doubt.kind): one for one in known if _plain(one.value, doubt.kind)}
    offered = {_plain(value, doubt.kind) for value in (doubt.value, *doubt.offered)}
    fitting = [one for plain, one in said.items() if plain in offered]
    if len(fitting) == 1:
        one = fitting[0]
        same = _plain(one.value, doubt.kind) == _plain(doubt.value, doubt.kind)
        return _evidence(doubt, one, "confirms" if same else "settles")
    if fitting or not said:
        return None
    return _evidence(doubt, next(reversed(said.values())), "differs")


def _evidence(doubt: Doubt, one: KnownValue, relation: Relation) -> RegisterEvidence:
    return RegisterEvidence(doubt.name, one.value, relation, one.party, one.document_id)


def _plain(value: Value, kind: str) -> str:
    if not isinstance(value, str):
        return ""
    return value.strip().upper() if kind in ("dea", "state", "state_license") else digits(value)
