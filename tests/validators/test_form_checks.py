from dataclasses import replace
from datetime import date, datetime

import pytest
from rule_examples import CITY, RECEIVED, SIGNED, Example, Sheet, asked, findings_of, make_form, make_template

from form_templates.catalog import load_catalog
from form_templates.model import MARKED_KINDS
from validators.adverse_events import is_adverse_event
from validators.catalog import finding
from validators.check import CHECKS, check_form, check_transmission, priority
from validators.model import Answer, CheckedForm, Priority, ProgramState, Receipt, Text
from validators.nothing import says_nothing
from validators.settings import RuleSettings

STATE = ProgramState(as_of=date(2026, 3, 10))
RECEIPT = Receipt(RECEIVED, received_pages=2)
TEMPLATES = load_catalog().templates
ALIVE = asked("alive", "yes_no", adverse_event=("no",))


def rules(form, fields, sheet, settings=None):
    return [one.rule for one in findings_of(Example(form, fields, sheet, sheet), sheet, settings)]


def with_texts(*texts):
    return check_transmission([], [], texts, RECEIPT, STATE)


def test_fields_of_a_missing_page_are_not_asked_for_one_by_one():
    fields = (CITY, asked("comment", "text", "yes", page=2))
    assert rules("patient_status", fields, Sheet({"city": "Dayton"}, missing_pages=(2,))) == ["COM-07"]


def test_an_answer_that_hangs_on_a_doubtful_one_waits():
    fields = (asked("alive", "yes_no", "yes"), asked("cause", "text", "alive == no"))
    assert rules("patient_status", fields, Sheet({"alive": "no"}, unsure=("alive",))) == ["COM-09"]


def test_what_is_marked_not_applicable_asks_for_nothing_more():
    fields = (CITY, asked("site_2_name"), asked("site_2_phone", "phone", "site_2_name filled"))
    assert rules("facility_enrollment", fields, Sheet({"city": "Dayton", "site_2_name": "N/A"})) == []
    assert rules("facility_enrollment", fields, Sheet({"city": "Dayton", "site_2_name": "East"})) == [
        "COM-02"
    ]


def test_an_answer_that_hangs_on_a_missing_page_is_not_asked_for():
    fields = (CITY, asked("cause", "text", "alive == no"), asked("alive", "yes_no", "yes", page=2))
    sheet = Sheet({"city": "Dayton", "alive": "no"}, missing_pages=(2,))
    assert rules("patient_status", fields, sheet) == ["COM-07"]


def test_an_unsigned_form_is_asked_for_once():
    assert rules("patient_status", (CITY, *SIGNED), Sheet({"city": "Dayton"})) == ["COM-03"]


def test_two_ticks_that_a_person_has_not_confirmed_are_no_error():
    sheet = Sheet({"city": "Dayton"}, reasons={"alive": ("two_marked",)}, unsure=("alive",))
    found = findings_of(Example("x", (CITY, asked("alive", "yes_no", "yes")), sheet, sheet), sheet)
    assert [(one.rule, one.severity) for one in found] == [("COM-05", "info")]


def test_fields_for_the_programs_own_use_are_never_asked_for():
    fields = (CITY, asked("office_rems_id", "rems_id", "yes"), asked("score", "office_use", "yes"))
    assert rules("patient_status", fields, Sheet({"city": "Dayton"})) == []


def test_announced_pages_are_an_error_where_the_settings_say_so():
    sheet = Sheet({"city": "Dayton"}, announced=5)
    example = Example("patient_status", (CITY,), sheet, sheet)
    assert [one.severity for one in findings_of(example, sheet)] == ["warning"]
    strict = RuleSettings(announced_pages_strict=True)
    assert [one.severity for one in findings_of(example, sheet, strict)] == ["error"]


@pytest.mark.parametrize("unsure", [(), ("alive",)])
def test_a_death_is_told_however_doubtful_the_tick(unsure):
    found = findings_of(Example("x", (ALIVE,), Sheet(), Sheet()), Sheet({"alive": "no"}, unsure=unsure))
    assert ("AE-01", "warning") in {(one.rule, one.severity) for one in found}


def test_two_ticks_at_an_event_may_be_an_event():
    sheet = Sheet({}, reasons={"alive": ("two_marked",)}, unsure=("alive",))
    assert "AE-01" in rules("patient_status", (ALIVE,), sheet)


def test_a_date_of_death_without_its_tick_is_told():
    fields = (ALIVE, asked("death_date", "date"))
    assert "AE-04" in rules("patient_status", fields, Sheet({"alive": "yes", "death_date": "2026-01-01"}))


@pytest.mark.parametrize(
    "words", ["none", "N/A", "n.a.", "-", "None known", "no", "NIL", "none reported", "unknown"]
)
def test_a_field_that_says_there_is_nothing_reports_nothing(words):
    fields = (CITY, asked("other_which", "text", adverse_event=("filled",)))
    assert says_nothing(words)
    assert rules("patient_status", fields, Sheet({"city": "Dayton", "other_which": words})) == []


@pytest.mark.parametrize("words", ["lupus", "nausea", "no idea, ask", "Nephritis", "new hives"])
def test_a_field_that_says_anything_else_is_told(words):
    fields = (asked("other_which", "text", adverse_event=("filled",)),)
    assert "AE-01" in rules("patient_status", fields, Sheet({"other_which": words}))


def test_an_unsure_empty_event_field_counts_by_what_was_read_there():
    fields = (CITY, asked("other_which", "text", adverse_event=("filled",)))
    sheet = Sheet({"city": "Dayton"}, raw={"other_which": "lupvs"}, unsure=("other_which",))
    assert "AE-01" in rules("patient_status", fields, sheet)
    assert "AE-01" not in rules("patient_status", fields, replace(sheet, unsure=()))


def test_written_answers_are_screened_and_addresses_are_not():
    fields = (asked("reason", "free_text"), asked("facility_street"), asked("facility_name"))
    sheet = Sheet(
        {"reason": "pt had hives", "facility_name": "Melanoma Center", "facility_street": "Bruise Rd"}
    )
    found = findings_of(Example("x", fields, sheet, sheet), sheet)
    assert [(one.rule, one.fields) for one in found] == [("AE-02", ("reason",))]


def test_a_field_handed_in_as_text_is_screened_once():
    sheet = Sheet({"reason": "pt had hives"}, texts=(Text("pt had hives", "field", 1, "reason"),))
    assert rules("x", (asked("reason", "free_text"),), sheet) == ["AE-02"]


def test_an_event_comes_first_even_on_a_form_full_of_errors():
    fields = (CITY, ALIVE, *SIGNED, asked("npi", "npi", "yes"))
    found = findings_of(Example("x", fields, Sheet(), Sheet()), Sheet({"alive": "no", "npi": "1"}))
    assert found[0].rule == "AE-01"
    severities = [one.severity for one in found[1:]]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


def test_a_cover_sheet_is_screened_without_any_form():
    found = with_texts(Text("pt developed petechiae and easy bruising", "cover", 1))
    assert [one.rule for one in found] == ["AE-02"]
    assert is_adverse_event(found[0])


def test_a_mention_of_a_risk_is_no_adverse_event():
    found = with_texts(Text("counseled on risk of stroke", "cover", 1))
    assert [one.rule for one in found] == ["AE-05"]
    assert not is_adverse_event(found[0])


def form_of(name, **answers):
    return CheckedForm(name, "2015-11", {key: Answer(key, "date", value) for key, value in answers.items()})


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ([form_of("patient_status")], Priority.STATUS),
        ([form_of("patient_status"), form_of("facility_enrollment")], Priority.ENROLLMENT),
        ([form_of("patient_authorization")], Priority.AUTHORIZATION),
        ([form_of("prescription_order", first_infusion_date="2026-03-25")], Priority.ORDER),
        ([form_of("prescription_order", first_infusion_date="2026-03-24")], Priority.NEAR_INFUSION),
        ([form_of("patient_authorization", first_infusion_date="2026-03-01")], Priority.NEAR_INFUSION),
        ([form_of("infusion_checklist")], Priority.OTHER),
        ([], Priority.OTHER),
    ],
)
def test_priority(forms, expected):
    assert priority((), forms, RECEIPT) is expected
    assert priority([finding("AE-01", label="Stroke")], forms, RECEIPT) is Priority.ADVERSE_EVENT
    assert priority([finding("AE-05", page=1)], forms, RECEIPT) is expected


def test_a_new_rule_is_a_function_in_a_list():
    def check_known_prescriber(case):
        if case.value("npi") not in case.state.prescribers:
            yield case.find("X1", "npi")

    fields = (asked("npi", "npi"),)
    form = make_form("prescriber_enrollment", fields, Sheet({"npi": "1234567893"}))
    template = make_template("prescriber_enrollment", fields)
    checks = (*CHECKS, check_known_prescriber)
    known = ProgramState(as_of=date(2026, 3, 10), prescribers={"1234567893": "certified"})
    assert check_form(template, form, RECEIPT, known, checks=checks) == ()
    assert [one.rule for one in check_form(template, form, RECEIPT, STATE, checks=checks)] == ["X1"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: f"{one.form}-{one.version}")
def test_a_blank_form_of_the_catalog_gives_one_finding(template):
    form = CheckedForm(template.form, template.version, {})
    assert [one.rule for one in check_form(template, form, RECEIPT, STATE)] == ["COM-11"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: f"{one.form}-{one.version}")
def test_every_event_question_of_the_catalog_is_told(template):
    for field in template.fields:
        for answer in field.adverse_event:
            if field.kind in MARKED_KINDS:
                value = (answer,) if field.kind == "choices" else answer if field.kind != "check" else True
            else:
                value = "2026-01-05" if field.kind == "date" else "12345"
            answers = {field.name: Answer(field.name, field.kind, value, page=1)}
            form = CheckedForm(template.form, template.version, answers)
            found = check_form(template, form, RECEIPT, STATE)
            assert found[0].rule in {"AE-01", "AE-06"}, field.name
            assert found[0].fields == (field.name,)


def test_a_receipt_of_another_day_changes_the_findings():
    fields = (asked("last_seen_date", "date"),)
    form = make_form("patient_status", fields, Sheet({"last_seen_date": "2026-03-11"}))
    template = make_template("patient_status", fields)
    later = Receipt(datetime(2026, 3, 11, 0, 1), received_pages=2)
    assert [one.rule for one in check_form(template, form, RECEIPT, STATE)] == ["X4-2"]
    assert check_form(template, form, later, STATE) == ()
