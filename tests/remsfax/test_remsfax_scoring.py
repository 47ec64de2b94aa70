"""The yardstick: right answers are right, and wrong ones are not."""

import copy
from typing import Any

import pytest

from remsfax.scoring import FaxScore, Scores, Share, same_value, score_fax

KINDS = {
    ("patient_status", "2015-11"): {
        "patient_last_name": "name",
        "date_of_birth": "date",
        "alive": "yes_no",
        "signature": "signature",
        "comments": "free_text",
        "race": "choices",
        "weight_kg": "number",
    }
}
VALUES = {
    "patient_last_name": ("Ferreira-Lund", True),
    "date_of_birth": ("1980-02-03", True),
    "alive": ("yes", False),
    "signature": (True, True),
    "comments": (None, False),
    "race": (["asian", "white"], False),
    "weight_kg": ("70.0", False),
}


def truth() -> dict[str, Any]:
    return {
        "fax": {},
        "documents": [
            {
                "form": "patient_status",
                "version": "2015-11",
                "pages": [2, 3],
                "missing_pages": [],
                "fields": {name: {"value": value, "hand": hand} for name, (value, hand) in VALUES.items()},
            }
        ],
        "other_pages": [{"page": 1, "kind": "cover"}],
        "adverse_event": True,
    }


def reading() -> dict[str, Any]:
    fields = {
        name: {
            "value": value,
            "raw": "",
            "confidence": 0.9,
            "decision": "empty" if value is None else "accept",
            "reader": "",
            "page": 2,
        }
        for name, (value, _) in VALUES.items()
    }
    return {
        "fax": {"resolution": [204, 196]},
        "documents": [
            {
                "form": "patient_status",
                "version": "2015-11",
                "pages": [2, 3],
                "missing_pages": [],
                "identified": 0.99,
                "fields": fields,
                "findings": [],
            }
        ],
        "other_pages": [{"page": 1, "kind": "cover"}],
        "findings": [{"rule": "AE-02", "severity": "warning"}],
    }


def score(changed: dict[str, Any], true: dict[str, Any] | None = None) -> FaxScore:
    return score_fax(changed, true or truth(), KINDS)


def test_a_perfect_reading_is_perfect() -> None:
    scores = Scores((score(reading()),))
    assert scores.pages == Share(3, 3)
    assert scores.splits == Share(1, 1)
    assert scores.accepted == Share(7, 7)
    assert scores.handwritten == Share(2, 2)
    assert scores.typed("fine") == Share(1, 1)
    assert scores.typed("standard") == Share(0, 0)
    assert scores.ticks == Share(2, 2)
    assert scores.signatures == Share(1, 1)
    assert scores.adverse_events == Share(1, 1)
    assert scores.emptiness == {"filled": 6, "overlooked": 0, "empty": 1, "imagined": 0}
    assert scores.as_json()["forms_on_other_pages"] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patient_last_name", "Ferreira Lund"),
        ("patient_last_name", None),
        ("date_of_birth", "1980-03-02"),
        ("alive", "no"),
        ("signature", False),
        ("comments", "seen"),
        ("race", ["asian"]),
        ("weight_kg", "7.00"),
    ],
)
def test_a_wrong_value_that_passes_is_an_accepted_error(name: str, value: Any) -> None:
    wrong = reading()
    wrong["documents"][0]["fields"][name]["value"] = value
    scores = Scores((score(wrong),))
    assert scores.accepted == Share(6, 7)
    assert [field.name for field in scores.fields if not field.right] == [name]


def test_a_wrong_value_for_review_is_wrong_and_does_not_pass() -> None:
    wrong = reading()
    wrong["documents"][0]["fields"]["patient_last_name"].update(value="Lund", decision="review")
    scores = Scores((score(wrong),))
    assert scores.handwritten == Share(1, 2)
    assert scores.accepted == Share(6, 6)


def test_an_overlooked_answer_and_an_imagined_one_are_counted() -> None:
    wrong = reading()
    fields = wrong["documents"][0]["fields"]
    fields["patient_last_name"].update(value=None, decision="empty")
    fields["comments"].update(value=None, decision="review")
    assert Scores((score(wrong),)).emptiness == {"filled": 6, "overlooked": 1, "empty": 1, "imagined": 1}


def test_a_field_that_is_not_there_is_wrong() -> None:
    wrong = reading()
    del wrong["documents"][0]["fields"]["signature"]
    assert Scores((score(wrong),)).signatures == Share(0, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"form": "care_transfer"},
        {"version": "2019-10"},
        {"pages": [3, 2]},
        {"pages": [3], "missing_pages": [1]},
        {"pages": [1, 2]},
    ],
)
def test_a_wrong_form_version_order_or_page_is_no_right_split(change: dict[str, Any]) -> None:
    wrong = reading()
    wrong["documents"][0].update(change)
    scored = score(wrong)
    assert scored.splits_right == 0
    assert scored.pages_right < 3


def test_a_form_claimed_on_a_cover_is_counted() -> None:
    wrong = reading()
    extra = copy.deepcopy(wrong["documents"][0])
    extra.update(pages=[1], missing_pages=[2])
    wrong["documents"].append(extra)
    wrong["other_pages"] = []
    scored = score(wrong)
    assert (scored.forms_on_others, scored.invented_documents) == (1, 1)


def test_one_form_cut_in_two_is_no_right_split() -> None:
    wrong = reading()
    second = copy.deepcopy(wrong["documents"][0])
    wrong["documents"][0]["pages"], second["pages"] = [2], [3]
    wrong["documents"].append(second)
    scored = score(wrong)
    assert (scored.splits_right, scored.invented_documents) == (0, 1)


def test_a_fax_that_could_not_be_opened_has_everything_wrong() -> None:
    scores = Scores((score({"fax": {}, "set_aside": {"code": "damaged"}, "documents": []}),))
    assert scores.pages == Share(0, 3)
    assert scores.as_json()["fields"]["right"] == 0
    assert scores.as_json()["opened"] == 0


def test_pages_that_nobody_can_read_count_nowhere() -> None:
    true = truth() | {"readable": {"3": False}}
    wrong = reading()
    wrong["documents"][0]["pages"] = [2]
    wrong["documents"][0]["missing_pages"] = [2]
    scored = score(wrong, true)
    assert (scored.pages, scored.pages_right, scored.splits_right) == (2, 2, 1)


def test_two_boxes_ticked_are_right_only_when_asked_about() -> None:
    true = truth()
    true["documents"][0]["fields"]["alive"] = {"value": None, "two_marked": True, "hand": True}
    guessed, asked = reading(), reading()
    asked["documents"][0]["fields"]["alive"].update(value=None, decision="review")
    assert Scores((score(guessed, true),)).ticks == Share(1, 2)
    assert Scores((score(asked, true),)).ticks == Share(2, 2)


def test_an_adverse_event_that_no_finding_names_is_missed() -> None:
    blind = reading()
    blind["findings"] = [{"rule": "AE-04", "severity": "info"}, {"rule": "COM-01", "severity": "error"}]
    assert Scores((score(blind),)).adverse_events == Share(0, 1)
    denied = truth() | {"adverse_event": False}
    assert Scores((score(reading(), denied),)).adverse_events_imagined == Share(1, 1)


@pytest.mark.parametrize(
    ("kind", "read", "true", "same"),
    [
        ("name", "FERREIRA-LUND", "Ferreira-Lund", True),
        ("name", "Ferreira  Lund", "Ferreira Lund", True),
        ("rems_id", "p-8492708T", "P-8492708T", False),
        ("number", "70", "70.0", True),
        ("number", "seventy", "70", False),
        ("text", "", None, True),
        ("check", False, None, True),
        ("check", True, False, False),
        ("check", "true", True, False),
        ("choices", ["b", "a"], ("a", "b"), True),
        ("choices", "a", ["a"], False),
        ("date", "1980-02-03", None, False),
    ],
)
def test_values_are_compared_by_what_they_mean(kind: Any, read: Any, true: Any, same: bool) -> None:
    assert same_value(kind, read, true) is same


def test_a_field_that_never_arrived_counts_nowhere() -> None:
    true = truth()
    true["documents"][0]["fields"]["weight_kg"]["cut"] = True
    scored = score_fax(reading(), true, KINDS)
    assert {field.name for field in scored.fields} == set(VALUES) - {"weight_kg"}


def test_a_form_that_nobody_could_read_is_not_missed() -> None:
    true = truth() | {"readable": {"2": False, "3": False}}
    nothing = reading() | {"documents": [], "other_pages": [{"page": 1, "kind": "cover"}]}
    scored = score_fax(nothing, true, KINDS)
    assert (scored.documents, scored.fields, scored.pages, scored.pages_right) == (0, (), 1, 1)
