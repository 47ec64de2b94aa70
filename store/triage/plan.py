"""From decisions to the page plan of a fax: a pure fold over how the machine had laid its pages out.

A decision that makes no sense where it stands (what it leaned on was undone since) is passed over, so any
decisions give a plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from store.model import Json
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
)

T = TypeVar("T")

Numbered = tuple[int, Step]
"""A decision: its number in the fax, from 1, and the step."""


@dataclass(frozen=True)
class Layout:
    """How the machine laid out a fax by itself.

    Attributes:
        pages: numbers received, in order.
        forms: the pages of each form, in order of receipt, sheets that came twice included.
    """

    pages: tuple[int, ...] = ()
    forms: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class PagePlan:
    """What people said of a fax, as reading takes it.

    Attributes:
        order: every page in the order in which forms are gathered; empty for the order of receipt.
        turns: quarter turns counterclockwise of the page as received, by page.
        said: what a page is.
        groups: pages of one form each, where a person put them together or apart; the rest is the machine's.
        marks: pages that are not read as anybody's form.
        mark: the whole fax is not read.
    """

    order: tuple[int, ...] = ()
    turns: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    said: Mapping[int, SayPage] = field(default_factory=lambda: MappingProxyType({}))
    groups: tuple[tuple[int, ...], ...] = ()
    marks: Mapping[int, MarkPage] = field(default_factory=lambda: MappingProxyType({}))
    mark: MarkFax | None = None

    @property
    def is_empty(self) -> bool:
        """Nobody said anything: the machine reads as ever."""
        return not plan_json(self)

    @property
    def settled(self) -> frozenset[int]:
        """Pages of which a person said what they are."""
        return frozenset(self.said) | frozenset(self.marks)


NO_PLAN = PagePlan()


@dataclass(frozen=True)
class PlannedForm:
    """The pages of one form; ``by_person`` where the machine has no say any more."""

    pages: tuple[int, ...]
    by_person: bool = False


@dataclass(frozen=True)
class Arrangement:
    """A fax as it lies on the desk: the machine's layout with all decisions that count.

    Attributes:
        order: every page, in the order that people gave them.
        forms: in no order; pages marked or said to be no form's are still in the one that they lay in.
    """

    order: tuple[int, ...]
    forms: tuple[PlannedForm, ...]
    turns: Mapping[int, int]
    said: Mapping[int, SayPage]
    marks: Mapping[int, MarkPage]
    mark: MarkFax | None

    def form_of(self, page: int) -> PlannedForm | None:
        """The form that a page lies in."""
        return next((form for form in self.forms if page in form.pages), None)

    @property
    def shown_forms(self) -> tuple[PlannedForm, ...]:
        """The forms without pages that are none of a form's, by their first page."""
        none_of_a_form = {*self.marks, *(page for page, said in self.said.items() if said.kind != "form")}
        place = {page: at for at, page in enumerate(self.order)}
        shown = [
            replace(form, pages=tuple(sorted(set(form.pages) - none_of_a_form, key=place.__getitem__)))
            for form in self.forms
        ]
        return tuple(sorted((form for form in shown if form.pages), key=lambda form: place[form.pages[0]]))

    @property
    def plan(self) -> PagePlan:
        """What reading takes of it."""
        return PagePlan(
            order=self.order if list(self.order) != sorted(self.order) else (),
            turns=self.turns,
            said=self.said,
            groups=tuple(form.pages for form in self.shown_forms if form.by_person),
            marks=self.marks,
            mark=self.mark,
        )


def standing(decisions: Sequence[Numbered]) -> dict[int, Step]:
    """The decisions that count, by number: those that no undo takes back that counts itself."""
    undone: set[int] = set()
    for number, step in reversed(decisions):
        if isinstance(step, Undo) and number not in undone:
            undone.add(step.number)
    return {number: step for number, step in decisions if number not in undone}


def arrange(layout: Layout, decisions: Sequence[Numbered]) -> Arrangement:
    """The fax after all its decisions."""
    empty: Mapping[int, int] = MappingProxyType({})
    now = Arrangement(
        order=layout.pages,
        forms=tuple(PlannedForm(pages) for pages in layout.forms),
        turns=empty,
        said=MappingProxyType({}),
        marks=MappingProxyType({}),
        mark=None,
    )
    for step in standing(decisions).values():
        try:
            now = after(now, step)
        except StepRefused:
            continue
    return now


def plan_of(layout: Layout, decisions: Sequence[Numbered]) -> PagePlan:
    """The plan by which the fax is read after all its decisions."""
    return arrange(layout, decisions).plan


def after(now: Arrangement, step: Step) -> Arrangement:  # noqa: PLR0911 - one line a step
    """The fax after one step more; an undo, and sending back an unmarked fax, change nothing by themselves.

    Raises:
        StepRefused: the step makes no sense of the fax as it lies.
    """
    match step:
        case SplitBefore():
            return _split(now, step.page)
        case JoinForms():
            return _joined(now, step.page, step.with_page)
        case MovePage():
            return _moved(now, step.page, step.to_page)
        case Reorder():
            return _reordered(now, step.page, step.before)
        case Turn():
            return replace(now, turns=_put(now, now.turns, step.page, step.quarter_turns))
        case SayPage():
            marks = {page: mark for page, mark in now.marks.items() if page != step.page}
            said = _put(now, now.said, step.page, step)
            return replace(now, said=said, marks=MappingProxyType(marks))
        case MarkPage():
            _refuse_circle(now, step)
            return replace(now, marks=_put(now, now.marks, step.page, step))
        case MarkFax():
            return replace(now, mark=step)
        case SendBack():
            return replace(now, mark=None)
        case Undo():
            return now


def plan_json(plan: PagePlan) -> dict[str, Json]:
    """A plan as a JSON object with the parts that are not empty; of an empty plan ``{}``."""
    parts: dict[str, Json] = {
        "order": list(plan.order),
        "turns": {str(page): turns for page, turns in sorted(plan.turns.items())},
        "said": {str(page): step_json(said) for page, said in sorted(plan.said.items())},
        "groups": [list(group) for group in plan.groups],
        "marks": {str(page): step_json(mark) for page, mark in sorted(plan.marks.items())},
        "mark": asdict(plan.mark) if plan.mark else None,
    }
    return {name: part for name, part in parts.items() if part}


def _put(now: Arrangement, told: Mapping[int, T], page: int, said: T) -> Mapping[int, T]:
    _need(now, page)
    return MappingProxyType({**told, page: said})


def _need(now: Arrangement, *pages: int) -> None:
    for page in pages:
        if page not in now.order:
            raise StepRefused(f"The fax has no page {page}; name one of its pages as received.")


def _refuse_circle(now: Arrangement, step: MarkPage) -> None:
    if step.of_page is None or step.of_transmission is not None:
        return
    _need(now, step.of_page)
    if step.of_page == step.page or step.of_page in now.marks:
        raise StepRefused(
            f"Page {step.of_page} is not read itself; name the page that stays as the one that was doubled."
        )


def _own(now: Arrangement, page: int) -> PlannedForm:
    """The form of a page; a page in none is one of its own."""
    return now.form_of(page) or PlannedForm((page,))


def _with(now: Arrangement, gone: Iterable[PlannedForm], new: Iterable[tuple[int, ...]]) -> Arrangement:
    """The fax with these forms in place of those; forms that a person made lie in the order of the pages."""
    left = tuple(form for form in now.forms if form not in set(gone))
    place = {page: at for at, page in enumerate(now.order)}
    made = tuple(
        PlannedForm(tuple(sorted(pages, key=place.__getitem__)), by_person=True) for pages in new if pages
    )
    return replace(now, forms=left + made)


def _split(now: Arrangement, page: int) -> Arrangement:
    _need(now, page)
    form = now.form_of(page)
    if form is None:
        raise StepRefused(f"Page {page} is in no form; say first what it is, or move it to its form.")
    place = {one: at for at, one in enumerate(now.order)}
    pages = sorted(form.pages, key=place.__getitem__)
    at = pages.index(page)
    if at == 0:
        raise StepRefused(f"Page {page} is the first of its form already; split before a later one.")
    return _with(now, [form], [tuple(pages[:at]), tuple(pages[at:])])


def _joined(now: Arrangement, page: int, with_page: int) -> Arrangement:
    _need(now, page, with_page)
    one, other = _own(now, page), _own(now, with_page)
    if one == other:
        raise StepRefused(f"Pages {page} and {with_page} are of one form already; name pages of two forms.")
    return _with(now, [one, other], [other.pages + one.pages])


def _moved(now: Arrangement, page: int, to_page: int) -> Arrangement:
    _need(now, page, to_page)
    own, home = _own(now, page), _own(now, to_page)
    if own == home:
        raise StepRefused(f"Page {page} is in that form already; name a page of another form.")
    rest = tuple(one for one in own.pages if one != page)
    return _with(now, [own, home], [rest, (*home.pages, page)])


def _reordered(now: Arrangement, page: int, before: int | None) -> Arrangement:
    _need(now, page, *(() if before is None else (before,)))
    if page == before:
        raise StepRefused(f"Page {page} cannot stand before itself; name another page.")
    order = [one for one in now.order if one != page]
    order.insert(len(order) if before is None else order.index(before), page)
    return replace(now, order=tuple(order))
