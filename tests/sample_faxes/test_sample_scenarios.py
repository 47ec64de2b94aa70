"""The list of transmissions covers what a morning of a fax desk brings."""

import re
from collections import Counter

import pytest

from sample_faxes.blanks import catalog
from sample_faxes.fonts import locked_faces
from sample_faxes.scenario import Form, Other, Transmission
from sample_faxes.scenarios import SCENARIOS

FORMS = [
    (part, fax, catalog().get(part.form, part.version))
    for fax in SCENARIOS
    for part in fax.parts
    if isinstance(part, Form)
]


def test_there_are_enough_and_their_names_tell_nothing() -> None:
    assert len(SCENARIOS) >= 80
    assert all(re.fullmatch(r"2026-1[01]-\d\d-\d{4}", fax.name) for fax in SCENARIOS)
    assert len({fax.name for fax in SCENARIOS}) == len(SCENARIOS)
    moments = [fax.at for fax in SCENARIOS]
    assert moments == sorted(moments)


@pytest.mark.parametrize("template", catalog().templates, ids=lambda t: f"{t.form}-{t.version}")
@pytest.mark.parametrize("fill", ["typed", "hand"])
def test_every_form_and_version_comes_typed_and_by_hand(template: object, fill: str) -> None:
    assert any(part.fill == fill and made is template for part, _, made in FORMS)


def test_about_half_is_by_hand_and_many_hands_write() -> None:
    fills = Counter(part.fill for part, _, _ in FORMS)
    assert 0.4 <= fills["hand"] / len(FORMS) <= 0.6
    groups = {face.name: face.group for face in locked_faces()}
    hands = {part.face for fax in SCENARIOS for part in fax.parts if part.face}
    assert len(hands) >= 25
    assert {groups[hand] for hand in hands} == {"train"}


def test_the_hands_of_measurement_are_others() -> None:
    packages = {
        group: {face.name for face in locked_faces() if face.group == group}
        for group in ("train", "held_out")
    }
    assert len(packages["held_out"]) >= 10
    assert not packages["train"] & packages["held_out"]


@pytest.mark.parametrize(
    "quality", ["clean", "corrected", "half_percent", "two_percent", "five_percent", "dropouts"]
)
def test_every_quality_of_line_comes_fine_and_standard_or_more_than_twice(quality: str) -> None:
    calls = [fax for fax in SCENARIOS if fax.carrier == "call" and fax.quality == quality]
    assert len(calls) >= 4
    assert len({fax.raster for fax in calls}) == 2


def test_every_carrier_comes() -> None:
    carriers = {fax.carrier for fax in SCENARIOS}
    assert carriers == {"call", "g3", "g3-2d", "g4", "pdf-ccitt", "pdf-jbig2", "pdf-flate"}


def has_fault(fax: Transmission, name: str) -> bool:
    return {
        "upside down": any(fault.turns == 2 for fault in fax.paper.values()),
        "sideways": any(fault.turns in (1, 3) for fault in fax.paper.values()),
        "cut short": any(fault.keep < 1 for fault in fax.paper.values()),
        "unreadable": any(fault.unreadable for fault in fax.paper.values()),
        "out of order": fax.order is not None and list(fax.order) != sorted(fax.order),
        "doubled": fax.order is not None and len(set(fax.order)) < len(fax.order),
        "missing": fax.order is not None and len(set(fax.order)) < max(fax.order),
        "blank": any(isinstance(part, Other) and part.what == "blank" for part in fax.parts),
        "junk": any(isinstance(part, Other) and part.what in ("menu", "advert") for part in fax.parts),
        "letter": any(isinstance(part, Other) and part.what == "letter" for part in fax.parts),
        "lab": any(isinstance(part, Other) and part.what == "lab" for part in fax.parts),
        "cover with comment": any(isinstance(p, Other) and p.what == "cover" and p.text for p in fax.parts),
        "several patients": len({part.patient for part in fax.parts if isinstance(part, Form)}) > 1,
        "resend": fax.resend_of is not None,
        "re-fax": fax.like is not None and fax.order is None,
        "late page": fax.like is not None and fax.order is not None,
        "corrected": fax.case_of is not None,
    }[name]


@pytest.mark.parametrize(
    "name",
    [
        "upside down", "sideways", "cut short", "unreadable", "out of order", "doubled", "missing", "blank",
        "junk", "letter", "lab", "cover with comment", "several patients", "resend", "re-fax", "late page",
        "corrected",
    ],
)  # fmt: skip
def test_what_happens_to_paper_happens(name: str) -> None:
    assert any(has_fault(fax, name) for fax in SCENARIOS)


def test_what_refers_to_another_fax_comes_after_it() -> None:
    at = {fax.name: fax.at for fax in SCENARIOS}
    for fax in SCENARIOS:
        for other in (fax.like, fax.resend_of, fax.case_of[0] if fax.case_of else None):
            assert other is None or at[other] < fax.at
