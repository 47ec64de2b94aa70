"""Looking up people and sites by what a caller says: an identifier, or the beginnings of names."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from store.database import reading
from store.registers.folding import fold_stale
from store.registers.opening import Opened, Program, open_ledger
from store.registers.tables import ParticularKey, PartyState
from validators.program.mentions import Particulars
from validators.program.names import digits, plain
from validators.program.rems_ids import PartyKind
from validators.program.shelf import Entry

MOST_FOUND = 50
MOST_KEYS = 400
"""Keys followed for one word; a word that begins more names than that has to be longer."""

NAME_LETTER: dict[PartyKind, str] = {"patient": "y", "prescriber": "f", "facility": "w", "pharmacy": "w"}
"""Of the blocking keys that begin with a name; see ``validators.program.mentions.blocking_keys``."""

PHONE_DIGITS = 10
LEAST_LETTERS = 2
_BEYOND = "\x7f"
"""Sorts behind every character of a key."""


@dataclass(frozen=True)
class PartyLine:
    """A party that may be the one looked for.

    Attributes:
        state: stage of a patient, standing of the others, now.
        particulars: of its newest enrollment.
        orphaned: a patient whom nobody cares for.
    """

    party: str
    kind: PartyKind
    rems_id: str | None
    state: str
    orphaned: bool
    particulars: Particulars


@dataclass(frozen=True)
class StateCount:
    """How many parties of a kind are in a state."""

    kind: str
    state: str
    parties: int


def look_up(
    engine: Engine, program: Program, kind: PartyKind, text: str, born_on: date | None = None
) -> tuple[PartyLine, ...]:
    """The parties that fit, at most ``MOST_FOUND``, in order of their names.

    Args:
        engine: of the store.
        program: settings and the key of the assessment.
        kind: whom to look for.
        text: a REMS ID, an NPI, an NCPDP number, a phone number, or the beginnings of names in any order.
        born_on: leaves out patients of another date of birth.
    """
    fold_stale(engine, program)
    with reading(engine) as session:
        opened = open_ledger(session, program)
        found: dict[str, Entry] = {}
        for entry in opened.shelf.sharing(_keys(session, kind, text), teachers=True):
            party = opened.ledger.registry.current(entry.resolution.party)
            if (
                party is None
                or not entry.mention.founding
                or not _fits(entry.mention.particulars, text, born_on)
            ):
                continue
            if party not in found or entry.order > found[party].order:
                found[party] = entry
        return _lines(opened, kind, found)


def state_counts(engine: Engine, program: Program) -> tuple[StateCount, ...]:
    """How many parties of each kind are in each state, as last folded."""
    fold_stale(engine, program)
    with reading(engine) as session:
        rows = session.execute(
            select(PartyState.kind, PartyState.state, func.count())
            .group_by(PartyState.kind, PartyState.state)
            .order_by(PartyState.kind, PartyState.state)
        )
        return tuple(StateCount(*row) for row in rows.tuples())


def _keys(session: Session, kind: PartyKind, text: str) -> frozenset[str]:
    prefix = kind[:2]
    given = text.strip().upper()
    keys = {f"{prefix}:{letter}:{given}" for letter in "rnc"}
    if len(digits(text)) >= PHONE_DIGITS:
        keys.add(f"{prefix}:p:{digits(text)[-PHONE_DIGITS:]}")
    for word in plain(text).split():
        if len(word) >= LEAST_LETTERS:
            begin = f"{prefix}:{NAME_LETTER[kind]}:{word}"
            rows = select(ParticularKey.key).where(*_begins(session, begin)).distinct().limit(MOST_KEYS)
            keys |= set(session.execute(rows).scalars())
    return frozenset(keys)


def _begins(session: Session, begin: str) -> tuple[ColumnElement[bool], ...]:
    if session.get_bind().dialect.name == "postgresql":
        # Its order depends on the locale, and a range would leave some out.
        return (ParticularKey.key.startswith(begin, autoescape=True),)
    return ParticularKey.key >= begin, ParticularKey.key < begin + _BEYOND


def _fits(said: Particulars, text: str, born_on: date | None) -> bool:
    if born_on is not None and said.date_of_birth != born_on.isoformat():
        return False
    given = text.strip().upper()
    if given in {said.rems_id.upper(), said.npi, said.ncpdp} or (
        said.phone and digits(text)[-10:] == said.phone
    ):
        return True
    names = f"{said.first} {said.middle} {said.last} {said.name}".split()
    return all(any(name.startswith(word) for name in names) for word in plain(text).split())


def _lines(opened: Opened, kind: PartyKind, found: dict[str, Entry]) -> tuple[PartyLine, ...]:
    def order(party: str) -> tuple[str, str, str, str]:
        said = found[party].mention.particulars
        return said.last, said.first, said.name, party

    parties = sorted(found, key=order)[:MOST_FOUND]
    states = {
        row.party: row
        for row in opened.session.execute(select(PartyState).where(PartyState.party.in_(parties))).scalars()
    }
    return tuple(
        PartyLine(
            party=party,
            kind=kind,
            rems_id=states[party].rems_id if party in states else None,
            state=states[party].state if party in states else "none",
            orphaned=states[party].orphaned if party in states else False,
            particulars=found[party].mention.particulars,
        )
        for party in parties
    )
