"""What changes by itself at midnight, and which lists have to look at it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from register_samples import PROGRAM, play
from sqlalchemy import select
from sqlalchemy.engine import Engine

from benchmarks.program_cases import Story, at, prescriber_values
from store.database import reading
from store.registers.asking import due
from store.registers.folding import fold_stale
from store.registers.opening import open_ledger
from store.registers.tables import PartyState
from validators.program.by_itself import care_changes_at, patient_changes_at
from validators.program.due import due_list
from validators.program.events import RecordedForm
from validators.program.ledger import Ledger
from validators.program.moments import add_months, start_of
from validators.program.registry import party_id

STORY = Story()
PATIENT = party_id("patient", STORY.id("pat"))
SECOND = add_months(STORY.first_infusion, 12)
INFUSED = [*STORY.before_infusion(), STORY.checklist()]
AUTHORIZED_AGAIN = [*INFUSED, STORY.order("second", "3", SECOND), STORY.authorization("second", SECOND)]
SUCCESSOR = Story(number=9, prescriber=prescriber_values("Tomas", "Okafor", 2))
LEAVES_ON = date(2016, 5, 1)


def transfer(*, accepted: bool) -> RecordedForm:
    """Filed a month before it takes effect."""
    successor = prescriber_values("Tomas", "Okafor", 2, "new_prescriber")
    more = {"effective_date": LEAVES_ON.isoformat(), "reason": "moved", "signature": True}
    values = {**STORY.person, **STORY.prescriber, **successor, **more, "new_prescriber_signature": accepted}
    received = at(LEAVES_ON - timedelta(days=30))
    return replace(
        STORY.status(6), document_id="nlc", form="care_transfer", received_at=received, values=values
    )


def folded(engine: Engine) -> tuple[str, datetime | None]:
    with reading(engine) as session:
        row = session.execute(
            select(PartyState.state, PartyState.folded_at).where(PartyState.party == PATIENT)
        ).one()
        return row.state, row.folded_at


def test_the_due_list_folds_nobody_whose_authorization_alone_lapsed(engine: Engine) -> None:
    play(engine, AUTHORIZED_AGAIN)
    before = at(SECOND - timedelta(days=1))
    fold_stale(engine, PROGRAM, before)
    assert folded(engine) == ("authorized", before)
    listed = due(engine, PROGRAM)
    assert folded(engine) == ("authorized", before)
    with reading(engine) as session:
        state = open_ledger(session, PROGRAM).ledger.patient(PATIENT, datetime.now(UTC))
    assert state.stage != "authorized"
    assert listed.lines == due_list([state]) != ()
    fold_stale(engine, PROGRAM)
    assert folded(engine)[0] == state.stage
    assert due(engine, PROGRAM) == listed


def test_the_due_list_knows_the_carer_of_today(engine: Engine) -> None:
    play(engine, [*INFUSED, *SUCCESSOR.certification(), transfer(accepted=True)])
    fold_stale(engine, PROGRAM, at(LEAVES_ON - timedelta(days=2)))
    assert {line.prescriber for line in due(engine, PROGRAM).lines} == {
        party_id("prescriber", SUCCESSOR.id("pka"))
    }


def test_an_orphan_is_listed_from_the_day_on_which_care_ends_until_follow_up_does(engine: Engine) -> None:
    start = datetime.now(UTC).date() - timedelta(days=400)
    story = Story(start=start)
    gone = replace(
        transfer(accepted=False),
        received_at=at(start + timedelta(days=90)),
        values={**transfer(accepted=False).values, "effective_date": str(start + timedelta(days=100))},
    )
    play(engine, [*story.before_infusion(), story.checklist(), gone])
    fold_stale(engine, PROGRAM, at(start + timedelta(days=95)))
    assert due(engine, PROGRAM).orphaned == (PATIENT,)


def test_care_changes_with_the_midnight_of_the_programs_zone() -> None:
    ledger = Ledger(PROGRAM.settings)
    for form in [*INFUSED, *SUCCESSOR.certification(), transfer(accepted=True)]:
        ledger.record(form)
    midnight = start_of(LEAVES_ON, PROGRAM.settings.zone)
    assert midnight == datetime(2016, 5, 1, 4, tzinfo=UTC)
    state = ledger.patient(PATIENT, midnight - timedelta(microseconds=1))
    assert care_changes_at(state, PROGRAM.settings) == midnight
    state = ledger.patient(PATIENT, midnight)
    assert care_changes_at(state, PROGRAM.settings) is None


def test_an_orphans_list_ends_with_the_follow_up() -> None:
    ledger = Ledger(PROGRAM.settings)
    for form in [*INFUSED, transfer(accepted=False)]:
        ledger.record(form)
    state = ledger.patient(PATIENT, at(LEAVES_ON))
    assert state.orphaned
    assert state.span is not None
    over = start_of(state.span.ends_on + timedelta(days=1), PROGRAM.settings.zone)
    assert care_changes_at(state, PROGRAM.settings) == patient_changes_at(state, PROGRAM.settings) == over
    assert not ledger.patient(PATIENT, over).orphaned
