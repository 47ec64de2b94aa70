"""Where the ledger keeps forms and decisions: a protocol, and one in memory.

A store implements the same protocol over its tables. As with the register's shelf everything is asked for by
key; what is there for lists only says so.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from validators.program.decisions import (
    Decertified,
    Decision,
    Joined,
    Reinstated,
    RepresentativeLeft,
    Suspended,
)
from validators.program.events import RecordedForm

STANDING = (Suspended, Decertified, Reinstated, RepresentativeLeft)
"""Decisions that change whether a prescriber or a site may take part."""


class Book(Protocol):
    """What the ledger asks of its place of keeping."""

    def expect(self, documents: Collection[str]) -> None:
        """A hint that the forms of these documents will be asked for."""

    def revisions(self, document_id: str) -> Sequence[RecordedForm]:
        """Every version of a form, the first one first; empty for an unknown one."""

    def save(self, form: RecordedForm) -> None:
        """Keep a version of a form."""

    def case(self, case_number: str) -> frozenset[str]:
        """The documents whose newest version names a case."""

    def decide(self, decision: Decision) -> None:
        """Keep a decision; the same one again changes nothing."""

    def standing_decisions(self, names: frozenset[str]) -> Sequence[Decision]:
        """The decisions on standing that name a party by any of its names."""

    def joined(self, documents: Collection[str], moment: datetime) -> Mapping[str, Joined]:
        """What a person last said, up to a moment, of how each of the documents relates to an earlier one."""

    def forms(self) -> Iterable[RecordedForm]:
        """Every version of every form; for lists only."""

    def decisions(self) -> Iterable[Decision]:
        """Every decision; for lists only."""


class MemoryBook:
    """A book in memory."""

    def __init__(self) -> None:
        self._revisions: dict[str, list[RecordedForm]] = {}
        self._cases: dict[str, set[str]] = defaultdict(set)
        self._decisions: dict[str, Decision] = {}

    def expect(self, documents: Collection[str]) -> None:
        """Everything is at hand."""

    def revisions(self, document_id: str) -> Sequence[RecordedForm]:
        """Every version of a form, the first one first; empty for an unknown one."""
        return self._revisions.get(document_id, ())

    def save(self, form: RecordedForm) -> None:
        """Keep a version of a form."""
        others = [one for one in self.revisions(form.document_id) if one.revision != form.revision]
        revisions = sorted([*others, form], key=lambda one: one.revision)
        self._revisions[form.document_id] = revisions
        if revisions[-1].case_number is not None:
            self._cases[revisions[-1].case_number].add(form.document_id)

    def case(self, case_number: str) -> frozenset[str]:
        """The documents whose newest version names a case."""
        return frozenset(self._cases.get(case_number, ()))

    def decide(self, decision: Decision) -> None:
        """Keep a decision; the same one again changes nothing."""
        self._decisions[decision.decision_id] = decision

    def standing_decisions(self, names: frozenset[str]) -> Sequence[Decision]:
        """The decisions on standing that name a party by any of its names."""
        return [one for one in self._decisions.values() if isinstance(one, STANDING) and one.party in names]

    def joined(self, documents: Collection[str], moment: datetime) -> Mapping[str, Joined]:
        """What a person last said, up to a moment, of how each of the documents relates to an earlier one."""
        said = [one for one in self._decisions.values() if isinstance(one, Joined) and one.at <= moment]
        return {
            one.document_id: one
            for one in sorted(said, key=lambda decision: decision.order)
            if one.document_id in documents
        }

    def forms(self) -> Iterable[RecordedForm]:
        """Every version of every form; for lists only."""
        return [form for revisions in self._revisions.values() for form in revisions]

    def decisions(self) -> Iterable[Decision]:
        """Every decision; for lists only."""
        return list(self._decisions.values())
