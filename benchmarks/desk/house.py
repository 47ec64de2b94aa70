"""A desk with something to show on every page: faxes in review, people in the registers, every role at it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx
from sqlalchemy.engine import Engine

from benchmarks.desk.crowd import IN_DOUBT, put_page, record_fax
from benchmarks.desk.running import PASSWORD
from benchmarks.program_cases import Story, patient_values, recorded
from benchmarks.program_crowd import PROGRAM, place
from review.accounts.model import ROLES
from review.web.cookies import SESSION
from store.archive import archive_path, open_archive
from store.database import open_database
from store.desk.accounts import add_account
from store.desk.model import Role
from store.desk.sessions import open_session
from store.registers.deciding import note_non_compliance
from store.registers.folding import fold_stale, issue_rems_ids
from store.schema import upgrade
from validators.program.rems_ids import PartyKind

FAXES = 6
SESSION_SECONDS = 3600.0
ANSWER_SECONDS = 60.0
FOLLOWED_DAYS = 400
"""Since the patient's forms began to come: two status forms are due."""


class Visitor(httpx.Client):
    """A program in which an account is signed in, or nobody; ``csrf`` is what its changes have to carry."""

    csrf: str = ""

    def change(self, path: str, order: Mapping[str, object]) -> httpx.Response:
        """POST as a script of the desk does."""
        headers = {"X-CSRF-Token": self.csrf, "Accept": "application/json"}
        return self.post(path, json=dict(order), headers=headers)


@dataclass(frozen=True)
class House:
    """The folder of a desk.

    Attributes:
        folder: whose ``var`` holds store and archive.
        engine: of the store.
        faxes: in review, each with one form and with real bytes in the archive.
    """

    folder: Path
    engine: Engine
    faxes: tuple[str, ...]

    def bytes_of(self, fax: str) -> Path:
        """Where the archive keeps a fax."""
        return self.folder / "var" / "archive" / archive_path(fax)

    def visitor(self, address: str, account: Role) -> Visitor:
        """A program that is signed in at a desk of this house; accounts are named as their roles."""
        opened = open_session(
            self.engine, account, idle_seconds=SESSION_SECONDS, lifetime_seconds=SESSION_SECONDS
        )
        visitor = Visitor(base_url=address, cookies={SESSION: opened.token}, timeout=ANSWER_SECONDS)
        visitor.csrf = opened.signed_in.csrf
        return visitor


@contextmanager
def furnished(last_name: str | None = None, sender: str | None = None) -> Iterator[House]:
    """A house that lasts as long as the block.

    Args:
        last_name: of every patient; as the sample fax has it where none is given.
        sender: of every fax.
    """
    with TemporaryDirectory(prefix="remsfax-desk-") as name:
        folder = Path(name)
        engine = open_database(f"sqlite:///{folder / 'var' / 'remsfax.db'}")
        upgrade(engine)
        for role in ROLES:
            full_name = last_name or f"The {role}"
            add_account(engine, role, full_name, role, password=PASSWORD, by="benchmark")
        faxes = tuple(
            add_fax(engine, folder, f"house {number}", last_name, sender) for number in range(FAXES)
        )
        play_registers(engine, last_name)
        try:
            yield House(folder, engine, faxes)
        finally:
            engine.dispose()


def play_registers(engine: Engine, last_name: str | None = None) -> None:
    """People and sites in the registers, for every page about them.

    A patient is in follow-up, a form names somebody who may be that patient, and events of non-compliance of
    a pharmacy and a prescriber are noted.

    Args:
        engine: of the store.
        last_name: of the patient.
    """
    person = patient_values(last=last_name) if last_name else patient_values()
    told = Story(start=datetime.now(UTC).date() - timedelta(days=FOLLOWED_DAYS), person=person)
    for form in (*told.before_infusion(), told.checklist()):
        place(engine, form)
    alike = {**person, **told.prescriber, "patient_first_name": "Maria", "reporting_month": "6"}
    place(engine, recorded("patient_status", told.id("alike"), datetime.now(UTC), alike))
    for _ in range(2):
        fold_stale(engine, PROGRAM)
        issue_rems_ids(engine, PROGRAM)
    pharmacy, prescriber = str(told.pharmacy["pharmacy_npi"]), str(told.prescriber["prescriber_npi"])
    noted: tuple[tuple[PartyKind, str, str], ...] = (
        ("pharmacy", pharmacy, "dispensed_unauthorized"),
        ("pharmacy", pharmacy, "counseling_missed"),
        ("prescriber", prescriber, "status_form_missed"),
    )
    for kind, who, what in noted:
        note_non_compliance(
            engine, PROGRAM, kind, who, what, by="lead", role="lead", reason="the office called"
        )


def ask_the_sender(reviewer: Visitor, words: str = "Which day is meant?") -> str:
    """Ask the sender about the last field of the form that a reviewer gets; the task of that call."""
    work = reviewer.get("/review.json").raise_for_status().json()["work"]
    task = work["tasks"][-1]
    order = {
        "decision_id": str(uuid4()),
        "task_id": task["id"],
        "version": task["version"],
        "verdict": "ask_sender",
        "why": words,
    }
    reviewer.change("/review/answer", order).raise_for_status()
    held = f"{work['transmission_id']}/{work['document_id']}"
    reviewer.change("/review/release", {"held": held}).raise_for_status()
    return str(task["id"])


def add_fax(
    engine: Engine, folder: Path, name: str, last_name: str | None = None, sender: str | None = None
) -> str:
    """Receive and record a fax with one form in review; its hash.

    Args:
        engine: of the store.
        folder: of the house; its archive gets the bytes.
        name: of the fax, that no other one has.
        last_name: of its patient; as the sample fax has it where none is given.
        sender: of the call.
    """
    sha = put_page(open_archive(str(folder / "var" / "archive")), name)
    said = {} if last_name is None else {"patient_last_name": last_name}
    record_fax(engine, name, IN_DOUBT, sha=sha, said=said, sender=sender)
    return sha
