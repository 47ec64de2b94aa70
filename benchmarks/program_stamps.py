"""Rows of the registers, made once by the program itself and stamped out for many made-up people.

A prototype's forms go through the registers in memory: whom each form means, the REMS IDs and the folded
states are the program's own. Its rows then become a text with holes where people differ.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from benchmarks.program_cases import Story, npi
from store.projection import people_keys
from store.registers.book import revision_row
from store.registers.decision_rows import row_of
from store.registers.folding import finding_rows, non_compliance_rows, slot_rows, state_row
from store.registers.opening import Program
from store.registers.shelf import mention_row, named_particulars
from validators.model import Value
from validators.program.decisions import RemsIdIssued
from validators.program.events import MACHINE, RecordedForm
from validators.program.ledger import Ledger
from validators.program.mentions import mentions_of
from validators.program.moments import add_months
from validators.program.registry import party_id
from validators.program.rems_ids import candidates
from validators.program.shelf import Entry

FOUNDERS: tuple[tuple[str, str], ...] = (
    ("prescriber", "pka"), ("facility", "hcf"), ("pharmacy", "pha"), ("patient", "pat")
)  # fmt: skip
"""Who takes part in a story, and the form that founds each."""

Row = Mapping[str, Any]
Holes = Mapping[str, str]
"""What fills the holes, by their names."""

SENTINEL_BASE = {role: f"q{role[:5]}q".ljust(24, "z") for role, _ in FOUNDERS}
SENTINEL_FAX = {role: f"x{role[:5]}x".ljust(60, "y") for role, _ in FOUNDERS}
SENTINEL_PATIENT: dict[str, Value] = {
    "patient_first_name": "Qfirstq",
    "patient_last_name": "Qlastq",
    "date_of_birth": "1911-11-11",
    "patient_zip": "99899",
    "patient_phone": "9990009991",
}
SENTINEL_PRESCRIBER: dict[str, Value] = {
    "prescriber_first_name": "Vfirstv",
    "prescriber_last_name": "Vlastv",
    "prescriber_npi": npi(98_765_432),
    "prescriber_phone": "9990009992",
    "prescriber_zip": "99798",
}


def sentinel_site(role: str, digit: str) -> dict[str, Value]:
    """A site whose every particular can be told from all else."""
    return {
        f"{role}_name": f"W{role}w",
        f"{role}_npi": npi(98_765_430 + int(digit)),
        f"{role}_phone": f"999000999{digit}",
        f"{role}_zip": f"9969{digit}",
        f"{role}_street": f"W{role}w Road",
    }


def fax_of(base: str, ordinal: int) -> str:
    """The id of the fax that a form came on."""
    return f"{base}{ordinal:04x}"


class Stamp:
    """The rows of one party, as texts with holes, by table."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], holes: Holes) -> None:
        """Make a stamp.

        Args:
            rows: of each table, all with the same columns.
            holes: the name of the hole that stands for each sentinel.
        """
        self.columns = {table: tuple(own[0]) for table, own in rows.items() if own}
        sentinels = re.compile("|".join(re.escape(one) for one in sorted(holes, key=len, reverse=True)))
        self._texts: dict[str, tuple[str, tuple[str, ...]]] = {}
        for table, own in rows.items():
            text = "".join("\t".join(_cell(value) for value in row.values()) + "\n" for row in own)
            names = tuple(holes[found] for found in sentinels.findall(text))
            self._texts[table] = sentinels.sub("%s", text.replace("%", "%%")), names
        self.forms = len(rows["form_revisions"])

    def texts(self, fillings: Holes) -> Iterable[tuple[str, str]]:
        """The rows for COPY, by table."""
        for table, (text, names) in self._texts.items():
            yield table, text % tuple(map(fillings.__getitem__, names))


def _cell(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict | list):
        value = json.dumps(value, separators=(",", ":"))
    elif isinstance(value, datetime | date):
        value = value.isoformat()
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


@dataclass(frozen=True)
class Prototype:
    """A story whose parties all bear sentinels.

    Attributes:
        start: as of a story.
        missed: months whose status form never came.
        late: months whose status form came 45 days after it was due.
    """

    start: date
    missed: frozenset[int] = frozenset()
    late: frozenset[int] = frozenset()

    def story(self, role: str) -> Story:
        """The story, its documents named as those of a party's own."""
        return Story(
            start=self.start,
            person=dict(SENTINEL_PATIENT),
            prescriber=dict(SENTINEL_PRESCRIBER),
            facility=sentinel_site("facility", "3"),
            pharmacy=sentinel_site("pharmacy", "4"),
            base=SENTINEL_BASE[role],
        )

    def others(self, long_before: date) -> list[RecordedForm]:
        """The enrollments of the prescriber and the sites."""
        stories = {role: replace(self.story(role), start=long_before) for role, _ in FOUNDERS}
        facility, _ = stories["facility"].sites()
        _, pharmacy = stories["pharmacy"].sites()
        return [*stories["prescriber"].certification(), facility, pharmacy]

    def own(self, now: datetime) -> list[RecordedForm]:
        """What has come of the patient: one course, a second after a year, and status forms."""
        story = self.story("patient")
        second = add_months(story.first_infusion, 12)
        forms = [story.enrollment(), story.order(), story.authorization(), story.checklist()]
        again = [
            story.order("second", "3", second),
            story.authorization("second", second),
            story.checklist("second", second, 3),
        ]
        forms += again if again[-1].received_at <= now else []
        months = range(6, 61 if len(forms) > 4 else 49, 6)
        forms += [
            story.status(month, 45 if month in self.late else 0)
            for month in months
            if month not in self.missed
        ]
        return [form for form in forms if form.received_at <= now]


LONG_BEFORE = date(2017, 6, 1)
"""When the prescribers and sites enrolled."""


def stamps_of(prototype: Prototype, now: datetime, program: Program, *, whole: bool) -> dict[str, Stamp]:
    """The rows of a prototype's patient, prescriber, facility and pharmacy, as the program makes them.

    Forms after the enrollment bear the patient's REMS ID, as an office writes it once it knows it.

    Args:
        prototype: whose forms.
        now: the moment of the states.
        program: settings and the key of the assessment.
        whole: the records hold what the forms say; else nothing, and the registers alone know it.
    """
    ledger = Ledger(program.settings, program.key)
    others = prototype.others(LONG_BEFORE)
    for form in others:
        ledger.record(form)
    issued = {
        role: _issue(ledger, party_id(role, f"{SENTINEL_BASE[role]}-{name}"), now)
        for role, name in FOUNDERS
        if role != "patient"
    }
    enrollment, *later = prototype.own(now)
    ledger.record(enrollment)
    patient = party_id("patient", enrollment.document_id)
    issued["patient"] = _issue(ledger, patient, now)
    own = [enrollment]
    for planned in later:
        form = replace(planned, values={**planned.values, "patient_rems_id": issued["patient"].rems_id})
        ledger.record(form)
        own.append(form)
    forms = {
        role: [form for form in others if form.document_id.startswith(SENTINEL_BASE[role])]
        for role, _ in FOUNDERS
    }
    forms["patient"] = own
    holes = _holes(forms, issued)
    return {
        role: Stamp(
            _rows(role, forms[role], ledger, issued[role], now=now, program=program, whole=whole), holes
        )
        for role, _ in FOUNDERS
    }


def _issue(ledger: Ledger, party: str, now: datetime) -> RemsIdIssued:
    kind = party.partition(":")[0]
    state = ledger.patient(party, now) if kind == "patient" else ledger.standing(party, now)
    since = next(
        change.at for change in (state.changes if state else ()) if change.state not in ("none", "pending")
    )
    rems_id = next(candidates(kind, party.partition(":")[2]))  # type: ignore[arg-type]
    decision = RemsIdIssued(
        decision_id=f"rems_id:{party}", at=since, who=MACHINE, reason="enrolled", party=party, rems_id=rems_id
    )
    ledger.decide(decision)
    return decision


def _rows(
    role: str,
    forms: Sequence[RecordedForm],
    ledger: Ledger,
    issued: RemsIdIssued,
    *,
    now: datetime,
    program: Program,
    whole: bool,
) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for ordinal, form in enumerate(forms):
        fax = fax_of(SENTINEL_FAX[role], ordinal)
        rows["transmissions"].append(transmission_row(fax, form))
        rows["documents"].append(document_row(fax, form))
        rows["records"].append(record_row(form) if whole else {**record_row(form), "content": {}})
        rows["form_revisions"].append(revision_row(form))
        for mention in mentions_of(form):
            resolution = ledger.registry.resolution(*mention.key)
            rows["mentions"].append(mention_row(Entry(mention, form.order, resolution=resolution)))
    rows["decisions"].append(row_of(issued))
    settings, party = program.settings, issued.party
    if role == "patient":
        state = ledger.patient(party, now)
        rows["slots"] += slot_rows(state, settings)
        rows["non_compliance"] += non_compliance_rows(state, settings)
        rows["party_findings"] += finding_rows(party, state.findings)
        rows["party_states"].append(state_row(state, issued.rems_id, now, settings))
    elif (standing := ledger.standing(party, now)) is not None:
        rows["party_findings"] += finding_rows(party, standing.findings)
        rows["party_states"].append(state_row(standing, issued.rems_id, now, settings))
    return {table: own for table, own in rows.items() if own}


def _holes(forms: Mapping[str, Sequence[RecordedForm]], issued: Mapping[str, RemsIdIssued]) -> dict[str, str]:
    """The names of the holes by sentinel; see ``people_holes`` for what fills them."""
    holes = {base: f"{role}_base" for role, base in SENTINEL_BASE.items()}
    holes |= {base: f"{role}_fax" for role, base in SENTINEL_FAX.items()}
    holes |= {decision.rems_id: f"{role}_id" for role, decision in issued.items()}
    prototype = {
        **SENTINEL_PATIENT,
        **SENTINEL_PRESCRIBER,
        **sentinel_site("facility", "3"),
        **sentinel_site("pharmacy", "4"),
    }
    holes |= {str(value): name for name, value in prototype.items()}
    holes["qlastq"] = "folded_last_name"
    for form in (forms["patient"][0], forms["patient"][1]):
        for mention in mentions_of(form):
            known = "known_" if mention.role == "patient" and not mention.founding else ""
            name = named_particulars(mention.particulars)[0]
            holes[name] = f"{known}{mention.role}_particulars"
    return holes


def transmission_row(fax: str, form: RecordedForm) -> dict[str, Any]:
    """The fax that a form came on, recorded."""
    return {
        "id": fax, "status": "recorded", "received_at": form.received_at, "size_bytes": 1, "priority": 5,
        "attempts": 1, "audit_count": 0,
    }  # fmt: skip


def document_row(fax: str, form: RecordedForm) -> dict[str, Any]:
    """The form itself, recorded."""
    return {
        "id": form.document_id, "transmission_id": fax, "ordinal": 0, "form": form.form,
        "version": form.version, "pages": [1], "missing_pages": list(form.missing_pages),
        "doubled_pages": [], "identified": 1.0, "outcome": "recorded",
    }  # fmt: skip


def record_row(form: RecordedForm) -> dict[str, Any]:
    """The form as the program takes it."""
    return {
        "document_id": form.document_id, "form": form.form, "version": form.version, "state": "recorded",
        "content": dict(form.values), **people_keys(form.form, form.values),
    }  # fmt: skip


def starts(first: date, last: date, every_days: int) -> list[date]:
    """The days on which stories start."""
    return [first + timedelta(days=day) for day in range(0, (last - first).days, every_days)]
