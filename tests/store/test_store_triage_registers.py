"""What the registers know of a fax that was read again: the same people, by the newest reading."""

from datetime import UTC, datetime

import pytest
from register_samples import PROGRAM
from sqlalchemy import select
from sqlalchemy.engine import Engine
from store_samples import document, facts, fax, field, sha

from store.audit import verify_audit
from store.corrections import correct_field
from store.database import reading
from store.inbox import receive
from store.keys import document_key
from store.model import DocumentRecord, TransmissionRecord
from store.recording import record
from store.registers.asking import patient, program_findings
from store.registers.earlier import everything_known_at
from store.registers.forms import NO_FORM
from store.registers.opening import open_ledger
from store.registers.registering import decide as keep
from store.registers.registering import register_waiting
from store.registers.tables import MentionRow
from store.triage.deciding import decide
from store.triage.marked import marked_record
from store.triage.requests import ask_to_reread, claim_request
from store.triage.steps import MarkFax, SendBack, Undo
from store.triage.superseding import basis_of, record_again
from validators.model import CheckedForm
from validators.program.decisions import RemsIdIssued
from validators.program.events import MACHINE, RecordedForm

PEOPLE = {
    "patient_first_name": "Mara",
    "patient_last_name": "Ferreira",
    "date_of_birth": "1980-02-29",
    "patient_zip": "02139",
}
ENROLLED = document_key(sha(1), 0)
MARA = f"patient:{ENROLLED}"
ISSUED = "P-1234567A"


def judge(form: CheckedForm, received_at: datetime) -> bool:
    return bool(form.answers) and received_at.tzinfo is not None


def register(engine: Engine) -> int:
    return register_waiting(engine, PROGRAM, judge, issue_ids=False)


def enrollment(number: int = 1, **said: str) -> TransmissionRecord:
    return one_form("patient_enrollment", number, **said)


def one_form(form: str, number: int, **said: str) -> TransmissionRecord:
    fields = tuple(field(name, value) for name, value in {**PEOPLE, **said}.items())
    made: DocumentRecord = document(
        number, form=form, pages=(2, 3), outcome="recorded", findings=(), texts=(), fields=fields
    )
    return fax(number, documents=(made,), tasks=(), outcome="recorded", findings=())


def read_again(engine: Engine, whole: TransmissionRecord) -> None:
    ask_to_reread(engine, whole.sha256, by="mvs")
    claimed = claim_request(engine, "desk:1:1", 600)
    assert claimed is not None
    with reading(engine) as session:
        basis = basis_of(session, whole.sha256)
    assert record_again(engine, whole, claimed, basis) == "recorded"
    register(engine)


def versions(engine: Engine, document_id: str) -> list[RecordedForm]:
    with reading(engine) as session:
        return list(open_ledger(session, PROGRAM).book.revisions(document_id))


def meant(engine: Engine) -> dict[tuple[str, str], str | None]:
    with reading(engine) as session:
        rows = session.execute(select(MentionRow.document_id, MentionRow.role, MentionRow.party))
        return {(form, role): party for form, role, party in rows if role == "patient"}


@pytest.fixture
def enrolled(engine: Engine) -> Engine:
    """A patient's enrollment on one fax, with a REMS ID issued, and a status form on another."""
    for whole in (enrollment(), one_form("patient_status", 2)):
        receive(engine, facts(1 if whole.sha256 == sha(1) else 2))
        record(engine, whole)
    register(engine)
    keep(
        engine,
        PROGRAM,
        RemsIdIssued(
            decision_id=f"rems_id:{MARA}",
            at=facts(1).received_at,
            who=MACHINE,
            reason="enrolled",
            party=MARA,
            rems_id=ISSUED,
        ),
    )
    return engine


STATUS = document_key(sha(2), 0)


def test_a_form_read_again_is_the_next_version_of_the_same_form(enrolled: Engine) -> None:
    read_again(enrolled, enrollment(diagnosis="relapsing MS"))
    first, second = versions(enrolled, ENROLLED)
    assert (first.values.get("diagnosis"), second.values["diagnosis"]) == (None, "relapsing MS")
    assert (first.known_at, second.revision, second.by) == (None, 1, MACHINE)
    assert second.known_at is not None
    assert second.known_at > first.received_at
    assert versions(enrolled, document_key(sha(1), 1)) == []
    assert meant(enrolled) == {(ENROLLED, "patient"): MARA, (STATUS, "patient"): MARA}


def test_the_patient_keeps_the_rems_id_and_shows_the_newest_reading(enrolled: Engine) -> None:
    read_again(enrolled, enrollment(diagnosis="relapsing MS"))
    answer = patient(enrolled, PROGRAM, ISSUED)
    assert (answer.rems_id, answer.state.party) == (ISSUED, MARA)
    assert answer.documents == {document_key(sha(1), 1), STATUS}


def test_a_reading_that_says_the_same_is_no_version(enrolled: Engine) -> None:
    read_again(enrolled, enrollment())
    assert len(versions(enrolled, ENROLLED)) == 1


def test_a_correction_of_the_newer_reading_follows_on_it(enrolled: Engine) -> None:
    read_again(enrolled, enrollment(diagnosis="relapsing MS"))
    correct_field(enrolled, document_key(sha(1), 1), "patient_zip", "02140", by="rev", why="read")
    register(enrolled)
    third = versions(enrolled, ENROLLED)[2]
    assert (third.values["patient_zip"], third.values["diagnosis"], third.by.name) == (
        "02140",
        "relapsing MS",
        "rev",
    )
    read_again(enrolled, enrollment())
    fourth = versions(enrolled, ENROLLED)[3]
    assert (fourth.values["patient_zip"], fourth.values.get("diagnosis")) == ("02140", None)


def test_a_form_that_is_gone_means_nobody_and_comes_back_as_the_same_person(enrolled: Engine) -> None:
    before = patient(enrolled, PROGRAM, ISSUED)
    asked_at = datetime.now(UTC)
    decide(enrolled, sha(1), MarkFax("not_ours"), by="mvs")
    with reading(enrolled) as session:
        marked = marked_record(session, sha(1))
    read_again(enrolled, marked)
    then = patient(enrolled, PROGRAM, ISSUED, asked_at)
    assert (then.rems_id, then.documents) == (ISSUED, {ENROLLED, STATUS})
    assert then.state.stage == before.state.stage != "none"
    gone = versions(enrolled, ENROLLED)[-1]
    assert (gone.form, gone.values, gone.complete) == (NO_FORM, {}, False)
    assert (ENROLLED, "patient") not in meant(enrolled)
    assert meant(enrolled)[STATUS, "patient"] is None
    left = patient(enrolled, PROGRAM, ISSUED)
    assert (left.documents, left.state.stage) == (frozenset(), "none")
    decide(enrolled, sha(1), Undo(1), by="mvs")
    read_again(enrolled, enrollment())
    assert meant(enrolled) == {(ENROLLED, "patient"): MARA, (STATUS, "patient"): MARA}
    assert patient(enrolled, PROGRAM, ISSUED).documents == {document_key(sha(1), 1), STATUS}


def test_a_fax_marked_before_its_forms_were_registered_gives_the_same_versions(engine: Engine) -> None:
    for number in (1, 2):
        receive(engine, facts(number))
        record(engine, enrollment(number))
        if number == 1:
            register(engine)
        decide(engine, sha(number), SendBack(), by="mvs")
        claimed = claim_request(engine, "desk:1:1", 600)
        assert claimed is not None
        with reading(engine) as session:
            basis = basis_of(session, sha(number))
        record_again(engine, enrollment(number, patient_zip="02140"), claimed, basis)
    register(engine)

    def told(key: str) -> list[tuple[object, ...]]:
        return [(form.revision, form.values, form.by) for form in versions(engine, key)]

    assert told(ENROLLED) == told(document_key(sha(2), 0))
    assert len(told(ENROLLED)) == 2


def test_an_earlier_day_shows_a_form_that_was_withdrawn_since_and_by_its_reading_of_then(
    enrolled: Engine,
) -> None:
    read_again(enrolled, enrollment(diagnosis="relapsing MS"))
    asked_at = datetime.now(UTC)
    decide(enrolled, sha(2), MarkFax("not_ours"), by="mvs")
    with reading(enrolled) as session:
        marked = marked_record(session, sha(2))
    read_again(enrolled, marked)
    read_again(enrolled, enrollment())
    assert patient(enrolled, PROGRAM, ISSUED, asked_at).documents == {document_key(sha(1), 1), STATUS}
    assert patient(enrolled, PROGRAM, ISSUED).documents == {document_key(sha(1), 2)}
    with reading(enrolled) as session:
        whole = everything_known_at(open_ledger(session, PROGRAM), PROGRAM, asked_at)
    assert whole.registry.documents(MARA) == {ENROLLED, STATUS}


def test_a_form_that_turns_out_to_be_another_is_withdrawn_and_the_other_begins(enrolled: Engine) -> None:
    read_again(enrolled, one_form("care_transfer", 2))
    assert versions(enrolled, STATUS)[-1].form == NO_FORM
    begun = document_key(sha(2), 1)
    assert [form.form for form in versions(enrolled, begun)] == ["care_transfer"]
    assert meant(enrolled) == {(ENROLLED, "patient"): MARA, (begun, "patient"): MARA}


def test_the_programs_findings_are_told_of_the_form_that_was_asked_about(enrolled: Engine) -> None:
    before = program_findings(enrolled, PROGRAM, [STATUS])[STATUS]
    read_again(enrolled, one_form("patient_status", 2, diagnosis="relapsing MS"))
    newest = document_key(sha(2), 1)
    found = program_findings(enrolled, PROGRAM, [newest])[newest]
    assert [one.rule for one in found] == [one.rule for one in before]
    assert {one.document_id for one in found} == {newest}
    with reading(enrolled) as session:
        assert verify_audit(session).whole
