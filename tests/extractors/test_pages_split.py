from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import PageIdentity
from extractors.split import Split, split

COUNTS = {("patient_status", "2015-11"): 2, ("care_transfer", "2015-11"): 1}


def status(page: int) -> PageIdentity:
    return PageIdentity("form", "patient_status", "2015-11", page, 0.99)


TRANSFER = PageIdentity("form", "care_transfer", "2015-11", 1, 0.97)
COVER = PageIdentity("cover", probability=0.9)


def numbered(pages: Sequence[PageIdentity]) -> list[tuple[int, PageIdentity]]:
    return list(enumerate(pages, 1))


def shape(found: Split) -> list[dict[int, int]]:
    return [document.pages for document in found.documents]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([status(1), status(2)], [{1: 1, 2: 2}]),
        ([status(2), status(1)], [{1: 2, 2: 1}]),
        ([COVER, status(1), TRANSFER, status(2)], [{1: 2, 2: 4}, {1: 3}]),
        ([status(1), status(2), status(1), status(2)], [{1: 1, 2: 2}, {1: 3, 2: 4}]),
        ([status(1), status(1), status(2), status(2)], [{1: 1, 2: 3}, {1: 2, 2: 4}]),
        ([TRANSFER, TRANSFER], [{1: 1}, {1: 2}]),
        ([], []),
    ],
)
def test_pages_find_their_forms(pages: list[PageIdentity], expected: list[dict[int, int]]) -> None:
    assert shape(split(numbered(pages), COUNTS)) == expected


def test_missing_pages_and_other_pages_are_named() -> None:
    found = split(numbered([COVER, status(2)]), COUNTS)
    assert found.documents[0].missing_pages == (1,)
    assert found.other_pages == ((1, COVER),)
    assert found.unsure == frozenset()


def test_a_sheet_sent_twice_is_a_double_where_that_can_be_told() -> None:
    pages = numbered([status(1), status(1), status(2)])
    told = split(pages, COUNTS, same_sheet=lambda first, second: (first, second) == (1, 2))
    assert shape(told) == [{1: 1, 2: 3}]
    assert told.documents[0].doubled_pages == (2,)
    assert told.unsure == frozenset()
    untold = split(pages, COUNTS)
    assert shape(untold) == [{1: 1, 2: 3}, {1: 2}]
    assert {1, 2, 3} <= untold.unsure


def test_names_on_the_pages_outweigh_their_order() -> None:
    patient_of = {1: "a", 2: "b", 3: "b", 4: "a"}
    found = split(
        numbered([status(1), status(1), status(2), status(2)]),
        COUNTS,
        same_sheet=lambda _first, _second: False,
        same_person=lambda first, second: patient_of[first] == patient_of[second],
    )
    assert shape(found) == [{1: 1, 2: 4}, {1: 2, 2: 3}]
    assert found.unsure == frozenset()


def test_two_people_are_never_one_form() -> None:
    found = split(numbered([status(1), status(2)]), COUNTS, same_person=lambda _first, _second: False)
    assert shape(found) == [{1: 1}, {2: 2}]
    assert [document.missing_pages for document in found.documents] == [(2,), (1,)]


@given(st.lists(st.sampled_from([status(1), status(2), TRANSFER, COVER]), max_size=14))
def test_every_page_is_somewhere_just_once(pages: list[PageIdentity]) -> None:
    found = split(numbered(pages), COUNTS)
    placed = [number for document in found.documents for number in document.pages.values()]
    placed += [number for document in found.documents for number in document.doubled_pages]
    placed += [number for number, _ in found.other_pages]
    assert sorted(placed) == list(range(1, len(pages) + 1))
