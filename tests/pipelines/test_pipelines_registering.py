"""The flow's part in the registers: which forms are complete, and what is asked of baseline labs."""

from datetime import UTC, datetime

import pytest

from form_templates.catalog import Catalog, load_catalog
from form_templates.model import Template
from pipelines.registering import findings_of, judge_of, register
from pipelines.settings import PipelineSettings, rules_of
from pipelines.stores import store_database
from store.inbox import receive
from store.keys import document_key
from store.model import (
    Decision,
    DocumentRecord,
    FieldRecord,
    PageRecord,
    TransmissionFacts,
    TransmissionRecord,
)
from store.recording import record
from store.registers.asking import patient
from store.registers.finding import UnknownParty
from store.registers.opening import Program
from store.schema import upgrade
from store.settings import StoreSettings
from validators.model import Answer, CheckedForm, Value
from validators.program.settings import ProgramSettings
from validators.settings import FormRuleSettings

RECEIVED = datetime(2026, 11, 2, 15, tzinfo=UTC)
SHA = "ab" * 32
SAMPLES: dict[str, Value] = {
    "name": "Lund", "text": "Lund", "free_text": "Lund", "date": "2026-10-30", "time": "09:30",
    "phone": "5555550123", "npi": "1234567893", "state": "MA", "zip": "02139", "number": "2",
    "check": True, "yes_no": "yes", "signature": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def answers(template: Template, without: str = "") -> dict[str, Answer]:
    return {
        field.name: Answer(field.name, field.kind, _value(field))
        for field in template.fields
        if field.required != "no" and field.name != without and field.kind != "office_use"
    }


def _value(field: object) -> Value:
    options = getattr(field, "options", ())
    kind = getattr(field, "kind", "text")
    if kind == "choice" and options:
        return str(options[0].value)
    if kind == "choices" and options:
        return (str(options[0].value),)
    return SAMPLES.get(kind, "Lund")


def test_a_form_is_complete_when_no_required_answer_or_signature_is_open(catalog: Catalog) -> None:
    template = catalog.get("prescriber_enrollment")
    judge = judge_of(catalog, PipelineSettings())

    def complete(without: str = "") -> bool:
        form = CheckedForm(template.form, template.version, answers(template, without))
        return judge(form, RECEIVED)

    assert complete()
    assert not complete("signature")
    assert not complete("prescriber_last_name")


def test_a_form_of_a_version_that_is_gone_is_not_complete(catalog: Catalog) -> None:
    assert not judge_of(catalog, PipelineSettings())(CheckedForm("patient_status", "1999-01", {}), RECEIVED)


@pytest.mark.parametrize(
    ("window", "old", "new"),
    [
        ("per_course", "per_course", "per_course"),
        ("first_only", "first_course", "first_course"),
        ("by_version", "first_course", "per_course"),
    ],
)
def test_the_checks_of_labs_follow_the_program(window: str, old: str, new: str) -> None:
    program = ProgramSettings.model_validate({"baseline_window": window, "window_days": 21})
    rules = rules_of(FormRuleSettings(minimum_age_years=18), program, ("2015-11", "2019-10"))
    assert (rules.labs_window_days, rules.minimum_age_years) == (21, 18)
    assert (rules.labs_scope_of("2015-11"), rules.labs_scope_of("2019-10")) == (old, new)


def test_recorded_forms_reach_the_registers_and_what_they_ask_is_told(
    tmp_path_factory: pytest.TempPathFactory, catalog: Catalog
) -> None:
    folder = tmp_path_factory.mktemp("store")
    settings = PipelineSettings(store=StoreSettings(database=f"sqlite:///{folder / 'store.db'}"))
    database = store_database(settings.store)
    upgrade(database)
    receive(database, TransmissionFacts(SHA, "/inbox/a.tif", RECEIVED, 10))
    values: dict[str, Value] = {
        "patient_first_name": "Mara",
        "patient_last_name": "Ferreira",
        "date_of_birth": "1980-04-09",
        "patient_zip": "02139",
    }
    record(database, _fax("patient_enrollment", values))
    assert register(database, catalog, settings) == 1
    assert register(database, catalog, settings) == 0
    key = document_key(SHA, 0)
    rules = {finding.rule for finding in findings_of(database, [key], settings)[key]}
    assert {"G8"} <= rules
    with pytest.raises(UnknownParty):
        patient(database, Program(), "P-0000000A")
    assert patient(database, Program(), f"patient:{key}").state.stage == "pending"


def test_a_call_in_the_repeated_hour_or_to_another_number_is_told(
    tmp_path_factory: pytest.TempPathFactory, catalog: Catalog
) -> None:
    folder = tmp_path_factory.mktemp("store")
    settings = PipelineSettings(store=StoreSettings(database=f"sqlite:///{folder / 'store.db'}"))
    database = store_database(settings.store)
    upgrade(database)
    repeated = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 in New York, which comes twice
    call = TransmissionFacts(SHA, "/inbox/a.tif", repeated, 10, called_number="+1 555 555 0199")
    receive(database, call)
    record(database, _fax("patient_status", {"patient_last_name": "Ferreira"}))
    register(database, catalog, settings)
    key = document_key(SHA, 0)
    found = {one.rule: one for one in findings_of(database, [key], settings)[key]}
    assert {"CLOCK-01", "FAX-01"} <= set(found)
    assert "repeated" in found["CLOCK-01"].message
    assert "tell the office the right number" in found["FAX-01"].message


def _fax(form: str, values: dict[str, Value]) -> TransmissionRecord:
    decision: Decision = "accept"
    fields = tuple(
        FieldRecord(name, "text", value, str(value), 0.99, decision, "print", "none", page=1)
        for name, value in values.items()
    )
    document = DocumentRecord(form, "2015-11", (1,), "recorded", fields, identified=1.0)
    return TransmissionRecord(
        sha256=SHA,
        outcome="recorded",
        format="tiff-g3",
        pages=(PageRecord(1, "form", 0, form, "2015-11", 1, 1.0),),
        documents=(document,),
    )
