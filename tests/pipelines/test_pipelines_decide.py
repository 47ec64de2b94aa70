"""Nothing unsure enters a record, and people are asked once about each thing."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from extractors.model import (
    DocumentReading,
    FieldReading,
    FormPages,
    OpenedFax,
    OtherPage,
    PageIdentity,
    Problem,
    ReceivedPage,
    TransmissionReading,
)
from pipelines.checking import Checked
from pipelines.contract import reading_json
from pipelines.decide import decide
from pipelines.recording import fax_record
from pipelines.transmission_model import PageNotes, ReadFax
from validators.model import Finding, Priority


def field(name: str, **changes: Any) -> FieldReading:
    sure = FieldReading(name, "name", "Lund", "Lund", 0.999, "accept", "print", 1, (0, 0, 9, 9))
    return replace(sure, **changes)


def fax(
    *fields: FieldReading,
    other_pages: tuple[OtherPage, ...] = (),
    problems: tuple[Problem, ...] = (),
    form_problems: tuple[Problem, ...] = (),
    identified: float = 0.999,
    doubled: tuple[int, ...] = (),
    doubtful: bool = False,
    unsure: frozenset[int] = frozenset(),
    documents: int = 1,
) -> ReadFax:
    received = ReceivedPage(1, np.zeros((4, 2), np.uint8), 16, 204.0, 98.0)
    form = FormPages("patient_status", "2015-11", {1: 1}, (), doubled, identified)
    reading = TransmissionReading(
        fax=OpenedFax("ab" * 32, "tiff-g4", (received,)),
        documents=(DocumentReading(form, fields or (field("patient_last_name"),), problems=form_problems),)
        * documents,
        other_pages=other_pages,
        sender=None,
        sent_at=None,
        announced_pages=None,
        problems=problems,
    )
    notes = PageNotes(
        received, PageIdentity("form", "patient_status", "2015-11", 1, 0.99), 0, 0.0, doubtful=doubtful
    )
    return ReadFax(reading, (notes,), unsure)


def checked(*findings: Finding, whole: tuple[Finding, ...] = (), documents: int = 1) -> Checked:
    return Checked((findings,) * documents, whole, (Priority.STATUS,) * documents, Priority.STATUS)


def asked(read: ReadFax, found: Checked | None = None) -> list[tuple[str, str, str | None]]:
    decided = decide(read, found or checked(documents=len(read.reading.documents)), sure_identity=0.9)
    assert (decided.outcome == "recorded") == (decided.tasks == ())
    assert all((outcome == "recorded") <= (decided.outcome != "set_aside") for outcome in decided.documents)
    return [(task.kind, task.reason, task.field) for task in decided.tasks]


def test_a_form_without_a_doubt_is_recorded() -> None:
    decided = decide(fax(field("a"), field("b", decision="empty", value=None)), checked(), sure_identity=0.9)
    assert (decided.outcome, decided.documents, decided.tasks) == ("recorded", ("recorded",), ())


def test_each_doubtful_field_is_one_task_with_its_reason() -> None:
    read = fax(
        field("a", decision="review", reasons=("illegible", "faint")),
        field("b", decision="review"),
        field("c"),
    )
    assert asked(read) == [("field", "illegible", "a"), ("field", "unsure", "b")]
    assert decide(read, checked(), sure_identity=0.9).documents == ("in_review",)


def test_a_doubtful_page_is_one_task_and_not_forty() -> None:
    fields = [field(f"f{number}", decision="review", reasons=("registration",)) for number in range(40)]
    assert asked(fax(*fields, doubtful=True)) == [("page", "registration", None)]


def test_fields_of_a_missing_page_are_no_tasks() -> None:
    assert asked(fax(field("a", decision="review", page=None, reasons=("missing_page",)))) == []


CUT_OFF = Problem("cut_off", "The page was cut off.", 1)


def lost(name: str) -> FieldReading:
    return field(name, value=None, confidence=0.0, decision="review", box_px=None, reasons=("cut_off",))


def test_a_cut_page_is_one_task_and_its_other_fields_are_asked_as_ever() -> None:
    fields = [field("a"), field("b", decision="review", reasons=("faint",)), lost("c"), lost("d")]
    read = fax(*fields, form_problems=(CUT_OFF,))
    assert asked(read) == [("page", "page_cut", None), ("field", "faint", "b")]


def test_a_page_that_both_file_and_form_call_cut_is_one_task() -> None:
    whole = (Problem("page_cut", "The file ends here.", 1), Problem("page_cut", "The file ends here.", 2))
    read = fax(lost("c"), form_problems=(CUT_OFF,), problems=whole)
    assert asked(read) == [("page", "page_cut", None)] * 2
    tasks = decide(read, checked(), sure_identity=0.9).tasks
    assert [(task.page, task.document) for task in tasks] == [(1, 0), (2, None)]


def test_a_cut_field_is_never_lost_without_a_question() -> None:
    assert asked(fax(lost("c"))) == [("field", "cut_off", "c")]


def test_a_cut_page_that_is_doubtful_too_is_one_task() -> None:
    assert asked(fax(lost("c"), form_problems=(CUT_OFF,), doubtful=True)) == [("page", "registration", None)]


@pytest.mark.parametrize(
    ("read", "kind", "reason"),
    [
        (fax(identified=0.6), "document", "unsure_split"),
        (fax(unsure=frozenset({1})), "document", "unsure_split"),
        (fax(doubled=(2,)), "page", "doubled"),
        (fax(problems=(Problem("page_cut", "The page is cut.", 1),)), "page", "page_cut"),
        (fax(problems=(Problem("file_cut", "The file is cut."),)), "document", "file_cut"),
        (fax(other_pages=(OtherPage(2, "unknown"),)), "page", "unknown_page"),
        (fax(documents=0), "document", "no_form"),
    ],
)
def test_whatever_is_unsure_is_put_before_a_person(read: ReadFax, kind: str, reason: str) -> None:
    assert asked(read) == [(kind, reason, None)]


@pytest.mark.parametrize("kind", ["cover", "lab_report", "blank"])
def test_covers_lab_reports_and_blank_pages_need_nobody(kind: Any) -> None:
    assert asked(fax(other_pages=(OtherPage(2, kind),))) == []


def test_a_possible_adverse_event_comes_first_and_an_error_needs_a_call() -> None:
    event = Finding("AE-01", "error", "A condition is ticked.", ("itp",), (1,))
    unsigned = Finding("COM-03", "error", "Not signed.", ("signature",), (1,))
    hint = Finding("X4-7", "warning", "Far away.")
    told = Finding("AE-04", "info", "Told as history.")
    tasks = decide(fax(), checked(event, unsigned, hint, told), sure_identity=0.9).tasks
    assert [(task.kind, task.reason, task.priority) for task in tasks] == [
        ("adverse_event", "AE-01", 0),
        ("document", "COM-03", int(Priority.STATUS)),
    ]


def test_what_a_person_has_answered_already_is_not_asked_and_holds_nothing_up() -> None:
    event = checked(Finding("AE-01", "error", "A condition is ticked.", ("itp",), (1,)))
    (asks,) = decide(fax(), event, sure_identity=0.9).tasks
    decided = decide(fax(), event, sure_identity=0.9, answered=frozenset({asks}))
    assert (decided.outcome, decided.documents, decided.tasks) == ("recorded", ("recorded",), ())


def test_a_page_that_a_person_called_unknown_is_not_asked_about() -> None:
    read = fax(other_pages=(OtherPage(2, "unknown"), OtherPage(3, "unknown")))
    assert asked(replace(read, settled=frozenset({2}))) == [("page", "unknown_page", None)]


def test_a_finding_about_the_whole_fax_keeps_it_in_review_and_its_sure_forms_recorded() -> None:
    decided = decide(fax(), checked(whole=(Finding("COM-08", "error", "Pages missing."),)), sure_identity=0.9)
    assert (decided.outcome, decided.documents) == ("in_review", ("recorded",))


def test_the_record_and_the_contract_say_the_same() -> None:
    read = fax(
        field("a", value=("x", "y"), decision="review", reasons=("two_marked",)), field("b", value=None)
    )
    found = checked(Finding("COM-05", "error", "Two boxes.", ("a",)))
    decided = decide(read, found, sure_identity=0.9)
    record = fax_record(read, found, decided, {"print": "net 1"})
    contract = reading_json(read.reading, found)
    assert contract["documents"][0]["fields"]["a"]["value"] == ["x", "y"]
    assert contract["fax"]["resolution"] == [204, 98]
    (document,) = record.documents
    assert document.pages == tuple(contract["documents"][0]["pages"])
    assert [one.name for one in document.fields] == list(contract["documents"][0]["fields"])
    assert document.fields[0].model_version == "net 1"
    assert [one.rule for one in document.findings] == [
        one["rule"] for one in contract["documents"][0]["findings"]
    ]
    assert record.priority == int(Priority.STATUS)
