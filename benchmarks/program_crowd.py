"""A register of many made-up patients, twelve forms each, written straight into the tables by COPY."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

import psycopg
from sqlalchemy.engine import Engine
from stdnum.iso7064 import mod_37_36

from benchmarks.program_cases import Story, at, npi, patient_values, prescriber_values, site_values
from benchmarks.program_people import FIRST, LAST
from store.database import writing
from store.registers.opening import Program, lock_registers, open_ledger
from store.registers.registering import take_in
from store.registers.shelf import named_particulars
from store.registers.upsert import add_new
from store.tables import Document, Transmission
from validators.model import Value
from validators.program.clocks import follow_up, missed_from, status_slots
from validators.program.events import RecordedForm
from validators.program.mentions import FOUNDING, blocking_keys, mentions_of

PROGRAM = Program()
PATIENTS_OF_A_PRESCRIBER = 100
PATIENTS_OF_A_SITE = 1000
FORMS_OF_A_PATIENT = 12
LETTERS = "abcdefghijklmnopqrstuvwxyz"

COLUMNS = {
    "transmissions": "id, status, received_at, size_bytes, priority, attempts, audit_count",
    "documents": "id, transmission_id, ordinal, form, version, pages, missing_pages, doubled_pages, "
    "identified, outcome",
    "records": "document_id, form, version, state, content, patient_rems_id",
    "form_revisions": 'document_id, revision, form, version, "values", unsure, missing_pages, complete, '
    "returned_print, by_name, by_role",
    "particulars": "id, kind, data",
    "particular_keys": "key, particulars_id",
    "mentions": "document_id, role, particulars_id, received_at, founding, linked, teaches, party, match",
    "decisions": "id, kind, at, by_name, by_role, reason, party, rems_id",
    "party_states": "party, kind, stale, state, rems_id, prescriber, orphaned, folded_at",
    "slots": "party, month, due_on, missed_on",
}
"""What is written of each table; the rest is none."""

Rows = dict[str, list[tuple[Any, ...]]]


def word(number: int) -> str:
    """A number as letters, for names that differ."""
    letters = ""
    while True:
        number, rest = divmod(number, 26)
        letters += LETTERS[rest]
        if not number:
            return letters.capitalize()


def phone(number: int) -> str:
    """A made-up number: an area, 555, and 01xx."""
    return f"{200 + number // 100 % 800}55501{number % 100:02d}"


@dataclass(frozen=True)
class Crowd:
    """Made-up patients by number, with the prescribers and sites that they share."""

    patients: int

    def prescriber(self, number: int) -> dict[str, Value]:
        """The prescriber of that number."""
        own = prescriber_values(
            FIRST[number % len(FIRST)], f"{LAST[number % len(LAST)]}{word(number)}", number
        )
        return {**own, "prescriber_phone": phone(number + 37)}

    def site(self, role: str, number: int) -> dict[str, Value]:
        """The facility or pharmacy of that number."""
        own = site_values(
            role, f"{word(number + 700)} {role.capitalize()} {LAST[number % len(LAST)]}", number
        )
        offset = 1 if role == "facility" else 2
        return {**own, f"{role}_npi": npi(50_000_000 + 2 * number + offset), f"{role}_phone": phone(number)}

    def story(self, number: int) -> Story:
        """The patient of that number."""
        born = date(1940, 1, 1) + timedelta(days=number * 7919 % 23_000)
        last = f"{LAST[number % len(LAST)]}{word(number // len(LAST) % 676)}"
        person = patient_values(
            FIRST[number // 7 % len(FIRST)], last, born.isoformat(), f"{number * 31 % 99_950 + 10:05d}"
        )
        return Story(
            number=number,
            start=date(2022, 1, 3) + timedelta(days=number * 13 % 1500),
            person={**person, "patient_phone": phone(number)},
            prescriber=self.prescriber(number // PATIENTS_OF_A_PRESCRIBER),
            facility=self.site("facility", number // PATIENTS_OF_A_SITE),
            pharmacy=self.site("pharmacy", number // PATIENTS_OF_A_SITE),
        )

    def rems_id(self, number: int) -> str:
        """The REMS ID issued to a patient: a number of its own, so that no two are alike."""
        body = f"P{number:07d}"
        return f"P-{number:07d}{mod_37_36.calc_check_digit(body)}"

    def story_id(self, number: int) -> str:
        """The document id of a patient's enrollment."""
        return f"doc-{number:05d}-pat"

    def forms(self, number: int) -> list[RecordedForm]:
        """The twelve forms of a patient; all but the enrollment bear the REMS ID."""
        story, rems_id = self.story(number), self.rems_id(number)
        later = [story.order(), story.authorization(), story.checklist()]
        later += [story.status(month) for month in range(6, 49, 6)]
        return [
            story.enrollment(),
            *(replace(form, values={**form.values, "patient_rems_id": rems_id}) for form in later),
        ]

    @cached_property
    def now(self) -> datetime:
        """Forms received later have not come yet."""
        return at(date(2026, 11, 1))


def enroll_others(engine: Engine, crowd: Crowd) -> None:
    """Prescribers and sites, through the registers themselves."""
    for number in range(0, crowd.patients, PATIENTS_OF_A_PRESCRIBER):
        story = replace(crowd.story(number), start=date(2021, 6, 1))
        forms = story.certification()
        forms += story.sites() if number % PATIENTS_OF_A_SITE == 0 else []
        for form in forms:
            place(engine, form)


def place(engine: Engine, form: RecordedForm) -> None:
    """One form into the registers, with the rows that it rests on, in one transaction."""
    fax = sha256(form.document_id.encode()).hexdigest()
    transmission = dict(zip(_names("transmissions"), _transmission(fax, form), strict=True))
    document = {
        **dict(zip(_names("documents"), _document(fax, form), strict=True)),
        "pages": [1], "missing_pages": [], "doubled_pages": [],
    }  # fmt: skip
    with writing(engine) as session:
        lock_registers(session)
        add_new(session, Transmission, [transmission])
        add_new(session, Document, [document])
        take_in(open_ledger(session, PROGRAM), [form])


def copy_patients(url: str, crowd: Crowd, at_once: int = 2000) -> None:
    """All patients and their forms by COPY; the indexes are dropped before and made again after."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE schemaname = 'public' AND indexname LIKE 'ix_%%' AND tablename = ANY(%s)",
            [list(COLUMNS)],
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        seen = {row[0] for row in connection.execute("SELECT id FROM particulars")}
        for begin in range(0, crowd.patients, at_once):
            rows: Rows = {table: [] for table in COLUMNS}
            for number in range(begin, min(begin + at_once, crowd.patients)):
                _add_patient(rows, crowd, number, seen)
            for table, own in rows.items():
                statement = f"COPY {table} ({COLUMNS[table]}) FROM STDIN"
                with connection.cursor().copy(statement) as copy:
                    for row in own:
                        copy.write_row(row)
        for _, definition in indexes:
            connection.execute(definition)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _add_patient(rows: Rows, crowd: Crowd, number: int, seen: set[str]) -> None:
    party, rems_id = f"patient:{crowd.story_id(number)}", crowd.rems_id(number)
    others = {
        "prescriber": f"prescriber:doc-{number - number % PATIENTS_OF_A_PRESCRIBER:05d}-pka",
        "facility": f"facility:doc-{number - number % PATIENTS_OF_A_SITE:05d}-hcf",
        "pharmacy": f"pharmacy:doc-{number - number % PATIENTS_OF_A_SITE:05d}-pha",
        "patient": party,
    }
    filled = set()
    for planned in crowd.forms(number):
        form = planned
        if planned.received_at > crowd.now:
            # A status form that is not due yet came too early: kept, and filling no slot.
            form = replace(planned, received_at=crowd.now - timedelta(days=number % 30))
        elif form.form == "patient_status":
            filled.add(int(str(form.values["reporting_month"])))
        _add_form(rows, form, others, rems_id, seen)
    story = crowd.story(number)
    span = follow_up([story.first_infusion, story.first_infusion + timedelta(days=4)], PROGRAM.settings)
    slots = status_slots(span, PROGRAM.settings) if span else ()
    for slot, follower in zip(slots, [*slots[1:], None], strict=True):
        if slot.month not in filled:
            rows["slots"].append(
                (party, slot.month, slot.due_on, missed_from(slot, follower, PROGRAM.settings))
            )
    issued_at = at(story.start + timedelta(days=5))
    rows["decisions"].append(
        (f"rems_id:{party}", "rems_id_issued", issued_at, "machine", "machine", "enrolled", party, rems_id)
    )
    rows["party_states"].append(
        (party, "patient", False, "in_follow_up", rems_id, others["prescriber"], False, crowd.now)
    )


def _add_form(rows: Rows, form: RecordedForm, others: dict[str, str], rems_id: str, seen: set[str]) -> None:
    fax = sha256(form.document_id.encode()).hexdigest()
    content = json.dumps(form.values, separators=(",", ":"))
    rows["transmissions"].append(_transmission(fax, form))
    rows["documents"].append(_document(fax, form))
    rows["records"].append((form.document_id, form.form, form.version, "recorded", content, rems_id))
    rows["form_revisions"].append(
        (form.document_id, 0, form.form, form.version, content, "[]", "[]", True, False, "machine", "machine")
    )
    for mention in mentions_of(form):
        name, data = named_particulars(mention.particulars)
        if name not in seen:
            if mention.role != "patient":
                seen.add(name)
            rows["particulars"].append((name, mention.particulars.kind, json.dumps(data)))
            rows["particular_keys"] += [(key, name) for key in blocking_keys(mention.particulars)]
            seen.add(name)
        founding = FOUNDING.get(form.form) == mention.role
        match: dict[str, Any] = {
            "outcome": "unknown" if founding else "certain",
            "party": None if founding else others[mention.role],
            "id_claimed": False,
            "candidates": [],
        }
        rows["mentions"].append(
            (
                form.document_id, mention.role, name, form.received_at, founding, False, founding,
                others[mention.role], json.dumps(match),
            )
        )  # fmt: skip


def _transmission(fax: str, form: RecordedForm) -> tuple[Any, ...]:
    return fax, "recorded", form.received_at, 1, 5, 1, 0


def _document(fax: str, form: RecordedForm) -> tuple[Any, ...]:
    return form.document_id, fax, 0, form.form, form.version, "[1]", "[]", "[]", 1.0, "recorded"


def _names(table: str) -> Iterator[str]:
    return (name.strip().strip('"') for name in COLUMNS[table].split(","))
