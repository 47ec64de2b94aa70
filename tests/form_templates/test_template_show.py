import json

from form_templates.catalog import load_catalog
from form_templates.model import MARKED_KINDS
from form_templates.show import catalog_json, template_json

CATALOG = load_catalog()
KEYS_OF_A_FIELD = {
    "name", "label", "kind", "page", "box", "required", "section", "options", "comb", "lines", "style",
    "lexicon", "pattern", "unit", "minimum", "maximum", "future", "adverse_event",
}  # fmt: skip


def test_a_date_is_shown_as_the_contract_says() -> None:
    shown = template_json(CATALOG.get("patient_status", "2015-11"))
    assert (shown["form"], shown["version"], shown["title"]) == (
        "patient_status",
        "2015-11",
        "Patient Status Form",
    )
    assert shown["pages"] == [{"width": 612, "height": 792}] * 2
    field = next(field for field in shown["fields"] if field["name"] == "date_of_birth")
    assert len(field.pop("box")) == 4
    assert field == {
        "name": "date_of_birth",
        "label": "Date of birth",
        "kind": "date",
        "page": 1,
        "required": "yes",
        "section": "patient",
        "style": "cells",
        "comb": 8,
    }


def test_a_yes_no_has_its_two_options_and_no_box() -> None:
    shown = template_json(CATALOG.get("patient_status", "2015-11"))
    field = next(field for field in shown["fields"] if field["name"] == "still_under_care")
    assert "box" not in field
    assert [(option["value"], option["label"]) for option in field["options"]] == [
        ("yes", "Yes"),
        ("no", "No"),
    ]
    assert all(set(option) == {"value", "label", "box"} for option in field["options"])


def test_all_templates_keep_the_shape_and_survive_json() -> None:
    for template in CATALOG.templates:
        shown = template_json(template)
        assert json.loads(json.dumps(shown)) == shown
        for field in shown["fields"]:
            assert set(field) <= KEYS_OF_A_FIELD
            assert None not in field.values()
            if field["kind"] in MARKED_KINDS - {"check"}:
                assert field["options"]
            else:
                assert len(field["box"]) == 4
            if field["kind"] == "yes_no":
                assert [option["value"] for option in field["options"]] == ["yes", "no"]
            if field["kind"] == "free_text":
                assert field["lines"] >= 2
            if field["kind"] == "rems_id":
                assert field["pattern"].startswith(("D-", "P-", "F-", "R-"))


def test_conditions_and_the_key_are_shown() -> None:
    shown = template_json(CATALOG.get("patient_status", "2015-11"))
    field = next(field for field in shown["fields"] if field["name"] == "death_date")
    assert field["required"] == "alive == no"
    assert template_json(CATALOG.get("knowledge_assessment"))["key"]["question_2"] == "d"


def test_the_list_has_one_short_object_a_template() -> None:
    shown = catalog_json(CATALOG)
    assert len(shown) == 12
    first = {"form": "care_transfer", "version": "2015-11", "title": "Change of Prescriber Form", "pages": 1}
    assert shown[0] == first
