"""What people decide about parties and forms: always who, in which role, when, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from validators.program.events import Who

JoinedAs = Literal["resend", "late_page", "corrected", "returned_print", "separate"]
"""What a person may say that a form is to an earlier one."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a person decided: always who, in which role, when, and why.

    ``party`` is a party's id or the id under which it was known before; see ``registry``.
    """

    decision_id: str
    at: datetime
    who: Who
    reason: str

    @property
    def order(self) -> tuple[datetime, str]:
        """The place in the order of events."""
        return self.at, self.decision_id


@dataclass(frozen=True, kw_only=True)
class Suspended(Decision):
    """A party may not take part until it is reinstated (N1, N2)."""

    party: str


@dataclass(frozen=True, kw_only=True)
class Decertified(Decision):
    """A party has to certify or enroll anew (N2)."""

    party: str


@dataclass(frozen=True, kw_only=True)
class Reinstated(Decision):
    """A suspension ends."""

    party: str


@dataclass(frozen=True, kw_only=True)
class RepresentativeLeft(Decision):
    """A site's authorized representative is gone; the site is inactive until it enrolls another (E1)."""

    party: str


@dataclass(frozen=True, kw_only=True)
class NonComplianceNoted(Decision):
    """A person notes an event of non-compliance."""

    party: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Linked(Decision):
    """A person says whom a form means: ``party``, or none for somebody not known before."""

    document_id: str
    role: str
    party: str | None


@dataclass(frozen=True, kw_only=True)
class Merged(Decision):
    """Two parties are one."""

    kept: str
    gone: str


@dataclass(frozen=True, kw_only=True)
class Unmerged(Decision):
    """A merge was wrong and is undone."""

    merge_id: str


@dataclass(frozen=True, kw_only=True)
class RemsIdIssued(Decision):
    """A REMS ID was issued to a party."""

    party: str
    rems_id: str


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Decision):
    """A form lacks something that its sender has to give; what names the case answers it."""

    document_id: str
    case_number: str


@dataclass(frozen=True, kw_only=True)
class Joined(Decision):
    """A person says how a form relates to an earlier one; see ``joining.JoinKind``."""

    document_id: str
    earlier_id: str
    kind: JoinedAs
