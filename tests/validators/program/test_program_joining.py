"""Forms that belong together."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from benchmarks.program_cases import AGENT, Story, at
from validators.program.decisions import CaseOpened, Joined, Linked
from validators.program.events import MACHINE, RecordedForm
from validators.program.joining import join, joined_forms
from validators.program.ledger import Ledger
from validators.program.settings import ProgramSettings

STORY = Story()
STATUS = STORY.status(6)
OPEN = replace(STATUS, complete=False, values={**STATUS.values, "signature": None})


def later(form: RecordedForm, **changed: object) -> RecordedForm:
    base = replace(
        form, document_id=f"{form.document_id}-2", received_at=form.received_at + timedelta(days=3)
    )
    return replace(base, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "earlier", "kind"),
    [
        (later(STATUS), STATUS, "resend"),
        (later(STATUS, values={**STATUS.values, "office_rems_id": "x"}), STATUS, "resend"),
        (later(STATUS), OPEN, "corrected"),
        (later(STATUS, values={**STATUS.values, "comments": "x"}), STATUS, "doubtful"),
        (
            later(STATUS, values={**STATUS.values, "comments": "x"}, case_number="C1"),
            replace(STATUS, case_number="C1"),
            "corrected",
        ),
        (later(STATUS, returned_print=True), STATUS, "returned_print"),
        (later(STATUS, returned_print=True, complete=False), STATUS, "doubtful"),
        (later(OPEN, values={**OPEN.values, "comments": "x"}), OPEN, "doubtful"),
        (STORY.status(12), STATUS, "separate"),
        (STORY.order(), STATUS, "separate"),
        (
            later(STORY.authorization(), values={**STORY.authorization().values, "cbc_date": "2015-10-01"}),
            STORY.authorization(),
            "separate",
        ),
    ],
)
def test_how_a_form_relates_to_an_earlier_one(new: RecordedForm, earlier: RecordedForm, kind: str) -> None:
    assert join(new, earlier) == kind


def pages() -> tuple[RecordedForm, RecordedForm]:
    first = {name: value for name, value in STATUS.values.items() if name != "signature"}
    page_2 = {"signature": True, "patient_rems_id": None}
    return (
        replace(STATUS, values=first, missing_pages=(2,), complete=False),
        later(
            STATUS,
            values={**page_2, "patient_last_name": STATUS.values["patient_last_name"]},
            missing_pages=(1,),
        ),
    )


def test_a_late_page_completes_the_form_from_the_day_it_came() -> None:
    first, second = pages()
    (whole,), (joined,), (finding,) = joined_forms([second, first], "patient:x", {})
    assert whole.values["signature"] is True
    assert (whole.document_id, whole.received_at) == (first.document_id, second.received_at)
    assert (whole.complete, whole.missing_pages) == (True, ())
    assert (joined.kind, finding.rule) == ("late_page", "JOIN-02")


def test_a_late_page_that_contradicts_is_no_late_page() -> None:
    first, second = pages()
    other = replace(second, values={**second.values, "patient_last_name": "Quist"})
    assert join(other, first) != "late_page"


def test_a_corrected_form_counts_and_the_earlier_is_kept() -> None:
    counting, joins, findings = joined_forms([OPEN, later(STATUS)], "patient:x", {})
    assert [form.document_id for form in counting] == [later(STATUS).document_id]
    assert joins[0].earlier_id == OPEN.document_id
    assert [finding.rule for finding in findings] == ["JOIN-03"]


def test_while_in_doubt_the_earlier_counts_until_a_person_says() -> None:
    other = later(STATUS, values={**STATUS.values, "comments": "x"})
    counting, _, findings = joined_forms([STATUS, other], "patient:x", {})
    assert [form.document_id for form in counting] == [STATUS.document_id]
    assert [finding.rule for finding in findings] == ["JOIN-05"]
    said = Joined(
        decision_id="j",
        at=at(date(2016, 5, 1)),
        who=AGENT,
        reason="called",
        document_id=other.document_id,
        earlier_id=STATUS.document_id,
        kind="corrected",
    )
    counting, _, _ = joined_forms([STATUS, other], "patient:x", {other.document_id: said})
    assert [form.document_id for form in counting] == [other.document_id]


def test_a_second_enrollment_that_differs_is_told_by_its_own_rule() -> None:
    one = STORY.enrollment()
    _, _, (finding,) = joined_forms(
        [one, later(one, values={**one.values, "sex": "female"})], "patient:x", {}
    )
    assert finding.rule == "G7"


def test_a_resend_changes_no_state() -> None:
    ledger = Ledger(ProgramSettings())
    for form in (*STORY.before_infusion(), STORY.checklist(), STATUS):
        ledger.record(form)
    party, moment = f"patient:{STORY.id('pat')}", at(date(2016, 12, 1))
    before = ledger.patient(party, moment)
    ledger.record(later(STATUS))
    after = ledger.patient(party, moment)
    assert replace(after, findings=before.findings) == before
    assert [finding.rule for finding in set(after.findings) - set(before.findings)] == ["JOIN-01"]


def opened(form: RecordedForm, case_number: str = "C-17") -> CaseOpened:
    return CaseOpened(
        decision_id=f"case:{case_number}",
        at=form.received_at,
        who=MACHINE,
        reason="pages are missing",
        document_id=form.document_id,
        case_number=case_number,
    )


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_page_without_a_name_finds_its_form_by_the_case_number(order: tuple[int, ...]) -> None:
    first, second = pages()
    late = replace(second, values={"signature": True}, case_number="C-17")
    case: list[RecordedForm | CaseOpened] = [first, late, opened(first)]
    ledger = Ledger(ProgramSettings())
    for form in (*STORY.before_infusion(), STORY.checklist()):
        ledger.record(form)
    for item in (case[place] for place in order):
        touched = ledger.decide(item) if isinstance(item, CaseOpened) else ledger.record(item)
    assert f"patient:{STORY.id('pat')}" in touched.parties
    snapshot = ledger.snapshot(at(date(2016, 6, 20)))
    state = snapshot.patients[f"patient:{STORY.id('pat')}"]
    assert (state.slots[0].state, state.slots[0].document_id) == ("on_time", first.document_id)
    assert {finding.rule for finding in snapshot.findings} == {"JOIN-02"}


def test_a_case_is_told_until_a_later_form_brings_what_was_missing() -> None:
    ledger = Ledger(ProgramSettings())
    for form in (*STORY.before_infusion(), STORY.checklist(), OPEN):
        ledger.record(form)
    ledger.decide(opened(OPEN))
    told = ledger.case_finding(OPEN.document_id)
    assert told is not None
    assert "C-17" in told.message
    # The office dates its answer anew: by what it says alone the form would be one of another period.
    answer = later(STATUS, values={**STATUS.values, "reporting_month": "12"})
    ledger.record(answer)
    assert ledger.joins(f"patient:{STORY.id('pat')}") == ()
    ledger.record(replace(answer, revision=1, case_number="C-17", known_at=answer.received_at))
    (join,) = ledger.joins(f"patient:{STORY.id('pat')}")
    assert (join.earlier_id, join.kind) == (OPEN.document_id, "corrected")
    assert ledger.case_finding(OPEN.document_id) is None
    assert [form.values["signature"] for form in ledger._book.revisions(OPEN.document_id)] == [None]


def test_a_number_that_nobody_was_given_joins_nothing() -> None:
    ledger = Ledger(ProgramSettings())
    first, second = pages()
    both = replace(first, case_number="C-17"), replace(second, values={"signature": True}, case_number="C-17")
    for form in (*STORY.before_infusion(), STORY.checklist(), *both):
        ledger.record(form)
    assert ledger.party(second.document_id, "patient") is None
    assert ledger.lacks(first.document_id)


def test_a_page_without_name_or_case_waits_for_a_person() -> None:
    first, second = pages()
    ledger = Ledger(ProgramSettings())
    for form in (
        *STORY.before_infusion(),
        STORY.checklist(),
        first,
        replace(second, values={"signature": True}),
    ):
        ledger.record(form)
    ((mention, _),) = ledger.questions_of_matching()
    assert mention.document_id == second.document_id
    party = f"patient:{STORY.id('pat')}"
    ledger.decide(
        Linked(
            decision_id="l",
            at=at(date(2016, 5, 1)),
            who=AGENT,
            reason="called",
            document_id=second.document_id,
            role="patient",
            party=party,
        )
    )
    assert ledger.patient(party, at(date(2016, 6, 20))).slots[0].state == "on_time"
