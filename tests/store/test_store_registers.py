"""The registers over the tables: the same states as in memory, in any order, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from register_samples import PROGRAM, place, play, snapshot
from sqlalchemy.engine import Engine

from benchmarks.program_cases import AGENT, SUPERVISOR, Story, at
from benchmarks.program_replay import AS_OF, history, processed, shuffled
from store.database import reading
from store.export import export
from store.registers.asking import due, patient, program_findings, verify, why
from store.registers.deciding import decide_on_standing
from store.registers.finding import AmbiguousParty, UnknownParty
from store.registers.folding import fold_stale, issue_rems_ids
from store.registers.opening import open_ledger
from store.schema import upgrade
from validators.program.decisions import RemsIdIssued
from validators.program.due import due_list
from validators.program.ledger import Ledger
from validators.program.moments import add_months
from validators.program.registry import party_id
from validators.program.settings import ProgramSettings

ITEMS = history(60)
STORY = Story(start=at(AS_OF).date() - timedelta(days=40))
FORMS = STORY.before_infusion()
REGISTERS = ("form_revisions", "particulars", "particular_keys", "mentions", "decisions")


def enrolled(engine: Engine) -> str:
    """A patient authorized and everybody around; gives the patient's REMS ID."""
    play(engine, FORMS)
    fold_stale(engine, PROGRAM)
    issue_rems_ids(engine, PROGRAM)
    fold_stale(engine, PROGRAM)
    with reading(engine) as session:
        party = party_id("patient", STORY.id("pat"))
        given = open_ledger(session, PROGRAM).ledger.registry.rems_id(party)
    assert given is not None
    return given


@pytest.mark.parametrize("seed", [0, 1])
def test_any_order_gives_the_states_and_questions_of_the_ledger_in_memory(engine: Engine, seed: int) -> None:
    play(engine, shuffled(ITEMS, seed))
    assert snapshot(engine, at(AS_OF)) == processed(ITEMS, ProgramSettings())


def test_two_orders_leave_the_same_tables(tmp_path: Path, opened: Callable[..., Engine]) -> None:
    tables = []
    for name, order in (("one", ITEMS), ("two", shuffled(ITEMS, 3))):
        engine = opened(f"sqlite:///{tmp_path / name}.db")
        upgrade(engine)
        play(engine, order)
        export(engine, tmp_path / name)
        tables.append([(tmp_path / name / f"{table}.csv").read_bytes() for table in REGISTERS])
    assert tables[0] == tables[1]


def test_a_form_taken_in_again_changes_nothing(engine: Engine) -> None:
    play(engine, FORMS)
    before = snapshot(engine, at(AS_OF))
    play(engine, reversed(FORMS))
    assert snapshot(engine, at(AS_OF)) == before


def test_rems_ids_are_issued_once_to_those_who_take_part(engine: Engine) -> None:
    rems_id = enrolled(engine)
    assert issue_rems_ids(engine, PROGRAM) == 0
    assert patient(engine, PROGRAM, rems_id).rems_id == rems_id
    stranger = Story(2, person={**STORY.person, "patient_first_name": "Otto", "date_of_birth": "1951-02-03"})
    unsigned = stranger.enrollment()
    place(engine, replace(unsigned, values={**unsigned.values, "patient_signature": False}))
    fold_stale(engine, PROGRAM)
    assert issue_rems_ids(engine, PROGRAM) == 0


def test_a_caller_is_told_yes_and_after_a_suspension_no(engine: Engine) -> None:
    rems_id = enrolled(engine)
    day = at(STORY.first_infusion)
    assert verify(engine, PROGRAM, "patient", rems_id, day).allowed
    npi = str(STORY.facility["facility_npi"])
    assert verify(engine, PROGRAM, "facility", npi).allowed
    done = decide_on_standing(
        engine, PROGRAM, "suspend", "facility", npi, by="a supervisor", role="supervisor", reason="training"
    )
    assert [one.after for one in done.parties if one.kind == "facility"] == ["suspended"]
    answer = verify(engine, PROGRAM, "facility", npi)
    assert [one.rule for one in answer.refusals] == ["G4"]
    assert len(answer.confirmation) == 10
    assert verify(engine, PROGRAM, "facility", npi, day).allowed, "what was known on that day stays"


def test_nobody_and_several_are_told_apart(engine: Engine) -> None:
    rems_id = enrolled(engine)
    with pytest.raises(UnknownParty, match="check it"):
        patient(engine, PROGRAM, "P-0000000A")
    with pytest.raises(UnknownParty, match="later day"):
        patient(engine, PROGRAM, rems_id, at(STORY.start - timedelta(days=1)))
    other = Story(3, person={**STORY.person, "patient_first_name": "Otto", "date_of_birth": "1951-02-03"})
    claim = RemsIdIssued(
        decision_id="x", at=at(AS_OF), who=SUPERVISOR, reason="an error",
        party=party_id("patient", other.id("pat")), rems_id=rems_id,
    )  # fmt: skip
    play(engine, [other.enrollment(), claim])
    with pytest.raises(AmbiguousParty, match="X3"):
        patient(engine, PROGRAM, rems_id)


@pytest.mark.parametrize("days", [1, 12, 29, 45, 300])
def test_an_earlier_day_is_what_was_known_on_it(engine: Engine, days: int) -> None:
    forms = [
        *STORY.whole(12),
        *Story(7, STORY.start, {**STORY.person, "patient_first_name": "Nara"}).whole(6),
    ]
    correction = replace(
        STORY.authorization(), revision=1, known_at=at(STORY.start + timedelta(days=40)), by=AGENT,
        values={**STORY.authorization().values, "cbc_date": "2014-01-01"},
    )  # fmt: skip
    play(engine, [*forms, correction])
    moment = at(STORY.start + timedelta(days=days))
    ledger = Ledger(ProgramSettings())
    for form in [*forms, correction]:
        if (form.known_at or form.received_at) <= moment:
            ledger.record(form)
    party = party_id("patient", STORY.id("pat"))
    if ledger.party(STORY.id("pat"), "patient") is None:
        with pytest.raises(UnknownParty):
            patient(engine, PROGRAM, party, moment)
    else:
        assert patient(engine, PROGRAM, party, moment).state == ledger.patient(party, moment)


def test_the_due_list_is_that_of_the_folded_states(engine: Engine) -> None:
    forms = [form for form in STORY.whole(12) if form.form != "patient_status"]
    play(engine, forms, fold=True)
    listed = due(engine, PROGRAM)
    moment = at(add_months(STORY.first_infusion, 19))
    then = due(engine, PROGRAM, moment)
    assert {line.month for line in then.lines} == {6, 12, 18}
    assert {line.patient for line in then.lines} == {party_id("patient", STORY.id("pat"))}
    # Kept in the tables for the present, made again from the forms for the past: the same lines.
    with reading(engine) as session:
        ledger = open_ledger(session, PROGRAM).ledger
        state = ledger.patient(party_id("patient", STORY.id("pat")), datetime.now(UTC))
    assert listed.lines == due_list([state])
    assert len(listed.lines) > 5
    last = listed.lines[-1].due_on
    assert due(engine, PROGRAM, since=last).lines == listed.lines[-1:]
    assert due(engine, PROGRAM, until=last - timedelta(days=1)).lines == listed.lines[:-1]


def test_a_state_is_explained_by_its_forms_and_rules(engine: Engine) -> None:
    rems_id = enrolled(engine)
    reasons = why(engine, PROGRAM, "patient", rems_id)
    assert {"enrolled", "authorized"} <= {reason.text.partition(":")[0] for reason in reasons}
    assert {STORY.id("pat"), STORY.id("pab-first")} <= {reason.document_id for reason in reasons}
    assert why(engine, PROGRAM, "prescriber", str(STORY.prescriber["prescriber_npi"]))


def test_what_the_program_says_of_a_form_is_found_by_the_form(engine: Engine) -> None:
    enrolled(engine)
    nobody = replace(STORY.status(6), document_id="lost", values={"patient_last_name": "Nobody"})
    early = replace(STORY.status(6), document_id="early")
    play(engine, [nobody, early])
    found = program_findings(engine, PROGRAM, ["lost", "early", STORY.id("pat")])
    assert "MATCH-02" in {finding.rule for finding in found["lost"]}
    assert "T1" in {finding.rule for finding in found["early"]}
    assert all(finding.document_id == name for name, own in found.items() for finding in own)
