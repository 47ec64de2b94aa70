from dataclasses import replace

import pytest
from desk_samples import (
    ANA,
    AUDITOR,
    BEN,
    EVA,
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
from sqlalchemy.engine import Engine
from store_samples import sha

from store.audit import verify_audit
from store.database import reading
from store.desk.answering import undo, what_stands
from store.desk.errors import (
    DecisionTaken,
    HeldByAnother,
    NothingToUndo,
    OwnWork,
    RoleRefused,
    StaleSave,
    UnknownTask,
    VerdictRefused,
)
from store.desk.model import Person, Said, Saved
from store.desk.outreach import back_to_queue, outreach
from store.desk.queue import next_work
from store.model import TaskRecord, Value
from store.tables import Correction, Record, ReviewTask, Transmission


def answered(engine: Engine, person: Person, said: Said) -> Saved:
    return answer(engine, SETTINGS, rules(), person, said)


def enter(engine: Engine, person: Person, document: str, field: str, value: Value = None) -> Saved:
    return answered(engine, person, say(engine, document, field, value))


def content(engine: Engine, document: str) -> dict[str, object]:
    with reading(engine) as session:
        return session.get_one(Record, document).content


def status(engine: Engine, number: int = 1) -> str:
    with reading(engine) as session:
        return session.get_one(Transmission, sha(number)).status


def is_whole(engine: Engine) -> bool:
    with reading(engine) as session:
        return verify_audit(session).whole


def test_the_sample_form_breaks_no_rule(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    with reading(engine) as session:
        stands = what_stands(session, rules(), document, {SURNAME: truth()[SURNAME]})
    assert [one.rule for one in stands if one.blocks] == []


def test_the_last_answer_records_the_form_and_the_fax(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong", REASON: "moved"}))
    first = enter(engine, ANA, document, SURNAME, truth()[SURNAME])
    assert (first.happened, first.state, first.status) == ("settled", "in_review", "in_review")
    assert status(engine) == "in_review"
    last = enter(engine, ANA, document, REASON, truth()[REASON])
    assert (last.state, last.status) == ("recorded", "recorded")
    assert status(engine) == "recorded"
    assert content(engine, document) == truth()
    assert is_whole(engine)


def test_an_edit_is_checked_at_once_and_nothing_is_written(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({"effective_date": None}))
    with reading(engine) as session:
        stands = what_stands(session, rules(), document, {"signature_date": "2099-01-01"})
        assert any(one.blocks and "signature_date" in one.fields for one in stands)
    assert task_of(engine, document, "effective_date").version == 0


def test_a_rule_that_an_answer_breaks_asks_for_itself_and_is_closed_by_the_right_one(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({"signature_date": "2026-10-01", SURNAME: "Wrong"}))
    said = enter(engine, ANA, document, "signature_date", "2099-01-01")
    broken = [task for task in said.opened if task.kind == "document"]
    assert broken
    assert all(task.message for task in broken)
    enter(engine, ANA, document, SURNAME, truth()[SURNAME])
    assert status(engine) == "in_review"
    undone = undo(engine, SETTINGS, rules(), ANA, new_id(), said.decision_id)
    assert set(undone.closed) == {task.id for task in broken}
    done = enter(engine, ANA, document, "signature_date", truth()["signature_date"])
    assert (done.state, done.status) == ("recorded", "recorded")
    assert is_whole(engine)


def test_the_same_decision_twice_is_stored_once(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    said = say(engine, document, SURNAME, "Right")
    once, again = answered(engine, ANA, said), answered(engine, ANA, said)
    assert (once.repeated, again.repeated) == (False, True)
    assert replace(again, repeated=False) == replace(once, opened=(), closed=())
    with reading(engine) as session:
        assert session.query(Correction).count() == 1


def test_a_decision_id_is_of_one_decision(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong", REASON: "moved"}))
    said = say(engine, document, SURNAME, "Right")
    answered(engine, ANA, said)
    other = say(engine, document, REASON, truth()[REASON], decision_id=said.decision_id)
    with pytest.raises(DecisionTaken, match="reload"):
        answered(engine, ANA, other)
    with pytest.raises(DecisionTaken):
        answered(engine, BEN, said)
    with pytest.raises(VerdictRefused, match="UUID"):
        answered(engine, ANA, replace(said, decision_id="1"))


def test_the_second_saver_is_refused_with_both_values(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    late = say(engine, document, SURNAME, "Ben's")
    enter(engine, ANA, document, SURNAME, "Ana's")
    with pytest.raises(StaleSave) as refused:
        answered(engine, BEN, late)
    seen = refused.value
    assert (seen.current, seen.yours, seen.by, seen.open) == ("Ana's", "Ben's", "ana", False)
    assert "Ana" not in str(seen)
    assert content(engine, document)[SURNAME] == "Ana's"


def test_nobody_saves_what_somebody_else_holds(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    assert next_work(engine, SETTINGS, ANA) is not None
    with pytest.raises(HeldByAnother) as refused:
        enter(engine, BEN, document, SURNAME, "Right")
    assert refused.value.by == "ana"
    assert enter(engine, ANA, document, SURNAME, "Right").happened == "settled"


def test_two_equal_entries_of_two_people_settle(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({NPI: "1234567893"}))
    first = enter(engine, ANA, document, NPI, str(truth()[NPI]))
    assert (first.happened, first.state) == ("waits_for_second", "in_review")
    assert NPI not in content(engine, document)
    with pytest.raises(OwnWork, match="somebody else"):
        enter(engine, ANA, document, NPI, str(truth()[NPI]))
    second = enter(engine, BEN, document, NPI, f" {truth()[NPI]} ")
    assert (second.happened, second.state) == ("settled", "recorded")
    assert content(engine, document)[NPI] == truth()[NPI]
    assert is_whole(engine)


def test_two_that_differ_go_to_a_lead_who_made_neither(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({NPI: "1234567893"}))
    enter(engine, LEA, document, NPI, "1234567893")
    assert enter(engine, BEN, document, NPI, str(truth()[NPI])).happened == "waits_for_lead"
    with pytest.raises(RoleRefused, match="a lead"):
        enter(engine, EVA, document, NPI, str(truth()[NPI]))
    with pytest.raises(OwnWork):
        enter(engine, LEA, document, NPI, str(truth()[NPI]))
    other = Person("lou", "lead")
    work = next_work(engine, SETTINGS, other)
    assert work is not None
    assert [entry.value for entry in work.tasks[0].entries] == ["1234567893", truth()[NPI]]
    assert enter(engine, other, document, NPI, str(truth()[NPI])).state == "recorded"


def test_a_blind_entry_sees_nothing(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({NPI: "1234567893"}))
    enter(engine, ANA, document, NPI, "1234567893")
    assert next_work(engine, SETTINGS, ANA) is None
    work = next_work(engine, SETTINGS, BEN)
    assert work is not None
    (task,) = work.tasks
    assert task.blind
    assert (task.value, task.raw, task.confidence, task.candidates, task.reasons) == (None, "", None, (), ())
    late = say(engine, document, NPI, "1", version=0)
    with pytest.raises(StaleSave) as refused:
        answered(engine, BEN, late)
    assert refused.value.current is None


def test_what_cannot_be_read_is_asked_of_the_sender(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    said = say(engine, document, SURNAME, verdict="unreadable", why="a blot")
    assert answered(engine, ANA, said).happened == "waits_for_sender"
    assert next_work(engine, SETTINGS, BEN) is None
    with reading(engine) as session:
        (line,) = outreach(session)
    assert (line.field, line.asked_by, line.verdict, line.asks) == (SURNAME, "ana", "unreadable", "a blot")
    assert enter(engine, TIM, document, SURNAME, truth()[SURNAME]).state == "recorded"
    with reading(engine) as session:
        assert outreach(session) == ()
        assert session.query(Correction).one().why == "asked the sender"


def test_a_task_comes_back_from_outreach(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({NPI: "1234567893"}))
    enter(engine, ANA, document, NPI, "1234567893")
    said = answered(engine, BEN, say(engine, document, NPI, verdict="ask_sender", why="which one?"))
    with pytest.raises(StaleSave):
        back_to_queue(engine, TIM, new_id(), said.task_id, said.version - 1)
    decision = new_id()
    version = back_to_queue(engine, TIM, decision, said.task_id, said.version)
    assert back_to_queue(engine, TIM, decision, said.task_id, said.version) == version
    assert enter(engine, ANA, document, NPI, str(truth()[NPI])).happened == "waits_for_second"
    assert enter(engine, BEN, document, NPI, str(truth()[NPI])).happened == "settled"
    assert is_whole(engine)


def test_an_answer_is_taken_back_and_the_field_is_in_doubt_again(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    said = enter(engine, ANA, document, SURNAME, "Slip")
    assert said.state == "recorded"
    with pytest.raises(NothingToUndo, match="one's own"):
        undo(engine, SETTINGS, rules(), BEN, new_id(), said.decision_id)
    decision = new_id()
    undone = undo(engine, SETTINGS, rules(), ANA, decision, said.decision_id)
    assert (undone.happened, undone.state, undone.status) == ("undone", "in_review", "in_review")
    assert [task.id for task in undone.opened] == [said.task_id]
    assert undo(engine, SETTINGS, rules(), ANA, decision, said.decision_id).repeated
    assert SURNAME not in content(engine, document)
    with pytest.raises(NothingToUndo):
        undo(engine, SETTINGS, rules(), ANA, new_id(), said.decision_id)
    assert enter(engine, ANA, document, SURNAME, truth()[SURNAME]).state == "recorded"
    with reading(engine) as session:
        assert [row.withdrawn for row in session.query(Correction).order_by(Correction.number)] == [
            False,
            True,
            False,
        ]
    assert is_whole(engine)


def test_an_entry_that_somebody_built_on_cannot_be_taken_back(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({NPI: "1234567893"}))
    first = enter(engine, ANA, document, NPI, "1234567893")
    enter(engine, BEN, document, NPI, "1234567893")
    with pytest.raises(NothingToUndo, match="gone on"):
        undo(engine, SETTINGS, rules(), ANA, new_id(), first.decision_id)


def test_a_first_entry_is_taken_back_before_the_second(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({NPI: "1234567893"}))
    first = enter(engine, ANA, document, NPI, "1234567893")
    undone = undo(engine, SETTINGS, rules(), ANA, new_id(), first.decision_id)
    assert not undone.opened[0].blind
    assert enter(engine, ANA, document, NPI, str(truth()[NPI])).happened == "waits_for_second"


def test_only_safety_closes_a_flag_and_says_why(engine: Engine) -> None:
    flag = TaskRecord("adverse_event", "AE-02", 0, 0, 1, "reason_other")
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}), tasks=(flag,))
    enter(engine, ANA, document, SURNAME, truth()[SURNAME])
    assert status(engine) == "in_review"
    said = say(engine, document, "reason_other", verdict="confirmed")
    for person in (ANA, LEA, TIM):
        with pytest.raises(RoleRefused, match="safety"):
            answered(engine, person, said)
    with pytest.raises(VerdictRefused, match="why"):
        answered(engine, SAM, replace(said, verdict="dismissed"))
    done = answered(engine, SAM, replace(said, verdict="dismissed", why="a name, no event"))
    assert (done.state, done.status) == ("recorded", "recorded")
    reopened = undo(engine, SETTINGS, rules(), SAM, new_id(), done.decision_id)
    assert (reopened.state, reopened.status) == ("in_review", "in_review")


def test_an_answer_that_tells_of_an_event_raises_a_flag(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({"reason_other": "x", REASON: "moved"}))
    said = enter(engine, ANA, document, "reason_other", "hospitalized with hives")
    assert status(engine) == "in_review"
    with reading(engine) as session:
        (flag,) = session.query(ReviewTask).filter_by(kind="adverse_event")
        assert (flag.priority, flag.status) == (0, "open")
        assert session.get_one(Transmission, sha(1)).priority == 0
        assert verify_audit(session).whole
    assert "adverse_event" not in {task.kind for task in said.opened}  # which a reviewer may not close


def test_fields_of_an_event_are_entered_twice(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({"reason_other": "x", REASON: "moved"}))
    enter(engine, ANA, document, "reason_other", "hospitalized with hives")
    with reading(engine) as session:
        stands = what_stands(session, rules(), document, {})
        named = {name for one in stands if one.rule.startswith("AE-") for name in one.fields}
    assert "reason_other" in named
    assert enter(engine, ANA, document, REASON, "other").happened == "settled"


def test_a_rule_is_not_waved_through(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    enter(engine, ANA, document, SURNAME)  # required, and empty
    with reading(engine) as session:
        (task,) = session.query(ReviewTask).filter_by(status="open")
        assert task.kind == "document"
        said = Said(new_id(), task.id, task.version, "confirmed")
    with pytest.raises(VerdictRefused, match="stands until the form changes"):
        answered(engine, ANA, said)
    assert answered(engine, ANA, replace(said, verdict="ask_sender")).happened == "waits_for_sender"


def test_a_doubtful_page_asks_for_its_fields_once_it_is_settled(engine: Engine) -> None:
    form = care_transfer({SURNAME: "Wrong", REASON: "moved"})
    document = put(engine, 1, form, asked=False, tasks=(TaskRecord("page", "registration", 4, 0, 1),))
    work = next_work(engine, SETTINGS, ANA)
    assert work is not None
    (page,) = work.tasks
    done = answered(engine, ANA, Said(new_id(), page.id, page.version, "confirmed"))
    assert [task.field for task in done.opened] == [SURNAME, REASON]
    assert done.state == "in_review"
    undone = undo(engine, SETTINGS, rules(), ANA, new_id(), done.decision_id)
    assert undone.opened[0].id == page.id
    again = answered(engine, ANA, Said(new_id(), page.id, undone.version, "confirmed"))
    assert again.state == "in_review"
    for field in (SURNAME, REASON):
        said = enter(engine, ANA, document, field, truth()[field])
    assert (said.state, said.status) == ("recorded", "recorded")


def test_the_auditor_answers_nothing(engine: Engine) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    with pytest.raises(RoleRefused):
        enter(engine, AUDITOR, document, SURNAME, "x")
    assert next_work(engine, SETTINGS, AUDITOR) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "confirmed"},
        {"verdict": "value", "value": None},
        {"verdict": "empty", "value": "x"},
        {"verdict": "value", "value": "x" * 10_001},
        {"verdict": "value", "value": "x", "why": "y" * 2_001},
    ],
)
def test_what_says_nothing_is_refused(engine: Engine, changes: dict[str, object]) -> None:
    document = put(engine, 1, care_transfer({SURNAME: "Wrong"}))
    with pytest.raises(VerdictRefused):
        answered(engine, ANA, say(engine, document, SURNAME, **changes))
    with pytest.raises(UnknownTask):
        answered(engine, ANA, Said(new_id(), new_id(), 0, "empty"))
