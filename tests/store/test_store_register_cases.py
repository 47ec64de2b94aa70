"""Forms that lack something: the case they get, who sees it, and how the answer joins."""

from dataclasses import replace
from datetime import timedelta

import pytest
from register_samples import PROGRAM
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from store_samples import FIRST, document, facts, fax, field, sha

from benchmarks.program_cases import Story
from store.audit import verify_audit
from store.corrections import correct_field
from store.database import reading
from store.inbox import receive
from store.keys import document_key
from store.model import DocumentRecord, OtherPageRecord, TextRecord
from store.queries import forms_of
from store.recording import record
from store.registers.asking import patient, program_findings
from store.registers.cases import case_numbers
from store.registers.deciding import join
from store.registers.finding import UnknownParty
from store.registers.opening import open_ledger
from store.registers.registering import follow_form, register_waiting
from store.registers.tables import CaseToOpen
from validators.model import CheckedForm
from validators.program.case_numbers import case_number_for
from validators.program.registry import party_id

PERSON = Story().person


def judge(form: CheckedForm, received_at: object) -> bool:
    return bool(received_at) and form.answers["signature"].value is True


def enrollment() -> DocumentRecord:
    fields = [field(name, value) for name, value in PERSON.items()]
    fields += [field("signature", True, kind="signature")]
    return document(
        1, form="patient_enrollment", fields=tuple(fields), findings=(), texts=(), outcome="recorded"
    )


def status(
    *, signed: bool, month: str = "6", said: str = "", pages: tuple[int, ...] = (2, 3)
) -> DocumentRecord:
    fields = [field(name, value) for name, value in PERSON.items()]
    fields += [field("signature", signed or None, kind="signature"), field("reporting_month", month)]
    margin = (TextRecord(pages[0], "margin", said, (1, 2, 3, 4), 0.8, True),) if said else ()
    return document(1, fields=tuple(fields), findings=(), texts=margin, pages=pages)


def came(engine: Engine, number: int, *forms: DocumentRecord, cover: str = "3 pages") -> str:
    """A fax of some forms, recorded; the key of the first."""
    receive(engine, facts(number))
    others = (OtherPageRecord(1, "cover", (TextRecord(1, "cover", cover),)),)
    record(engine, fax(number, documents=forms, other_pages=others, tasks=(), findings=()))
    return document_key(sha(number), 0)


def register(engine: Engine, *, all_came: bool = True) -> None:
    register_waiting(engine, PROGRAM, judge, issue_ids=all_came)


def case_of(engine: Engine, key: str) -> str | None:
    with reading(engine) as session:
        return case_numbers(session, [key]).get(key)


def joins(engine: Engine, key: str) -> list[tuple[str, str, str]]:
    with reading(engine) as session:
        ledger = open_ledger(session, PROGRAM).ledger
        found = ledger.joins(party_id("patient", key))
        return [(one.document_id, one.earlier_id, one.kind) for one in found]


def told(engine: Engine, key: str) -> str:
    found = program_findings(engine, PROGRAM, [key])[key]
    return " ".join(one.message for one in found if one.rule == "CASE-01")


def waiting(engine: Engine) -> int:
    with reading(engine) as session:
        return session.execute(select(func.count()).select_from(CaseToOpen)).scalar_one()


def test_a_form_that_lacks_something_gets_a_case_when_all_came(engine: Engine) -> None:
    who = came(engine, 1, enrollment())
    key = came(engine, 2, status(signed=False))
    register(engine, all_came=False)
    assert (case_of(engine, key), waiting(engine)) == (None, 1)
    register(engine)
    number = case_number_for(key, lambda _: False)
    assert (case_of(engine, key), case_of(engine, who), waiting(engine)) == (number, None, 0)
    register(engine)
    with reading(engine) as session:
        (form,) = forms_of(session, [key])
    assert form.case_number == number
    assert number in told(engine, key)
    assert patient(engine, PROGRAM, number.lower()).state.party == party_id("patient", who)
    with reading(engine) as session:
        assert verify_audit(session).whole


def test_a_form_that_waits_for_a_reviewer_gets_its_case_with_the_last_answer(engine: Engine) -> None:
    came(engine, 1, enrollment())
    doubtful = status(signed=False)
    fields = [
        one if one.name != "reporting_month" else replace(one, decision="review") for one in doubtful.fields
    ]
    key = came(engine, 2, replace(doubtful, fields=tuple(fields)))
    register(engine)
    assert (case_of(engine, key), waiting(engine)) == (None, 0)
    correct_field(engine, key, "reporting_month", "6", by="ana", why="read")
    follow_form(engine, key, PROGRAM, judge)
    assert case_of(engine, key) == case_number_for(key, lambda _: False)


def test_an_answer_of_the_same_batch_leaves_nothing_to_ask(engine: Engine) -> None:
    came(engine, 1, enrollment())
    first = came(engine, 2, status(signed=False))
    came(engine, 3, status(signed=True))
    register(engine)
    assert (case_of(engine, first), waiting(engine)) == (None, 0)


@pytest.mark.parametrize("place", ["cover", "margin"])
def test_an_answer_that_names_the_case_joins_what_it_answers(engine: Engine, place: str) -> None:
    who = came(engine, 1, enrollment())
    first = came(engine, 2, status(signed=False))
    register(engine)
    said = f"RE: CASE {case_of(engine, first)}"
    # Another month than before: by patient and form alone it would be a form of its own.
    answer = status(signed=True, month="12", said=said if place == "margin" else "")
    second = came(engine, 3, answer, cover=said if place == "cover" else "1 page")
    register(engine)
    assert joins(engine, who) == [(second, first, "corrected")]
    assert told(engine, first) == ""
    with reading(engine) as session:
        assert len(open_ledger(session, PROGRAM).book.revisions(first)) == 1, "the earlier version is kept"


def test_a_cover_before_several_forms_joins_none(engine: Engine) -> None:
    who = came(engine, 1, enrollment())
    first = came(engine, 2, status(signed=False))
    register(engine)
    forms = status(signed=True, month="12", pages=(2,)), status(signed=True, month="18", pages=(3,))
    came(engine, 3, *forms, cover=f"case {case_of(engine, first)}")
    register(engine)
    assert joins(engine, who) == []
    assert case_of(engine, first) is not None


def test_a_person_joins_by_the_number(engine: Engine) -> None:
    who = came(engine, 1, enrollment())
    first = came(engine, 2, status(signed=False))
    register(engine)
    number = case_of(engine, first)
    assert number is not None
    second = came(engine, 3, status(signed=True, month="12"))
    register(engine)
    join(engine, PROGRAM, second, number, "corrected", by="ana", role="lead", reason="the office says so")
    assert joins(engine, who) == [(second, first, "corrected")]


def test_a_case_of_somebody_unknown_is_told_as_that(engine: Engine) -> None:
    key = came(engine, 1, status(signed=False))
    register(engine)
    number = case_of(engine, key)
    assert number is not None
    with pytest.raises(UnknownParty, match="link it first"):
        patient(engine, PROGRAM, number)
    with pytest.raises(UnknownParty, match="check it"):
        patient(engine, PROGRAM, case_number_for("another", lambda _: False))


def test_an_earlier_day_knows_no_case_of_later(engine: Engine) -> None:
    who = came(engine, 1, enrollment())
    first = came(engine, 2, status(signed=False))
    register(engine)
    second = came(engine, 3, status(signed=True, month="12", said=f"case {case_of(engine, first)}"))
    register(engine)
    assert joins(engine, who) == [(second, first, "corrected")]
    then = patient(engine, PROGRAM, party_id("patient", who), FIRST + timedelta(minutes=2, seconds=30))
    assert then.documents == {who, first}
    assert "JOIN-03" not in {one.rule for one in then.state.findings}
    now = patient(engine, PROGRAM, party_id("patient", who))
    assert "JOIN-03" in {one.rule for one in now.state.findings}
