import uuid
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

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
    put,
    rules,
    say,
    task_of,
    truth,
)
from sqlalchemy import select, update
from sqlalchemy.engine import Engine
from store_samples import in_processes, sha

from store.audit import verify_audit
from store.database import open_database, reading, writing
from store.desk.errors import DeskRefused, HeldByAnother, StaleSave, UnknownTask, VerdictRefused
from store.desk.inbox import assign
from store.desk.model import Person, Said
from store.desk.queue import (
    add_comment,
    comments_of,
    next_work,
    open_work,
    postpone,
    queue_counts,
    release,
    renew,
)
from store.desk.tables import AnswerRow, LookRow
from store.model import TaskRecord
from store.tables import Correction, ReviewTask


def document(engine: Engine, number: int, **changes: object) -> str:
    return put(engine, number, care_transfer({SURNAME: "Wrong", REASON: "moved"}), **changes)


def test_a_person_holds_a_form_and_gets_it_in_reading_order(engine: Engine) -> None:
    key = document(engine, 1)
    work = next_work(engine, SETTINGS, ANA)
    assert work is not None
    assert (work.transmission_id, work.document_id, work.form) == (sha(1), key, "care_transfer")
    assert [task.field for task in work.tasks] == [SURNAME, REASON]
    assert [(page.number, page.width_px) for page in work.pages] == [(1, 1728)]
    assert (work.tasks[0].value, work.tasks[0].candidates[1].value) == ("Wrong", "x")
    assert next_work(engine, SETTINGS, BEN) is None
    with reading(engine) as session:
        looks = session.execute(
            select(LookRow.transmission_id, LookRow.page, LookRow.account, LookRow.purpose)
        )
        assert looks.tuples().all() == [(sha(1), 1, "ana", "review")]
    again = next_work(engine, SETTINGS, ANA)
    assert again is not None
    assert again.document_id == key
    with reading(engine) as session:
        counts = queue_counts(session, ANA)
    assert (counts["open"], counts["held"]) == (2, 2)


def test_the_most_urgent_comes_first_then_the_oldest(engine: Engine) -> None:
    late = document(engine, 5)
    early = document(engine, 2)
    urgent = put(engine, 9, care_transfer({}), tasks=(TaskRecord("page", "doubled", 1, 0, 1),))
    order = []
    for person in ("a", "b", "c"):
        work = next_work(engine, SETTINGS, Person(person, "reviewer"))
        assert work is not None
        order.append(work.document_id)
    assert order == [urgent, early, late]


def test_the_next_form_can_be_fetched_ahead(engine: Engine) -> None:
    two = care_transfer({SURNAME: "Wrong"})
    put(engine, 7, two, two)
    document(engine, 1)
    first = next_work(engine, SETTINGS, ANA)
    assert first is not None
    assert first.transmission_id == sha(1)
    held = [(first.transmission_id, first.document_id)]
    second = next_work(engine, SETTINGS, ANA, besides=held)
    assert second is not None
    held.append((second.transmission_id, second.document_id))
    third = next_work(engine, SETTINGS, ANA, besides=held)
    assert third is not None
    assert third.transmission_id == second.transmission_id == sha(7)
    held.append((third.transmission_id, third.document_id))
    assert next_work(engine, SETTINGS, ANA, besides=held) is None


def test_a_lease_ends_and_is_renewed_and_given_back(engine: Engine) -> None:
    key = document(engine, 1)
    next_work(engine, SETTINGS, ANA)
    with pytest.raises(HeldByAnother, match="ana works on"):
        open_work(engine, SETTINGS, BEN, sha(1), key)
    assert renew(engine, SETTINGS, ANA, sha(1), key)
    assert not renew(engine, SETTINGS, BEN, sha(1), key)
    _let_leases_end(engine)
    taken = open_work(engine, SETTINGS, BEN, sha(1), key)
    assert taken is not None
    assert not renew(engine, SETTINGS, ANA, sha(1), key)
    assert release(engine, BEN) == 2
    assert next_work(engine, SETTINGS, ANA) is not None


def test_a_task_put_off_comes_back(engine: Engine) -> None:
    key = document(engine, 1)
    later = datetime.now(UTC) + timedelta(hours=2)
    task = task_of(engine, key, SURNAME)
    version = postpone(engine, ANA, task.id, task.version, later)
    work = next_work(engine, SETTINGS, BEN)
    assert work is not None
    assert [one.field for one in work.tasks] == [REASON]
    with pytest.raises(StaleSave):
        postpone(engine, ANA, task.id, task.version, later)
    release(engine, BEN)
    postpone(engine, ANA, task.id, version, datetime.now(UTC) - timedelta(seconds=1))
    work = next_work(engine, SETTINGS, BEN)
    assert work is not None
    assert len(work.tasks) == 2


def test_an_assigned_fax_goes_to_its_person_alone(engine: Engine) -> None:
    document(engine, 1)
    assert assign(engine, TIM, [sha(1), "0" * 64], "ben") == 1
    assert assign(engine, TIM, [sha(1)], "ben") == 0
    assert next_work(engine, SETTINGS, ANA) is None
    assert next_work(engine, SETTINGS, BEN) is not None
    assign(engine, TIM, [sha(1)], None)
    release(engine, BEN)
    assert next_work(engine, SETTINGS, ANA) is not None
    with reading(engine) as session:
        assert verify_audit(session).whole


def test_each_role_gets_what_it_may_do(engine: Engine) -> None:
    flag = TaskRecord("adverse_event", "AE-02", 0, 0, 1, "reason_other")
    put(engine, 1, care_transfer({SURNAME: "Wrong"}), tasks=(flag,))
    kinds = {}
    for person in (ANA, SAM, LEA, TIM):
        work = next_work(engine, SETTINGS, person)
        kinds[person.role] = {task.kind for task in work.tasks} if work else set()
        release(engine, person)
    assert kinds == {
        "reviewer": {"field"},
        "safety": {"field", "adverse_event"},
        "lead": {"field"},
        "triage": set(),
    }


def test_comments_are_kept(engine: Engine) -> None:
    key = document(engine, 1)
    task = task_of(engine, key, SURNAME)
    add_comment(engine, ANA, task.id, " <script>alert(1)</script> ")
    with reading(engine) as session:
        (comment,) = comments_of(session, task.id)
    assert (comment.by, comment.text) == ("ana", "<script>alert(1)</script>")
    work = next_work(engine, SETTINGS, BEN)
    assert work is not None
    assert work.tasks[0].comments == 1
    with pytest.raises(VerdictRefused):
        add_comment(engine, ANA, task.id, "x" * 10_000_000)
    with pytest.raises(UnknownTask):
        add_comment(engine, ANA, str(uuid.uuid4()), "x")


def test_two_saves_of_one_task_at_once_store_one(engine: Engine) -> None:
    key = document(engine, 1)
    said = [(person, say(engine, key, SURNAME, f"by {person.account}")) for person in (ANA, BEN, LEA, SAM)]
    together, stored, refused = Barrier(len(said)), [], []

    def save(person: Person, what: Said) -> None:
        together.wait()
        try:
            answer(engine, SETTINGS, rules(), person, what)
            stored.append(person.account)
        except DeskRefused as error:
            refused.append(type(error))

    threads = [Thread(target=save, args=one) for one in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored) == 1
    assert refused == [StaleSave] * 3
    with reading(engine) as session:
        (correction,) = session.query(Correction)
        assert correction.corrected_by == stored[0]


def test_people_in_processes_race_and_every_decision_is_stored_once(
    engine: Engine, database_url: str
) -> None:
    for number in range(1, 7):
        put(engine, number, care_transfer({SURNAME: "Wrong", REASON: "moved", NPI: "1234567893"}))
    engine.dispose()
    with in_processes(4) as pool:
        told = pool.map(_work_all, [(database_url, f"person{at}") for at in range(4)], chunksize=1)
    decisions = [decision for mine in told for decision in mine]
    with reading(engine) as session:
        rows = session.query(AnswerRow).all()
        assert sorted(row.id for row in rows) == sorted(decisions)
        assert len({(row.task_id, row.stage) for row in rows}) == len(rows)
        assert session.query(ReviewTask).filter_by(status="open").count() == 0
        assert session.query(Correction).count() == 18
        assert verify_audit(session).whole


def _work_all(work: tuple[str, str]) -> list[str]:
    url, account = work
    engine, person, stored = open_database(url), Person(account, "reviewer"), []
    idle = 0
    while idle < 60:
        got = next_work(engine, SETTINGS, person)
        if got is None:
            idle += 1
            continue
        idle = 0
        for task in got.tasks:
            value = truth()[str(task.field)]
            said = Said(str(uuid.uuid4()), task.id, task.version, "value", value)
            answer(engine, SETTINGS, rules(), person, said)
            stored.append(said.decision_id)
    return stored


def _let_leases_end(engine: Engine) -> None:
    with writing(engine) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(ReviewTask).values(claimed_until=past))
