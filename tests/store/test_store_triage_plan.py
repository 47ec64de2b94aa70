"""Decisions give a plan, whatever they are and in whatever order they are taken back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.triage.plan import Layout, Numbered, after, arrange, plan_json, plan_of, standing
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
    step_json,
    step_of,
)

TWO_FORMS = Layout(pages=(1, 2, 3, 4, 5), forms=((2, 3), (4, 5)))
"""A cover sheet and two forms of two pages."""

PAGES = st.integers(1, 6)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(SplitBefore, PAGES),
    st.builds(JoinForms, PAGES, PAGES),
    st.builds(MovePage, PAGES, PAGES),
    st.builds(Reorder, PAGES, st.none() | PAGES),
    st.builds(Turn, PAGES, st.integers(0, 3)),
    st.builds(SayPage, PAGES, st.sampled_from(["cover", "lab_report", "blank", "unknown"])),
    st.builds(
        SayPage, PAGES, st.just("form"), st.just("patient_status"), st.just("2015-11"), st.integers(1, 2)
    ),
    st.builds(MarkPage, PAGES, st.just("not_ours")),
    st.builds(MarkPage, PAGES, st.just("duplicate"), PAGES),
    st.just(MarkFax("not_ours")),
    st.just(MarkFax("duplicate", "ab" * 32)),
    st.just(SendBack()),
)


def numbered(*steps: Step) -> list[Numbered]:
    return list(enumerate(steps, start=1))


def groups(*steps: Step, layout: Layout = TWO_FORMS) -> list[tuple[int, ...]]:
    return [form.pages for form in arrange(layout, numbered(*steps)).shown_forms]


def test_no_decision_is_no_plan() -> None:
    plan = plan_of(TWO_FORMS, [])
    assert plan.is_empty
    assert plan_json(plan) == {}


@pytest.mark.parametrize(
    ("steps", "forms"),
    [
        ([SplitBefore(3)], [(2,), (3,), (4, 5)]),
        ([JoinForms(4, 2)], [(2, 3, 4, 5)]),
        ([MovePage(3, 4)], [(2,), (3, 4, 5)]),
        ([MovePage(1, 2)], [(1, 2, 3), (4, 5)]),
        ([SplitBefore(3), MovePage(3, 5), SplitBefore(5)], [(2,), (3, 4), (5,)]),
        ([Reorder(5, 4)], [(2, 3), (5, 4)]),
        ([Reorder(5, 4), SplitBefore(4)], [(2, 3), (5,), (4,)]),
        ([MarkPage(3, "duplicate", 5)], [(2,), (4, 5)]),
        ([MarkPage(3, "not_ours"), SayPage(3, "form", "patient_status", "2015-11", 2)], [(2, 3), (4, 5)]),
        ([SayPage(4, "cover"), SayPage(5, "lab_report")], [(2, 3)]),
    ],
)
def test_what_becomes_of_the_forms(steps: list[Step], forms: list[tuple[int, ...]]) -> None:
    assert groups(*steps) == forms


def test_only_what_a_person_touched_is_taken_from_the_machine() -> None:
    plan = plan_of(TWO_FORMS, numbered(SplitBefore(3)))
    assert plan.groups == ((2,), (3,))
    turned = plan_of(TWO_FORMS, numbered(Turn(1, 2)))
    assert (turned.groups, dict(turned.turns)) == ((), {1: 2})


@pytest.mark.parametrize(
    "step",
    [
        SplitBefore(2),
        SplitBefore(1),
        SplitBefore(9),
        JoinForms(2, 3),
        MovePage(2, 3),
        MovePage(2, 2),
        Reorder(2, 2),
        Reorder(2, 7),
        Turn(7, 1),
        SayPage(6, "cover"),
        MarkPage(2, "duplicate", 2),
        MarkPage(2, "duplicate", 8),
    ],
)
def test_steps_that_make_no_sense_are_refused(step: Step) -> None:
    with pytest.raises(StepRefused):
        after(arrange(TWO_FORMS, []), step)


def test_two_pages_cannot_be_duplicates_of_each_other() -> None:
    with pytest.raises(StepRefused, match="not read itself"):
        after(arrange(TWO_FORMS, numbered(MarkPage(3, "duplicate", 5))), MarkPage(5, "duplicate", 3))


def test_an_undo_may_be_undone() -> None:
    said = numbered(SplitBefore(3), Undo(1), Undo(2), Turn(1, 1), Undo(4))
    assert standing(said) == {1: SplitBefore(3), 3: Undo(2), 5: Undo(4)}
    assert plan_of(TWO_FORMS, said) == plan_of(TWO_FORMS, numbered(SplitBefore(3)))


def test_a_decision_whose_ground_was_undone_is_passed_over() -> None:
    said = numbered(JoinForms(4, 2), SplitBefore(4), Undo(1))
    assert groups(*(step for _, step in said)) == [(2, 3), (4, 5)]


@given(st.lists(STEPS, max_size=12), st.data())
def test_decisions_with_undoings_are_those_that_were_never_taken(
    steps: list[Step], data: st.DataObject
) -> None:
    """Steps are taken and taken back at any later moment; what is left decides alone."""
    said: list[Numbered] = []
    open_numbers: list[int] = []
    for step in steps:
        said.append((len(said) + 1, step))
        open_numbers.append(len(said))
        while open_numbers and data.draw(st.booleans()):
            undone = data.draw(st.sampled_from(open_numbers))
            open_numbers.remove(undone)
            said.append((len(said) + 1, Undo(undone)))
    kept = [step for number, step in said if number in open_numbers]
    assert plan_of(TWO_FORMS, said) == plan_of(TWO_FORMS, numbered(*kept))


@given(st.lists(STEPS, max_size=12))
def test_every_page_is_in_one_form_at_most_and_none_is_lost(steps: list[Step]) -> None:
    stands = arrange(TWO_FORMS, numbered(*steps))
    assert sorted(stands.order) == [1, 2, 3, 4, 5]
    within = [page for form in stands.forms for page in form.pages]
    assert len(within) == len(set(within))
    assert {2, 3, 4, 5} <= set(within)


@given(STEPS | st.builds(Undo, st.integers(1, 9)))
def test_a_step_survives_its_json(step: Step) -> None:
    assert step_of(step_json(step)) == step


@pytest.mark.parametrize(
    "said",
    [
        {},
        [],
        None,
        {"step": "erase", "page": 1},
        {"step": "<script>"},
        {"step": "turn", "page": 1},
        {"step": "turn", "page": 0, "quarter_turns": 1},
        {"step": "turn", "page": True, "quarter_turns": 1},
        {"step": "turn", "page": 10**30, "quarter_turns": 1},
        {"step": "turn", "page": 1, "quarter_turns": 4},
        {"step": "say_page", "page": 1, "kind": "letter"},
        {"step": "say_page", "page": 1, "kind": "form"},
        {"step": "say_page", "page": 1, "kind": "cover", "form": "patient_status"},
        {"step": "mark_page", "page": 1, "mark": "duplicate"},
        {"step": "mark_page", "page": 1, "mark": "not_ours", "of_page": 2},
        {"step": "mark_fax", "mark": "duplicate", "of_transmission": "../../etc"},
        {"step": "mark_fax", "mark": "not_ours", "of_transmission": "ab" * 32},
        {"step": "undo", "number": "<script>"},
    ],
)
def test_what_is_no_step_is_refused_in_one_line_without_its_words(said: object) -> None:
    with pytest.raises(StepRefused) as refusal:
        step_of(said)
    assert "\n" not in str(refusal.value)
    assert "script" not in str(refusal.value)


def test_a_plan_knows_which_pages_people_settled() -> None:
    plan = plan_of(TWO_FORMS, numbered(SayPage(1, "lab_report"), MarkPage(5, "not_ours"), Turn(2, 1)))
    assert plan.settled == {1, 5}
    assert replace(plan, marks={}).settled == {1}
