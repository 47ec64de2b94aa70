from datetime import UTC, datetime, timedelta

import pytest
from desk_samples import (
    ANA,
    BEN,
    LEA,
    NPI,
    REASON,
    SAM,
    SETTINGS,
    SURNAME,
    TIM,
    answer,
    care_transfer,
    new_id,
    put,
    rules,
    say,
    task_of,
    truth,
)
from scipy.stats import beta
from sqlalchemy import text
from sqlalchemy.engine import Engine
from store_samples import FIRST, facts, sha

from store.audit import verify_audit
from store.database import reading
from store.desk.errors import RoleRefused, VerdictRefused
from store.desk.figures import (
    automation,
    due_counts,
    faxes_by_hour,
    pace_by_form,
    pace_by_kind,
    queue_ages,
    saving,
)
from store.desk.inbox import assign, cursor_of, inbox, state_counts
from store.desk.intervals import exact_interval, upper_bound
from store.desk.model import InboxFilter, InboxPage
from store.desk.proof import desk_breaks
from store.desk.quality import more_samples, quality
from store.desk.queue import next_work, release
from store.desk.rejecting import accept_again, reject_form
from store.desk.tables import Measurement
from store.desk.tending import is_sampled, tend
from store.desk.wall import claim_wall, confirm_wall, wall_groups
from store.export import export
from store.inbox import receive
from store.keys import document_key
from store.model import SetAside, TaskRecord
from store.recording import set_aside
from store.tables import Record, ReviewTask, Transmission

ALL = SETTINGS.model_copy(update={"sample_share": 1.0})
NONE = SETTINGS.model_copy(update={"sample_share": 0.0})


def listed(engine: Engine, wanted: InboxFilter | None = None, **more: object) -> InboxPage:
    with reading(engine) as session:
        return inbox(session, wanted or InboxFilter(), **more)  # type: ignore[arg-type]


def numbers(page: InboxPage) -> list[int]:
    known = {sha(number): number for number in range(20)}
    return [known[row.id] for row in page.rows]


@pytest.fixture
def house(engine: Engine) -> Engine:
    """Four faxes: in review, recorded, set aside, and just received."""
    put(engine, 1, care_transfer({SURNAME: "Wrong", REASON: "moved"}), priority=4)
    put(engine, 2, care_transfer({}), priority=2, sender="Clinic of Springfield")
    receive(engine, facts(3))
    set_aside(engine, sha(3), SetAside("encrypted", "The file asks for a password; ask for it again."))
    receive(engine, facts(4))
    return engine


def test_the_inbox_is_in_order_of_urgency_page_by_page(house: Engine) -> None:
    assert numbers(listed(house)) == [2, 1, 3, 4]
    first = listed(house, limit=3)
    assert first.next is not None
    assert cursor_of(first.next.text()) == first.next
    assert numbers(listed(house, after=first.next)) == [4]
    newest = listed(house, order="newest", limit=1)
    assert numbers(newest) == [4]
    assert numbers(listed(house, order="newest", after=newest.next)) == [3, 2, 1]
    assert cursor_of("rubbish") is None
    assert cursor_of("1~nan~x") is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (InboxFilter(status="set_aside"), [3]),
        (InboxFilter(priority=4), [1]),
        (InboxFilter(form="care_transfer"), [2, 1]),
        (InboxFilter(form="patient_status"), []),
        (InboxFilter(sender="Clinic of"), [2]),
        (InboxFilter(sender="555 010 0123"), [1]),
        (InboxFilter(sender="%"), []),
        (InboxFilter(rems_id=f" {str(truth()['patient_rems_id']).lower()}"), [2, 1]),
        (InboxFilter(patient=str(truth()[SURNAME])[:3].upper()), [2]),
        (InboxFilter(patient="<script>"), []),
        (InboxFilter(assigned_to=""), [2, 1, 3, 4]),
        (InboxFilter(received_before=FIRST + timedelta(minutes=2)), [1]),
        (InboxFilter(received_since=FIRST + timedelta(minutes=4)), [4]),
    ],
)
def test_the_inbox_is_filtered(house: Engine, wanted: InboxFilter, found: list[int]) -> None:
    assert numbers(listed(house, wanted)) == found


def test_a_row_says_what_is_missing(house: Engine) -> None:
    rows = {row.id: row for row in listed(house).rows}
    assert (rows[sha(1)].missing, rows[sha(1)].open_tasks) == ("2 fields to read", 2)
    assert [form.state for form in rows[sha(1)].forms] == ["in_review"]
    assert (rows[sha(1)].first_page, rows[sha(2)].missing) == (1, "")
    aside = rows[sha(3)].set_aside
    assert aside is not None
    assert aside.code == "encrypted"
    answer(house, SETTINGS, rules(), ANA, say(house, rows[sha(1)].forms[0].document_id, SURNAME))
    (row,) = listed(house, InboxFilter(priority=4)).rows
    assert "1 field to read" in row.missing
    assert len(row.missing) > len("1 field to read")
    with reading(house) as session:
        assert state_counts(session) == {"received": 1, "recorded": 1, "in_review": 1, "set_aside": 1}


def test_assigned_faxes_are_found(house: Engine) -> None:
    assign(house, TIM, [sha(1), sha(2)], "ana")
    assert numbers(listed(house, InboxFilter(assigned_to="ana"))) == [2, 1]
    assert numbers(listed(house, InboxFilter(assigned_to=""))) == [3, 4]


def test_a_form_is_rejected_by_a_person_and_taken_back(house: Engine) -> None:
    put(
        house, 5, care_transfer({SURNAME: "Wrong"}),
        tasks=(TaskRecord("adverse_event", "AE-02", 0, 0, 1, "reason_other"),),
    )  # fmt: skip
    document = document_key(sha(5), 0)
    with pytest.raises(RoleRefused):
        reject_form(house, SETTINGS, rules(), ANA, document, why="no signature")
    with pytest.raises(VerdictRefused):
        reject_form(house, SETTINGS, rules(), LEA, document, why=" ")
    assert reject_form(house, SETTINGS, rules(), LEA, document, why="a copy of a copy") == "rejected"
    assert reject_form(house, SETTINGS, rules(), LEA, document, why="again") == "rejected"
    with reading(house) as session:
        left = session.query(ReviewTask).filter_by(transmission_id=sha(5), status="open")
        assert [task.kind for task in left] == ["adverse_event"]
        assert session.get_one(Transmission, sha(5)).status == "in_review"
    answer(house, SETTINGS, rules(), SAM, say(house, document, "reason_other", verdict="confirmed"))
    with reading(house) as session:
        assert session.get_one(Transmission, sha(5)).status == "recorded"
    assert accept_again(house, SETTINGS, rules(), LEA, document, why="readable after all") == "in_review"
    assert task_of(house, document, SURNAME).status == "open"
    with reading(house) as session:
        assert session.get_one(Transmission, sha(5)).status == "in_review"
        assert verify_audit(session).whole
        assert list(desk_breaks(session)) == []


def test_alike_values_are_confirmed_together_and_the_odd_one_is_not(engine: Engine) -> None:
    keys = [put(engine, number, care_transfer({REASON: truth()[REASON]})) for number in range(1, 5)]
    tend(engine, NONE)
    with reading(engine) as session:
        (group,) = wall_groups(session, NONE, ANA)
    assert (group.field_kind, group.tasks) == ("choice", 4)
    wall = claim_wall(engine, NONE, ANA, group.field_kind, group.value)
    assert wall is not None
    assert wall.value == truth()[REASON]
    assert claim_wall(engine, NONE, BEN, group.field_kind, group.value) is None
    assert next_work(engine, NONE, BEN) is None
    odd, *alike = wall.tiles
    answer(engine, NONE, rules(), ANA, say(engine, alike[-1].document_id, REASON, "moved"))
    confirmed = [(tile.task_id, tile.version) for tile in alike]
    decision = new_id()
    saved = confirm_wall(engine, NONE, rules(), ANA, decision, wall.value, confirmed, [odd.task_id], 9.0)
    assert (set(saved.confirmed), saved.refused) == (
        {tile.task_id for tile in alike[:-1]},
        (alike[-1].task_id,),
    )
    again = confirm_wall(engine, NONE, rules(), ANA, decision, wall.value, confirmed, [])
    assert set(again.confirmed) == set(saved.confirmed)
    with reading(engine) as session:
        assert wall_groups(session, NONE, ANA) == ()
        states = [session.get_one(Record, key).state for key in keys]
        assert sorted(states) == ["in_review", "recorded", "recorded", "recorded"]
        assert verify_audit(session).whole
    left = next_work(engine, NONE, BEN)
    assert left is not None
    assert [task.id for task in left.tasks] == [odd.task_id]


def test_samples_look_like_second_entries_and_never_change_a_record(engine: Engine) -> None:
    key = put(engine, 1, care_transfer({}, **{SURNAME: "Misread"}))
    drawn = tend(engine, ALL).sampled
    assert drawn == len(truth())
    assert tend(engine, ALL).sampled == 0
    work = next_work(engine, ALL, ANA)
    assert work is not None
    assert work.state == "in_review"
    assert {(task.stage, task.blind, task.reason) for task in work.tasks} == {("second", True, "")}
    right = say(engine, key, NPI, truth()[NPI])
    assert answer(engine, ALL, rules(), ANA, right).happened == "settled"
    wrong = answer(engine, ALL, rules(), ANA, say(engine, key, SURNAME, truth()[SURNAME]))
    assert wrong.happened == "waits_for_lead"
    release(engine, ANA)
    answer(engine, ALL, rules(), BEN, say(engine, key, SURNAME, str(truth()[SURNAME]).lower()))
    with reading(engine) as session:
        measured = {row.field_kind: row.was_right for row in session.query(Measurement)}
        assert measured == {"npi": True, "name": False}
        record = session.get_one(Record, key)
        assert (record.state, record.content[SURNAME]) == ("recorded", "Misread")
        assert session.get_one(Transmission, sha(1)).status == "recorded"
        found = {one.field_kind: one for one in quality(session, ALL, 0.0014)}
        assert verify_audit(session).whole
    assert (found["name"].measured, found["name"].wrong) == (1, 1)
    assert found["npi"].error is not None
    assert found["npi"].error.low == 0.0
    assert found["npi"].more_samples > 2000
    assert found["npi"].accepted_share == 1.0


def test_the_same_fields_are_sampled_every_time() -> None:
    drawn = [name for name in map(str, range(20_000)) if is_sampled("document", name, 0.01)]
    assert 140 < len(drawn) < 260
    assert set(drawn) <= {name for name in map(str, range(20_000)) if is_sampled("document", name, 0.02)}


def test_bounds_are_those_of_scipy() -> None:
    for wrong, count in ((0, 1), (0, 2138), (1, 20), (3, 20_000.5), (7, 7), (40.25, 100.5)):
        found = exact_interval(wrong, count, 0.95)
        low = 0.0 if wrong == 0 else beta.ppf(0.025, wrong, count - wrong + 1)
        high = 1.0 if wrong >= count else beta.ppf(0.975, wrong + 1, count - wrong)
        assert found.low == pytest.approx(low, abs=1e-9)
        assert found.high == pytest.approx(high, abs=1e-9)


def test_what_it_takes_to_show_the_target_error() -> None:
    assert more_samples(0, 0, 0.0014, 0.95) == 2139
    assert more_samples(0, 2139, 0.0014, 0.95) == 0
    needed = more_samples(2, 1000, 0.0014, 0.95)
    assert upper_bound(2, 1000 + needed, 0.95) <= 0.0014 < upper_bound(2, 1000 + needed - 1, 0.95)


def test_the_figures_of_a_day(house: Engine) -> None:
    key = put(house, 6, care_transfer({REASON: "moved"}))
    answer(house, SETTINGS, rules(), ANA, say(house, key, REASON, truth()[REASON]))
    tend(house, SETTINGS)
    since = FIRST - timedelta(days=1)
    with reading(house) as session:
        hours = faxes_by_hour(session, since)
        assert sum(one.faxes for one in hours) == 5
        (age,) = [one for one in queue_ages(session) if one.priority == 4]
        assert age.tasks == 2
        assert age.oldest_seconds >= age.median_seconds > 0
        (pace,) = pace_by_kind(session, since)
        assert (pace.name, pace.answers, pace.median_seconds) == ("choice", 1, 2.5)
        assert [one.name for one in pace_by_form(session, since)] == ["care_transfer"]
        counted = {one.field_kind: one for one in automation(session, since.date())}
        assert (counted["npi"].reviewed, counted["choice"].reviewed) == (0, 2)
        assert counted["npi"].accepted > 0
        saved = saving(session, SETTINGS, since)
        assert saved.review_minutes == pytest.approx(2.5 / 60)
        assert saved.minutes == pytest.approx(saved.fields_accepted * 6 / 60 - 2.5 / 60)
        assert due_counts(session, datetime.now(UTC).date()) == {"due": 0, "overdue": 0, "missed": 0}


def test_exports_hold_answers_and_no_secrets(house: Engine, tmp_path: object) -> None:
    counted = export(house, tmp_path)  # type: ignore[arg-type]
    assert counted["answers"] == 0
    assert not {"accounts", "sessions", "logins", "measurements"} & counted.keys()


def test_an_answer_changed_behind_the_programs_back_shows(house: Engine) -> None:
    document = document_key(sha(1), 0)
    answer(house, SETTINGS, rules(), ANA, say(house, document, REASON, truth()[REASON]))
    with house.begin() as connection:
        if house.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE answers DISABLE TRIGGER ALL"))
        else:
            connection.execute(text("DROP TRIGGER answers_no_update"))
        connection.execute(text("UPDATE answers SET account = 'eve'"))
    with reading(house) as session:
        assert any("was changed or added" in sentence for sentence in desk_breaks(session))
