"""One transaction's ledger over the tables."""

from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from store.registers.book import StoreBook
from store.registers.decisions import StoreDecisions
from store.registers.shelf import StoreShelf
from validators.program.certification import AssessmentKey
from validators.program.ledger import SPECIMEN_KEY, Ledger
from validators.program.settings import ProgramSettings

REGISTER_LOCK = 7_366_733_298
"""Any number that no other program on the same Postgres is likely to lock."""


@dataclass(frozen=True)
class Program:
    """What the program's rules need beside the store: its open decisions, and the key of the assessment."""

    settings: ProgramSettings = field(default_factory=ProgramSettings)
    key: AssessmentKey = SPECIMEN_KEY


@dataclass(frozen=True)
class Opened:
    """A ledger over the tables, and its places of keeping; for one transaction."""

    session: Session
    book: StoreBook
    shelf: StoreShelf
    decisions: StoreDecisions
    ledger: Ledger


def open_ledger(session: Session, program: Program) -> Opened:
    """The ledger as this transaction sees it."""
    decisions = StoreDecisions(session)
    book, shelf = StoreBook(session, decisions), StoreShelf(session, decisions)
    ledger = Ledger(program.settings, program.key, book=book, shelf=shelf)
    return Opened(session, book, shelf, decisions, ledger)


def lock_registers(session: Session) -> None:
    """Let nobody else write to the registers until this transaction ends: each must see what the last wrote.

    SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": REGISTER_LOCK})
