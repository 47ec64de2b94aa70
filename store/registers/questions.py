"""What the registers ask of people: whom a form means, and how forms belong together; merges on record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.engine import Engine

from store.database import reading
from store.registers.finding import find
from store.registers.opening import Opened, Program, open_ledger
from store.registers.tables import MentionRow, PartyFinding, PartyState
from store.tables import Document, Transmission
from validators.model import Value
from validators.program.joining import RULE_OF
from validators.program.matching import Level
from validators.program.mentions import Particulars, Role
from validators.program.rems_ids import PartyKind
from validators.program.shelf import Entry

RULES_OF_JOINING = (RULE_OF["doubtful"], "G7")
"""Rules that name a form which differs from an earlier one of the same matter."""


@dataclass(frozen=True)
class Offered:
    """A party that a form may mean.

    Attributes:
        probability: that it does.
        levels: how the particulars compare, by name.
        particulars: of its newest enrollment.
    """

    party: str
    rems_id: str | None
    state: str
    probability: float
    levels: dict[str, Level]
    particulars: Particulars | None


@dataclass(frozen=True)
class MatchQuestion:
    """A form mentions somebody, and nobody knows for sure whom.

    Attributes:
        outcome: ``doubtful``: one of the candidates, or somebody new; ``unknown``: nobody fits.
        id_claimed: the form bears an identifier of somebody whose other particulars differ (X3).
        particulars: what the form says.
    """

    document_id: str
    form_role: Role
    form: str
    received_at: datetime
    outcome: Literal["doubtful", "unknown"]
    id_claimed: bool
    particulars: Particulars
    candidates: tuple[Offered, ...]


@dataclass(frozen=True)
class JoinQuestion:
    """Two forms of one party for the same matter say different things; the earlier one counts until then.

    Attributes:
        differences: field, the earlier form's value, the later form's.
    """

    document_id: str
    earlier_id: str
    party: str
    rems_id: str | None
    form: str
    received_at: datetime
    earlier_received_at: datetime
    differences: tuple[tuple[str, Value, Value], ...]


@dataclass(frozen=True)
class MergeOnRecord:
    """A merge in force."""

    merge_id: str
    kept: str
    gone: str
    at: datetime
    by: str
    reason: str


def matching_questions(
    engine: Engine, program: Program, *, limit: int = 50, offset: int = 0
) -> tuple[MatchQuestion, ...]:
    """Whom forms mean, as far as a person has to say it: doubtful ones first, then the oldest.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        limit: so many at most.
        offset: so many are left out at the beginning.
    """
    with reading(engine) as session:
        opened = open_ledger(session, program)
        doubtful = MentionRow.match["outcome"].as_string() != "doubtful"
        waiting = session.execute(
            select(MentionRow.document_id, MentionRow.role)
            .where(MentionRow.party.is_(None))
            .order_by(doubtful, MentionRow.received_at, MentionRow.document_id, MentionRow.role)
            .offset(offset)
            .limit(limit)
        ).all()
        opened.book.expect([document for document, _ in waiting])
        questions = (_match_question(opened, document, role) for document, role in waiting)
        return tuple(one for one in questions if one is not None)


def matching_question(
    engine: Engine, program: Program, document_id: str, form_role: Role
) -> MatchQuestion | None:
    """The question of whom one form means in a role; none where that is known."""
    with reading(engine) as session:
        return _match_question(open_ledger(session, program), document_id, form_role)


def joining_questions(
    engine: Engine, program: Program, *, limit: int = 50, offset: int = 0
) -> tuple[JoinQuestion, ...]:
    """Forms that differ from an earlier one of the same matter, as far as a person has to choose."""
    with reading(engine) as session:
        opened = open_ledger(session, program)
        asked = session.execute(
            select(PartyFinding.party, PartyFinding.document_id)
            .join(Document, Document.id == PartyFinding.document_id)
            .join(Transmission, Transmission.id == Document.transmission_id)
            .where(PartyFinding.rule.in_(RULES_OF_JOINING))
            .order_by(Transmission.received_at, PartyFinding.document_id)
            .offset(offset)
            .limit(limit)
        ).all()
        questions = (_join_question(opened, party, document) for party, document in asked)
        return tuple(one for one in questions if one is not None)


def merges(engine: Engine, program: Program, kind: PartyKind, identifier: str) -> tuple[MergeOnRecord, ...]:
    """The merges in force that made a party what it is, the oldest first.

    Raises:
        UnknownParty, AmbiguousParty: nobody, or several, bear the identifier.
    """
    with reading(engine) as session:
        opened = open_ledger(session, program)
        party = find(opened, kind, identifier)
        names = opened.ledger.registry.names(party)
        return tuple(
            MergeOnRecord(one.decision_id, one.kept, one.gone, one.at, one.who.name, one.reason)
            for one in opened.decisions.merges(names)
        )


def _match_question(opened: Opened, document_id: str, form_role: Role) -> MatchQuestion | None:
    entry = opened.shelf.entry((document_id, form_role))
    revisions = opened.book.revisions(document_id)
    if entry is None or not revisions or opened.ledger.party(document_id, form_role) is not None:
        return None
    match = entry.resolution.match
    parties = [one.party for one in match.candidates]
    opened.shelf.expect_parties(parties)
    states = _states(opened, parties)
    offered = tuple(
        Offered(
            one.party,
            opened.ledger.registry.rems_id(one.party),
            states.get(one.party, "none"),
            one.probability,
            dict(one.evidence.levels),
            _newest(list(opened.shelf.members(one.party, teachers=True))),
        )
        for one in match.candidates
    )
    return MatchQuestion(
        document_id=document_id,
        form_role=form_role,
        form=revisions[-1].form,
        received_at=revisions[0].received_at,
        outcome="doubtful" if offered else "unknown",
        id_claimed=match.id_claimed,
        particulars=entry.mention.particulars,
        candidates=offered,
    )


def _join_question(opened: Opened, party: str, document_id: str) -> JoinQuestion | None:
    doubtful = (one for one in opened.ledger.joins(party) if one.kind == "doubtful")
    join = next((one for one in doubtful if one.document_id == document_id), None)
    if join is None:  # settled since the party was folded
        return None
    later, earlier = (opened.book.revisions(one)[-1] for one in (document_id, join.earlier_id))
    names = sorted({*later.sure_values, *earlier.sure_values})
    differences = tuple(
        (name, earlier.sure_values.get(name), later.sure_values.get(name))
        for name in names
        if (earlier.sure_values.get(name) or None) != (later.sure_values.get(name) or None)
    )
    return JoinQuestion(
        document_id=document_id,
        earlier_id=join.earlier_id,
        party=party,
        rems_id=opened.ledger.registry.rems_id(party),
        form=later.form,
        received_at=later.received_at,
        earlier_received_at=earlier.received_at,
        differences=differences,
    )


def _states(opened: Opened, parties: Collection[str]) -> dict[str, str]:
    rows = select(PartyState.party, PartyState.state).where(PartyState.party.in_(parties))
    return dict(opened.session.execute(rows).tuples().all())


def _newest(teachers: list[Entry]) -> Particulars | None:
    founders = [one for one in teachers if one.mention.founding]
    return max(founders, key=lambda one: one.order).mention.particulars if founders else None
