"""Where the ledger keeps forms and decisions: a protocol, and one in memory.

A store implements the same protocol over its tables. As with the register's shelf everything is asked for by
key; what is there for lists only says so.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from validators.program.decisions import (
    CaseOpened,
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


def with_case(
    forms: Sequence[RecordedForm], own: str | None, is_open: Callable[[str], bool]
) -> Sequence[RecordedForm]:
    """Versions of a form with the case that each belongs to: the one that it names, else its own.

    Args:
        forms: as they were kept.
        own: number of the case that was opened for the form.
        is_open: whether a number is that of any case.
    """
    if own is None and all(form.case_number is None for form in forms):
        return forms
    return [
        replace(form, case_number=form.case_number if is_open(form.case_number or "") else own)
        for form in forms
    ]


class Book(Protocol):
    """What the ledger asks of its place of keeping."""

    def expect(self, documents: Collection[str]) -> None:
        """A hint that the forms of these documents will be asked for."""

    def revisions(self, document_id: str) -> Sequence[RecordedForm]:
        """Every version of a form, the first one first, with its case; empty for an unknown one."""

    def save(self, form: RecordedForm) -> None:
        """Keep a version of a form."""

    def case(self, case_number: str) -> frozenset[str]:
        """The document for which a case was opened, and those whose newest version names it."""

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
        self._opened: dict[str, str] = {}
        self._openers: dict[str, str] = {}
        self._decisions: dict[str, Decision] = {}

    def expect(self, documents: Collection[str]) -> None:
        """Everything is at hand."""

    def revisions(self, document_id: str) -> Sequence[RecordedForm]:
        """Every version of a form, the first one first; empty for an unknown one."""
        forms = self._revisions.get(document_id, ())
        return with_case(forms, self._opened.get(document_id), self._openers.__contains__)

    def save(self, form: RecordedForm) -> None:
        """Keep a version of a form."""
        others = [one for one in self._revisions.get(form.document_id, ()) if one.revision != form.revision]
        revisions = sorted([*others, form], key=lambda one: one.revision)
        self._revisions[form.document_id] = revisions
        if revisions[-1].case_number is not None:
            self._cases[revisions[-1].case_number].add(form.document_id)

    def case(self, case_number: str) -> frozenset[str]:
        """The document for which a case was opened, and those whose newest version names it."""
        if case_number not in self._openers:
            return frozenset()
        return frozenset({self._openers[case_number], *self._cases[case_number]} & self._revisions.keys())

    def decide(self, decision: Decision) -> None:
        """Keep a decision; the same one again changes nothing."""
        self._decisions[decision.decision_id] = decision
        if isinstance(decision, CaseOpened):
            self._opened[decision.document_id] = decision.case_number
            self._openers[decision.case_number] = decision.document_id

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
