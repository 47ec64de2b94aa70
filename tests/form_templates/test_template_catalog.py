from pathlib import Path

import pytest
import yaml

from form_templates.catalog import PACKAGED, load_catalog, load_template
from form_templates.check import check_tree
from form_templates.errors import BadTemplate, MissingBlank, UnknownField, UnknownForm
from form_templates.model import Template

CATALOG = load_catalog()

FIELDS_OF_FORMS: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("fields_of_forms.yaml").read_text(encoding="utf-8")
)
PAGES = {
    ("care_transfer", "2015-11"): 1,
    ("facility_enrollment", "2015-11"): 2,
    ("infusion_checklist", "2019-10"): 2,
    ("knowledge_assessment", "2015-11"): 2,
    ("patient_authorization", "2019-10"): 1,
    ("patient_enrollment", "2015-11"): 2,
    ("patient_status", "2015-11"): 2,
    ("patient_status", "2019-10"): 2,
    ("pharmacy_enrollment", "2015-11"): 1,
    ("prescriber_enrollment", "2015-11"): 2,
    ("prescriber_enrollment", "2019-10"): 1,
    ("prescription_order", "2015-11"): 1,
}

every_template = pytest.mark.parametrize(
    "template", CATALOG.templates, ids=[f"{t.form}/{t.version}" for t in CATALOG.templates]
)


def test_the_catalog_holds_ten_forms_two_of_them_in_two_versions_sorted() -> None:
    assert {(t.form, t.version): len(t.pages) for t in CATALOG.templates} == PAGES
    assert [(t.form, t.version) for t in CATALOG.templates] == sorted(PAGES)
    assert set(CATALOG.forms) == set(FIELDS_OF_FORMS)


@every_template
def test_every_field_of_the_tables_is_on_the_form(template: Template) -> None:
    names = {field.name for field in template.fields}
    assert set(FIELDS_OF_FORMS[template.form]) <= names


def test_the_packaged_templates_have_no_fault_and_their_blanks_are_those_drawn_from_them() -> None:
    faults = check_tree(PACKAGED)
    assert faults == {f"{form}/{version}": () for form, version in PAGES}


@every_template
def test_the_margins_that_a_fax_machine_cuts_or_prints_over_are_free(template: Template) -> None:
    for number, page in enumerate(template.pages, start=1):
        boxes = [box for field in template.fields_on(number) for box in field.boxes]
        boxes += [text.box for text in template.texts_on(number)]
        assert min(box[0] for box in boxes) >= 28
        assert max(box[0] + box[2] for box in boxes) <= page.width - 28
        assert min(box[1] for box in boxes) >= 24
        assert max(box[1] + box[3] for box in boxes) <= page.height - 28


@every_template
def test_every_page_says_that_it_is_a_specimen_which_revision_and_which_page(template: Template) -> None:
    for number in range(1, len(template.pages) + 1):
        footer = " ".join(text.text for text in template.texts_on(number, "footer"))
        assert "Specimen - not an approved form" in footer
        assert template.revision in footer
        assert template.reference_id in footer
        assert f"Page {number} of {len(template.pages)}" in footer
        assert template.texts_on(number, "title")
        assert "1-855-557-2478" in " ".join(text.text for text in template.texts_on(number, "strip"))


@every_template
def test_a_signature_has_its_date_beside_it(template: Template) -> None:
    signatures = [field for field in template.fields if field.kind == "signature"]
    assert signatures
    for field in signatures:
        date = template.field(f"{field.name}_date")
        assert date.kind == "date"
        assert date.page == field.page


def test_a_name_means_one_kind_of_answer_on_all_forms() -> None:
    kinds: dict[str, set[str]] = {}
    for template in CATALOG.templates:
        for field in template.fields:
            kinds.setdefault(field.name, set()).add(field.kind)
    double = {name for name, found in kinds.items() if len(found) > 1}
    # The patient form has a statement to tick, the checklist asks a question.
    assert double == {"guide_given"}


@pytest.mark.parametrize(
    ("form", "name", "answer"),
    [
        ("patient_status", "itp", "yes"),
        ("patient_status", "stroke", "yes"),
        ("patient_status", "alive", "no"),
        ("patient_status", "pregnancy", "yes"),
        ("patient_status", "death_date", "filled"),
        ("infusion_checklist", "day_5_serious", "yes"),
        ("infusion_checklist", "stroke_signs", "yes"),
        ("infusion_checklist", "infusion_stopped", "yes"),
        ("care_transfer", "reason", "died"),
    ],
)
def test_answers_that_report_an_adverse_event_are_marked(form: str, name: str, answer: str) -> None:
    assert answer in CATALOG.get(form).field(name).adverse_event


def test_every_question_about_an_event_of_a_status_form_is_marked() -> None:
    for version in CATALOG.versions("patient_status"):
        for field in CATALOG.get("patient_status", version).fields:
            if field.section == "events" and field.kind == "yes_no":
                assert field.adverse_event == ("yes",), field.name


def test_stroke_belongs_to_the_later_version_of_the_status_form() -> None:
    assert not CATALOG.get("patient_status", "2015-11").has_field("stroke")
    assert CATALOG.get("patient_status", "2019-10").has_field("stroke")


@pytest.mark.parametrize("form", ["patient_status", "prescriber_enrollment"])
def test_two_versions_of_a_form_differ_in_place_not_only_in_words(form: str) -> None:
    old, new = (CATALOG.get(form, version) for version in CATALOG.versions(form))
    common = [f for f in old.fields if new.has_field(f.name)]
    moved = [
        f for f in common if (f.page, f.boxes[0]) != (new.field(f.name).page, new.field(f.name).boxes[0])
    ]
    assert len(moved) > 0.9 * len(common)
    assert {f.name for f in old.fields} != {f.name for f in new.fields}


def test_the_key_of_the_assessment_answers_its_eight_questions() -> None:
    template = CATALOG.get("knowledge_assessment")
    assert list(template.key) == [f"question_{number}" for number in range(1, 9)]
    for name, answer in template.key.items():
        assert answer in {option.value for option in template.field(name).options}


def test_planned_dates_may_lie_in_the_future_and_no_others() -> None:
    future = {field.name for template in CATALOG.templates for field in template.fields if field.future}
    assert future == {"first_infusion_date", "needed_by_date", "effective_date"}


def test_the_latest_version_is_given_when_none_is_named() -> None:
    assert CATALOG.get("patient_status").version == "2019-10"
    assert CATALOG.get("patient_status", "2015-11").version == "2015-11"
    assert CATALOG.versions("patient_status") == ("2015-11", "2019-10")
    assert CATALOG.versions("no_such_form") == ()


@pytest.mark.parametrize(("form", "version"), [("no_such_form", None), ("patient_status", "2011-01")])
def test_an_unknown_form_is_named_together_with_those_that_are_known(form: str, version: str | None) -> None:
    with pytest.raises(UnknownForm, match="patient_status 2019-10") as caught:
        CATALOG.get(form, version)
    assert form in str(caught.value)


def test_an_unknown_field_says_where_to_look() -> None:
    with pytest.raises(UnknownField, match="remsfax templates show care_transfer"):
        CATALOG.get("care_transfer").field("shoe_size")


def test_a_blank_form_is_found_beside_its_template() -> None:
    assert CATALOG.blank_pdf(CATALOG.get("care_transfer")).startswith(b"%PDF")


def test_a_missing_blank_says_how_to_draw_it(tmp_path: Path) -> None:
    folder = tmp_path / "care_transfer" / "2015-11"
    folder.mkdir(parents=True)
    text = (PACKAGED / "care_transfer" / "2015-11" / "template.yaml").read_text(encoding="utf-8")
    (folder / "template.yaml").write_text(text, encoding="utf-8")
    catalog = load_catalog(tmp_path)
    with pytest.raises(MissingBlank, match="remsfax templates draw care_transfer"):
        catalog.blank_pdf(catalog.get("care_transfer"))
    with pytest.raises(UnknownForm):
        catalog.blank_pdf(CATALOG.get("patient_status"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: date", "kind: dates", "kind"),
        ("form: care_transfer", "formula: care_transfer", "form"),
        ("pages:", "pages: [", "is not a template"),
        ('version: "2015-11"', 'version: "November"', "version"),
    ],
)
def test_a_file_that_is_no_template_is_refused_in_one_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (PACKAGED / "care_transfer" / "2015-11" / "template.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "template.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadTemplate, match=message) as caught:
        load_template(file)
    assert "\n" not in str(caught.value)


def test_a_template_in_the_wrong_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "patient_status" / "2015-11"
    folder.mkdir(parents=True)
    text = (PACKAGED / "care_transfer" / "2015-11" / "template.yaml").read_text(encoding="utf-8")
    (folder / "template.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadTemplate, match="its folder is not care_transfer/2015-11"):
        load_catalog(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTemplate, match="No such file"):
        load_template(tmp_path / "template.yaml")
