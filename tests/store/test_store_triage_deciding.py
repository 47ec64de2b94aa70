"""Decisions of triage are kept once, in the trail, and refused where they make no sense."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from store_samples import facts, fax, sha

from store.audit import verify_audit
from store.database import reading, writing
from store.errors import UnknownTransmission
from store.inbox import receive
from store.model import SetAside
from store.recording import record, set_aside
from store.tables import AuditRow
from store.triage.deciding import decide, planned
from store.triage.requests import ask_to_reread, request_states, requests_waiting, withdraw_request
from store.triage.steps import (
    JoinForms,
    MarkFax,
    MarkPage,
    MovePage,
    Reorder,
    SayPage,
    SendBack,
    SplitBefore,
    Step,
    StepRefused,
    Turn,
    Undo,
)
from store.triage.tables import TriageDecision
from store.triage.viewing import FaxMark, fax_view, marks_of

WHO = "mvs"


@pytest.fixture
def recorded(engine: Engine) -> Engine:
    """A store with two faxes of a cover sheet and one form on pages 2 and 3."""
    for number in (1, 2):
        receive(engine, facts(number))
        record(engine, fax(number))
    return engine


def whole(engine: Engine) -> bool:
    with reading(engine) as session:
        return verify_audit(session).whole


def test_a_decision_is_kept_with_who_when_why_and_what_stood_before(recorded: Engine) -> None:
    first = decide(recorded, sha(1), SayPage(1, "lab_report"), by=WHO, why="results, no cover")
    second = decide(recorded, sha(1), Turn(3, 2), by="other")
    assert (first.number, second.number, first.new) == (1, 2, True)
    with reading(recorded) as session:
        one, two = session.execute(select(TriageDecision).order_by(TriageDecision.number)).scalars()
        assert one.step == {"step": "say_page", "page": 1, "kind": "lab_report"}
        assert (one.decided_by, one.why, one.before["kind"]) == (WHO, "results, no cover", "cover")
        assert (two.before["quarter_turns"], two.before["form_pages"]) == (0, [2, 3])
        rows = session.execute(select(AuditRow).where(AuditRow.action == "triage")).scalars().all()
        assert [(row.actor, row.reference) for row in rows] == [
            (WHO, f"{sha(1)}/1"),
            ("other", f"{sha(1)}/2"),
        ]
        assert all("no cover" not in row.details for row in rows)
    assert whole(recorded)


def test_the_same_request_twice_is_one_decision(recorded: Engine) -> None:
    key = str(uuid4())
    first = decide(recorded, sha(1), SplitBefore(3), by=WHO, decision_id=key)
    again = decide(recorded, sha(1), SplitBefore(3), by=WHO, decision_id=key)
    assert (first.new, again.new, again.number, again.plan) == (True, False, 1, first.plan)
    with pytest.raises(StepRefused, match="id of its own"):
        decide(recorded, sha(1), Turn(1, 1), by=WHO, decision_id=key)
    with pytest.raises(StepRefused, match="UUID"):
        decide(recorded, sha(1), Turn(1, 1), by=WHO, decision_id="first")


@pytest.mark.parametrize(
    "step",
    [
        SplitBefore(3),
        JoinForms(1, 2),
        MovePage(1, 2),
        Reorder(3, 2),
        Turn(2, 1),
        SayPage(1, "form", "patient_status", "2015-11", 1),
        MarkPage(3, "not_ours"),
        MarkPage(3, "duplicate", 3, sha(2)),
        MarkFax("not_ours"),
        MarkFax("duplicate", sha(2)),
    ],
)
def test_every_step_can_be_taken_back_and_taken_again(recorded: Engine, step: Step) -> None:
    after = decide(recorded, sha(1), step, by=WHO).plan
    assert not after.is_empty
    assert decide(recorded, sha(1), Undo(1), by=WHO).plan.is_empty
    assert decide(recorded, sha(1), Undo(2), by=WHO).plan == after
    with reading(recorded) as session:
        assert session.query(TriageDecision).count() == 3
        view = fax_view(session, sha(1))
        assert view is not None
        assert [one.undone_by for one in view.decisions] == [None, 3, None]
    assert whole(recorded)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Turn(4, 1), "no page 4"),
        (SplitBefore(2), "first of its form"),
        (Undo(1), "no decision 1"),
        (SayPage(1, "form", "patient_status", "2015-11", 3), "catalog"),
        (SayPage(1, "form", "patient_statement", "2015-11", 1), "catalog"),
        (MarkFax("duplicate", sha(1)), "no duplicate of itself"),
        (MarkFax("duplicate", sha(9)), "knows no fax"),
        (MarkPage(1, "duplicate", 7, sha(2)), "not read"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_and_nothing_is_kept(
    recorded: Engine, step: Step, sentence: str
) -> None:
    with pytest.raises(StepRefused, match=sentence):
        decide(recorded, sha(1), step, by=WHO)
    with reading(recorded) as session:
        assert session.query(TriageDecision).count() == 0
        assert requests_waiting(session) == 0


def test_a_fax_that_is_unknown_or_not_read_yet_is_refused(engine: Engine) -> None:
    receive(engine, facts(1))
    with pytest.raises(StepRefused, match="not read yet"):
        decide(engine, sha(1), MarkFax("not_ours"), by=WHO)
    with pytest.raises(UnknownTransmission):
        decide(engine, sha(2), MarkFax("not_ours"), by=WHO)
    with pytest.raises(UnknownTransmission):
        ask_to_reread(engine, sha(2), by=WHO)


def test_saying_what_is_so_already_is_refused(recorded: Engine) -> None:
    decide(recorded, sha(1), Turn(2, 1), by=WHO)
    with pytest.raises(StepRefused, match="so already"):
        decide(recorded, sha(1), Turn(2, 1), by=WHO)


def test_two_faxes_cannot_be_duplicates_of_each_other(recorded: Engine) -> None:
    decide(recorded, sha(1), MarkFax("duplicate", sha(2)), by=WHO)
    with pytest.raises(StepRefused, match="marked itself"):
        decide(recorded, sha(2), MarkFax("duplicate", sha(1)), by=WHO)


def test_page_steps_wait_for_someone_to_ask_and_marks_of_the_fax_ask_themselves(recorded: Engine) -> None:
    decide(recorded, sha(1), SplitBefore(3), by=WHO)
    with reading(recorded) as session:
        assert request_states(session, [sha(1)]) == {}
        view = fax_view(session, sha(1))
        assert view is not None
        assert view.unread
    assert ask_to_reread(recorded, sha(1), by=WHO)
    assert not ask_to_reread(recorded, sha(1), by=WHO)
    assert withdraw_request(recorded, sha(1))
    assert not withdraw_request(recorded, sha(1))
    decide(recorded, sha(1), MarkFax("not_ours"), by=WHO)
    decide(recorded, sha(2), SendBack(), by=WHO)
    with reading(recorded) as session:
        states = request_states(session, [sha(1), sha(2)])
        assert {fax: state.state for fax, state in states.items()} == {sha(1): "waiting", sha(2): "waiting"}
        assert marks_of(session, [sha(1), sha(2)]) == {sha(1): FaxMark("not_ours", None)}
    decide(recorded, sha(2), Undo(1), by=WHO)
    with reading(recorded) as session:
        assert set(request_states(session, [sha(1), sha(2)])) == {sha(1)}


def test_a_set_aside_fax_is_sent_back(engine: Engine) -> None:
    receive(engine, facts(1))
    set_aside(engine, sha(1), SetAside("poppler_missing", "Install poppler."))
    assert decide(engine, sha(1), SendBack(), by=WHO, why="installed").plan.is_empty
    with reading(engine) as session:
        view = fax_view(session, sha(1))
        assert view is not None
        assert (view.pages, view.forms, view.request is not None) == ((), (), True)
        assert view.decisions[0].before == {"status": "set_aside", "mark": None}


def test_the_view_shows_what_people_said_beside_what_was_read(recorded: Engine) -> None:
    decide(recorded, sha(1), Reorder(3, 2), by=WHO)
    decide(recorded, sha(1), Turn(1, 2), by=WHO)
    decide(recorded, sha(1), MarkPage(2, "not_ours"), by=WHO)
    with reading(recorded) as session:
        view = fax_view(session, sha(1))
        assert fax_view(session, sha(7)) is None
    assert view is not None
    assert [(page.number, page.planned_form) for page in view.pages] == [(1, None), (3, 0), (2, None)]
    assert (view.pages[0].quarter_turns, view.pages[0].turned, view.pages[0].said) == (2, True, False)
    assert view.pages[2].mark is not None
    assert [(form.pages, form.form, form.document_id) for form in view.forms] == [
        ((3,), "patient_status", None)
    ]


def test_decisions_cannot_be_changed_and_a_change_behind_the_back_shows(
    recorded: Engine, database_url: str, opened: Callable[..., Engine]
) -> None:
    decide(recorded, sha(1), Turn(2, 1), by=WHO)
    for statement in ("UPDATE triage_decisions SET why = 'x'", "DELETE FROM triage_decisions"):
        with pytest.raises(DBAPIError, match="append-only"), writing(recorded) as session:
            session.execute(text(statement))
    with writing(recorded) as session:
        if recorded.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE triage_decisions DISABLE TRIGGER triage_decisions_append_only"))
        else:
            session.execute(text("DROP TRIGGER triage_decisions_no_update"))
        session.execute(text("UPDATE triage_decisions SET decided_by = 'nobody'"))
    with reading(opened(database_url)) as session:
        assert [found.message for found in verify_audit(session).breaks] == [
            f"Decision 1 about transmission {sha(1)} was changed."
        ]


def test_the_plan_names_the_last_decision_that_it_knows(recorded: Engine) -> None:
    decide(recorded, sha(1), Turn(2, 1), by=WHO)
    decide(recorded, sha(1), Undo(1), by=WHO)
    with reading(recorded) as session:
        plan, through = planned(session, sha(1))
    assert (plan.is_empty, through) == (True, 2)
