"""Decisions as rows, and rows as decisions."""

from typing import Any

from sqlalchemy import inspect

from store.registers.tables import DecisionRow
from validators.program.decisions import (
    CaseOpened,
    Decertified,
    Decision,
    Joined,
    Linked,
    Merged,
    NonComplianceNoted,
    Reinstated,
    RemsIdIssued,
    RepresentativeLeft,
    Suspended,
    Unmerged,
)
from validators.program.events import Who

KINDS: dict[str, type[Decision]] = {
    "suspended": Suspended,
    "decertified": Decertified,
    "reinstated": Reinstated,
    "representative_left": RepresentativeLeft,
    "non_compliance": NonComplianceNoted,
    "linked": Linked,
    "merged": Merged,
    "unmerged": Unmerged,
    "rems_id_issued": RemsIdIssued,
    "joined": Joined,
    "case_opened": CaseOpened,
}
"""The kinds of decisions by the word that the table keeps."""

STANDING_KINDS = ("suspended", "decertified", "reinstated", "representative_left")

COLUMNS = tuple(column for column in inspect(DecisionRow).columns)
"""What a decision is read from."""

_KIND_OF = {kind: word for word, kind in KINDS.items()}
_COMMON = ("decision_id", "at", "who", "reason")
_COLUMNS = {"kept": "party", "gone": "other_party"}
"""Columns that are not called as the attribute is."""
_DETAIL = {NonComplianceNoted: "kind", Joined: "kind", CaseOpened: "case_number"}


def row_of(decision: Decision) -> dict[str, Any]:
    """The row of a decision."""
    row: dict[str, Any] = {
        "id": decision.decision_id,
        "kind": _KIND_OF[type(decision)],
        "at": decision.at,
        "by_name": decision.who.name,
        "by_role": decision.who.role,
        "reason": decision.reason,
        "party": None,
        "other_party": None,
        "document_id": None,
        "role": None,
        "earlier_id": None,
        "rems_id": None,
        "merge_id": None,
        "detail": None,
    }
    return row | {_column(type(decision), name): getattr(decision, name) for name in _own(type(decision))}


def decision_of(row: Any) -> Decision:
    """The decision of a row of ``COLUMNS``."""
    kind = KINDS[row.kind]
    own = {name: getattr(row, _column(kind, name)) for name in _own(kind)}
    who = Who(row.by_name, row.by_role)
    return kind(decision_id=row.id, at=row.at, who=who, reason=row.reason, **own)


def _own(kind: type[Decision]) -> list[str]:
    return [name for name in kind.__dataclass_fields__ if name not in _COMMON]


def _column(kind: type[Decision], name: str) -> str:
    return "detail" if _DETAIL.get(kind) == name else _COLUMNS.get(name, name)
