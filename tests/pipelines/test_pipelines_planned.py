"""What people said of pages goes before what the machine would make of them."""

from types import MappingProxyType
from typing import Any

import pytest

from extractors.model import PageIdentity
from extractors.split import split
from pipelines.planned import split_as_said
from store.triage.plan import NO_PLAN, PagePlan
from store.triage.steps import MarkPage

STATUS, ORDER = ("patient_status", "2015-11"), ("prescription_order", "2014-11")
COUNTS = {STATUS: 2, ORDER: 3}
COVER, UNKNOWN = PageIdentity("cover", probability=0.9), PageIdentity("unknown", probability=0.5)


def page(form_page: int, key: tuple[str, str] = STATUS, probability: float = 0.99) -> PageIdentity:
    return PageIdentity("form", *key, form_page, probability)


def cannot_tell(_one: int, _other: int) -> bool | None:
    return None


def forms(identities: list[PageIdentity], **plan: Any) -> list[dict[int, int]]:
    found = split_as_said(list(enumerate(identities, start=1)), PagePlan(**plan), COUNTS, cannot_tell)
    return [document.pages for document in found.split.documents]


def test_without_a_word_the_machine_splits_as_ever() -> None:
    pages = list(enumerate([COVER, page(1), page(2), page(1), UNKNOWN, page(2)], start=1))
    assert split_as_said(pages, NO_PLAN, COUNTS, cannot_tell).split == split(pages, COUNTS, cannot_tell)


def test_the_order_that_people_gave_decides_which_pages_belong_together() -> None:
    pages = [page(1), page(1), page(2), page(2)]
    assert forms(pages) == [{1: 1, 2: 3}, {1: 2, 2: 4}]
    assert forms(pages, order=(1, 4, 2, 3)) == [{1: 1, 2: 4}, {1: 2, 2: 3}]


def test_groups_go_before_the_machine_and_the_rest_is_the_machines() -> None:
    pages = [page(1), page(2), page(1), page(2), page(1, ORDER)]
    assert forms(pages, groups=((1, 4), (2, 3))) == [{1: 1, 2: 4}, {1: 3, 2: 2}, {1: 5}]


def test_a_page_that_nothing_tells_is_the_one_that_its_form_lacks() -> None:
    identities = [page(1), UNKNOWN]
    found = split_as_said(
        list(enumerate(identities, start=1)), PagePlan(groups=((1, 2),)), COUNTS, cannot_tell
    )
    (form,) = found.split.documents
    assert (form.pages, form.missing_pages, form.identified) == ({1: 1, 2: 2}, (), 0.99)
    assert found.identities == {2: PageIdentity("form", *STATUS, 2, 1.0)}
    assert found.split.other_pages == ()


def test_where_several_pages_are_missing_the_place_is_a_guess_for_a_person() -> None:
    identities = [page(1, ORDER), UNKNOWN]
    found = split_as_said(
        list(enumerate(identities, start=1)), PagePlan(groups=((1, 2),)), COUNTS, cannot_tell
    )
    (form,) = found.split.documents
    assert (form.pages, form.missing_pages) == ({1: 1, 2: 2}, (3,))
    assert form.identified == pytest.approx(0.5)


def test_a_group_of_two_forms_is_two_documents_and_a_page_too_many_is_none() -> None:
    assert forms([page(1), page(1, ORDER), page(2)], groups=((1, 2, 3),)) == [{1: 1, 2: 3}, {1: 2}]
    found = split_as_said(
        list(enumerate([page(1), page(2), UNKNOWN], start=1)),
        PagePlan(groups=((1, 2, 3),)),
        COUNTS,
        cannot_tell,
    )
    assert found.split.other_pages == ((3, UNKNOWN),)


def test_a_page_twice_in_a_group_is_a_double_of_it() -> None:
    found = split_as_said(
        list(enumerate([page(1), page(1), page(2)], start=1)),
        PagePlan(groups=((1, 2, 3),)),
        COUNTS,
        cannot_tell,
    )
    assert [document.doubled_pages for document in found.split.documents] == [(2,)]


def test_a_marked_page_is_in_no_form_even_if_a_group_names_it() -> None:
    marks = MappingProxyType({2: MarkPage(2, "not_ours")})
    identities = [page(1), PageIdentity("unknown", probability=1.0), page(2)]
    found = split_as_said(
        list(enumerate(identities, start=1)), PagePlan(groups=((1, 2, 3),), marks=marks), COUNTS, cannot_tell
    )
    assert [document.pages for document in found.split.documents] == [{1: 1, 2: 3}]
    assert [number for number, _ in found.split.other_pages] == [2]
