"""From a recorded fax to the registers: what a kill, a correction and an earlier delivery leave behind."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from register_samples import PROGRAM
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from store_samples import document, facts, fax, field, sha

from store.corrections import correct_field
from store.database import reading, writing
from store.inbox import receive
from store.keys import document_key
from store.recording import record
from store.registers import registering
from store.registers.opening import open_ledger
from store.registers.registering import FormsNotRegistered, record_form, register_waiting
from store.registers.tables import FormRevision, FormToRegister, MentionRow, PartyState
from store.tables import ReviewTask
from validators.model import CheckedForm
from validators.program.events import MACHINE, RecordedForm

WHOLE = {"patient_last_name", "date_of_birth", "signature", "signature_date"}


def judge(form: CheckedForm, received_at: datetime) -> bool:
    return received_at.tzinfo is not None and all(
        name in form.answers and form.answers[name].value for name in WHOLE
    )


def recorded(engine: Engine, number: int = 1, **changes: object) -> str:
    receive(engine, facts(number))
    record(engine, fax(number, **changes))
    return document_key(sha(number), 0)


def register(engine: Engine) -> int:
    return register_waiting(engine, PROGRAM, judge)


def versions(engine: Engine, document_id: str) -> list[RecordedForm]:
    with reading(engine) as session:
        return list(open_ledger(session, PROGRAM).book.revisions(document_id))


def waiting(engine: Engine) -> int:
    with reading(engine) as session:
        return session.execute(select(func.count()).select_from(FormToRegister)).scalar_one()


def test_a_recorded_form_waits_until_it_is_registered_once(engine: Engine) -> None:
    key = recorded(engine)
    assert waiting(engine) == 1
    assert versions(engine, key) == []
    assert register(engine) == 1
    assert register(engine) == 0
    assert waiting(engine) == 0
    (form,) = versions(engine, key)
    assert form.received_at == facts(1).received_at
    assert (form.revision, form.known_at, form.by) == (0, None, MACHINE)
    assert form.unsure == {"signature_date"}
    assert "signature_date" not in form.values
    assert form.values["conditions"] == ("itp", "melanoma")
    assert not form.complete


def test_a_form_that_was_set_aside_waits_for_nobody(engine: Engine) -> None:
    recorded(engine, documents=(document(1, outcome="set_aside"),))
    assert waiting(engine) == 0


def test_a_process_killed_between_record_and_registers_leaves_its_work_to_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [recorded(engine, number) for number in (1, 2, 3)]

    class Killed(BaseException):
        pass

    taken = registering.take_in
    calls: list[int] = []

    def killed_in_the_second(*arguments: object) -> None:
        taken(*arguments)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 2:
            raise Killed

    monkeypatch.setattr(registering, "take_in", killed_in_the_second)
    with pytest.raises(Killed):
        register(engine)
    monkeypatch.undo()
    assert waiting(engine) == 2
    assert register(engine) == 2
    assert [len(versions(engine, key)) for key in keys] == [1, 1, 1]


def test_a_form_that_cannot_be_registered_holds_up_no_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sorted(recorded(engine, number) for number in (1, 2))

    def refuse_the_first(session: object, document_id: str, *asked: object) -> list[RecordedForm]:
        if document_id == first:
            raise ValueError
        return original(session, document_id, *asked)  # type: ignore[arg-type]

    original = registering.versions_of
    monkeypatch.setattr(registering, "versions_of", refuse_the_first)
    with pytest.raises(FormsNotRegistered, match="1 forms could not"):
        register(engine)
    monkeypatch.undo()
    assert (len(versions(engine, first)), len(versions(engine, second))) == (0, 1)
    assert register(engine) == 1


def test_a_correction_gives_the_next_version_and_keeps_the_first(engine: Engine) -> None:
    key = recorded(engine)
    register(engine)
    correct_field(engine, key, "signature_date", "2026-11-01", by="reviewer 7", why="read")
    assert waiting(engine) == 1
    with writing(engine) as session:
        for task in session.execute(select(ReviewTask).where(ReviewTask.kind == "page")).scalars():
            task.status, task.done_by, task.done_at = "done", "reviewer 7", facts(1).received_at
    register(engine)
    first, second = versions(engine, key)
    assert not first.complete
    assert (second.revision, second.complete, second.by.name) == (1, True, "reviewer 7")
    assert second.values["signature_date"] == "2026-11-01"
    assert second.unsure == frozenset()
    assert second.known_at is not None


def test_versions_are_the_same_however_late_they_are_registered(engine: Engine) -> None:
    one, other = recorded(engine, 1), recorded(engine, 2)
    register(engine)
    for key in (one, other):
        correct_field(engine, key, "signature_date", "2026-11-02", by="a", why="read")
        if key == one:
            register(engine)
        correct_field(engine, key, "patient_last_name", "Ferreira", by="b", why="read")
    register(engine)

    def told(key: str) -> list[tuple[object, ...]]:
        return [(form.revision, form.values, form.unsure, form.by) for form in versions(engine, key)]

    assert told(one) == told(other)
    assert len(told(one)) == 3


def test_a_correction_that_confirms_what_was_sure_makes_no_version(engine: Engine) -> None:
    key = recorded(engine)
    register(engine)
    correct_field(engine, key, "patient_last_name", "Ferreira-Lundé", by="a", why="looked")
    register(engine)
    assert len(versions(engine, key)) == 1


def test_a_correction_changes_whom_the_form_means(engine: Engine) -> None:
    people = {"patient_first_name": "Mara", "patient_last_name": "Ferreira", "date_of_birth": "1980-02-29"}
    enrollment = document(
        1, form="patient_enrollment", pages=(2, 3), outcome="recorded", findings=(), texts=(),
        fields=tuple(field(name, value) for name, value in {**people, "patient_zip": "02139"}.items()),
    )  # fmt: skip
    patient = recorded(engine, 1, documents=(enrollment,), tasks=())
    misread = {
        **people,
        "patient_last_name": "Fervent",
        "date_of_birth": "1988-12-03",
        "patient_zip": "02139",
    }
    status = document(2, fields=tuple(field(name, value) for name, value in misread.items()), texts=())
    key = recorded(engine, 2, documents=(status,), tasks=())
    register(engine)

    def meant() -> str | None:
        with reading(engine) as session:
            return session.execute(
                select(MentionRow.party).where(MentionRow.document_id == key, MentionRow.role == "patient")
            ).scalar_one()

    assert meant() is None
    for name in ("patient_last_name", "date_of_birth"):
        correct_field(engine, key, name, people[name], by="a", why="read")
    register(engine)
    assert meant() == f"patient:{patient}"
    with reading(engine) as session:
        state = session.get_one(PartyState, f"patient:{patient}")
        assert (state.stale, state.state) == (False, "pending")


def test_an_earlier_delivery_moves_the_form_in_the_order_of_receipt(engine: Engine) -> None:
    key = recorded(engine)
    register(engine)
    receive(engine, facts(1, source="/inbox/first.tif", minutes=-500))
    assert waiting(engine) == 1
    register(engine)
    earlier = facts(1).received_at - timedelta(minutes=500)
    with reading(engine) as session:
        orders = session.execute(
            select(MentionRow.received_at).where(MentionRow.document_id == key)
        ).scalars()
        assert set(orders) == {earlier}
    assert [form.received_at for form in versions(engine, key)] == [earlier]


def test_two_that_register_at_once_take_each_form_once(engine: Engine) -> None:
    key = recorded(engine)
    assert record_form(engine, key, PROGRAM, judge)
    assert not record_form(engine, key, PROGRAM, judge)


def test_versions_and_decisions_cannot_be_changed(engine: Engine) -> None:
    key = recorded(engine)
    register(engine)
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as session:
        session.get_one(FormRevision, (key, 0)).complete = True
    assert replace(versions(engine, key)[0]).complete is False
