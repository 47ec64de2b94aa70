"""A reading takes the place of another: nothing lost, nothing asked twice, all of it or nothing."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.engine import Engine
from store_samples import document, facts, fax, field, in_processes, sha

from store import trail
from store.audit import verify_audit
from store.corrections import REGISTER, correct_field, correctable, note_correction, withdraw
from store.database import open_database, reading, writing
from store.desk.tables import Rejection
from store.errors import UnknownField
from store.export import export
from store.inbox import claim, receive
from store.keys import document_key
from store.model import (
    FindingRecord,
    OtherPageRecord,
    PageRecord,
    SetAside,
    TaskRecord,
    TransmissionRecord,
)
from store.queries import inbox_counts, summaries
from store.recording import record, set_aside
from store.schema import upgrade
from store.tables import (
    Correction,
    Document,
    Field,
    Finding,
    Page,
    PageText,
    Record,
    ReviewTask,
    Suspect,
    Transmission,
)
from store.triage.deciding import decide, layout_of
from store.triage.lineage import (
    Carried,
    carried_corrections,
    is_superseded,
    newest_of,
    root_of,
)
from store.triage.marked import marked_record
from store.triage.plan import Layout
from store.triage.requests import (
    ClaimedRequest,
    ask_to_reread,
    claim_request,
    fail_request,
    release_requests,
    request_states,
)
from store.triage.steps import MarkFax, SendBack, SplitBefore, Undo
from store.triage.superseding import basis_of, record_again
from store.triage.tables import Rereading, RereadRequest, SupersededDocument
from store.triage.viewing import fax_view

WHO = "mvs"
OWNER = "desk:1:1"


def claimed(engine: Engine) -> ClaimedRequest:
    found = claim_request(engine, OWNER, 600)
    assert found is not None
    return found


def read_again(engine: Engine, whole: TransmissionRecord) -> str:
    """Have a fax read again with a made-up result."""
    ask_to_reread(engine, whole.sha256, by=WHO)
    request = claimed(engine)
    assert request.transmission_id == whole.sha256
    with reading(engine) as session:
        basis = basis_of(session, whole.sha256)
    return record_again(engine, whole, request, basis)


def two_forms(number: int, **changes: object) -> TransmissionRecord:
    """The same fax, its two pages taken apart into two forms."""
    first, second = page_of_form(1, 2), page_of_form(2, 3)
    given = {
        "pages": (
            PageRecord(1, "lab_report", probability=1.0),
            PageRecord(2, "form", 0, "patient_status", "2015-11", 1, 0.999, content_hash=f"{number:016x}"),
            PageRecord(3, "form", 1, "patient_status", "2015-11", 2, 0.998),
        ),
        "documents": (first, second),
        "other_pages": (OtherPageRecord(1, "lab_report"),),
        "findings": (),
        "tasks": (TaskRecord("document", "COM-09", 3, 1),),
    }
    return fax(number, **(given | changes))


def page_of_form(form_page: int, received: int):
    """One of two forms of which one page came."""
    mine = ("patient_last_name", "signature_date") if form_page == 1 else ("comments", "signature")
    names = ("patient_last_name", "signature_date", "comments", "signature")
    fields = [
        field(name, f"{name} again", page=received)
        if name in mine
        else field(name, None, page=None, decision="review", reasons=("missing_page",))
        for name in names
    ]
    return document(
        1,
        pages=(received,),
        missing_pages=(3 - form_page,),
        fields=tuple(fields),
        findings=(FindingRecord("COM-09", "error", "A page is missing; ask for it.", (), (received,)),),
        texts=(),
    )


@pytest.fixture
def recorded(engine: Engine) -> Engine:
    for number in (1, 2):
        receive(engine, facts(number))
        record(engine, fax(number))
    return engine


def whole(engine: Engine) -> bool:
    with reading(engine) as session:
        return verify_audit(session).whole


def test_the_new_reading_stands_and_the_old_one_is_kept(recorded: Engine, tmp_path: Path) -> None:
    decide(recorded, sha(1), SplitBefore(3), by=WHO)
    assert read_again(recorded, two_forms(1)) == "recorded"
    old, first, second = (document_key(sha(1), ordinal) for ordinal in range(3))
    with reading(recorded) as session:
        (shown,) = summaries(session, [sha(1)])
        assert [form.id for form in shown.documents] == [first, second]
        assert [(task.kind, task.reason, task.document) for task in shown.open_tasks] == [
            ("document", "COM-09", 2)
        ]
        assert [finding.rule for finding in shown.findings] == ["COM-09", "COM-09"]
        pages = session.execute(select(Page).where(Page.transmission_id == sha(1))).scalars()
        assert {page.number: (page.kind, page.document_id) for page in pages} == {
            1: ("lab_report", None),
            2: ("form", first),
            3: ("form", second),
        }
        # history
        assert session.get_one(Field, (old, "patient_last_name")).value == "Ferreira-Lundé"
        assert session.get_one(SupersededDocument, old).reading == 2
        assert session.get(Record, old) is None
        before = session.get_one(Rereading, (sha(1), 2))
        assert (before.through, before.plan) == (1, {"groups": [[2], [3]]})
        assert [page["kind"] for page in before.replaced["pages"]] == ["cover", "form", "form"]
        assert {one["rule"] for one in before.replaced["findings"]} == {"COM-09", "PSF-07"}
        assert {one["text"] for one in before.replaced["page_texts"]} == {
            "call me back 1",
            "3 pages to follow",
        }
        assert before.replaced["records"][0]["content"]["patient_last_name"] == "Ferreira-Lundé"
        closed = session.execute(select(ReviewTask).where(ReviewTask.document_id == old)).scalars().all()
        assert {(task.status, task.done_by) for task in closed} == {("done", "system")}
        # the form goes on in its first page
        assert root_of(session, first) == old
        assert (is_superseded(session, old), is_superseded(session, first)) == (True, False)
        assert newest_of(session, [old, first, second]) == {old: first, first: first, second: second}
        view = fax_view(session, sha(1))
        assert view is not None
        assert (view.reading, view.unread, view.request) == (2, False, None)
        assert [(form.pages, form.document_id) for form in view.forms] == [((2,), first), ((3,), second)]
    assert whole(recorded)
    assert export(recorded, tmp_path / "one") == export(recorded, tmp_path / "two")
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_the_other_faxes_stay_as_they_are(recorded: Engine) -> None:
    def rest() -> list[object]:
        with reading(recorded) as session:
            return [
                sorted(map(repr, session.execute(select(*kind.__table__.columns)).all()))
                for kind in (Document, Field, Record)
            ]

    before = rest()
    read_again(recorded, two_forms(1))
    after = rest()
    assert all(
        [line for line in then if sha(2) in line] == [line for line in now if sha(2) in line]
        for then, now in zip(before, after, strict=True)
    )


def test_what_people_corrected_goes_with_the_sheet(recorded: Engine) -> None:
    old = document_key(sha(1), 0)
    correct_field(recorded, old, "signature_date", "2026-11-05", by="rev", why="the 5 is clear")
    correct_field(recorded, old, "signature_date", "2026-11-06", by="lead", why="no, a 6")
    correct_field(recorded, old, "date_of_birth", "1981-02-28", by="rev", why="smudge")
    read_again(recorded, two_forms(1))
    first, second = document_key(sha(1), 1), document_key(sha(1), 2)
    with reading(recorded) as session:
        (row,) = session.execute(select(Correction).where(Correction.document_id == first)).scalars()
        assert (row.name, row.number, row.value_before, row.value) == (
            "signature_date",
            1,
            "signature_date again",
            "2026-11-06",
        )
        assert (row.corrected_by, row.why) == ("lead", "no, a 6")
        assert carried_corrections(session, first) == {("signature_date", 1): Carried(old, 2)}
        assert carried_corrections(session, second) == {}
        assert session.get_one(Record, first).content["signature_date"] == "2026-11-06"
        assert session.get_one(Field, (first, "signature_date")).value == "signature_date again"
    assert whole(recorded)


def test_a_correction_follows_its_page_from_one_form_to_another_and_back(recorded: Engine) -> None:
    old = document_key(sha(1), 0)
    correct_field(recorded, old, "comments", "call the office", by="rev", why="legible to me")
    # The comments of the sample stand on page 2 of the fax; move that page to a form of its own and back.
    moved = two_forms(1)
    alone = replace(moved.documents[1], fields=(field("comments", "cull the offine", page=2),), pages=(2,))
    there = replace(moved, documents=(replace(moved.documents[0], fields=(), pages=(3,)), alone))
    read_again(recorded, there)
    with reading(recorded) as session:
        assert session.get_one(Record, document_key(sha(1), 2)).content["comments"] == "call the office"
    correct_field(recorded, document_key(sha(1), 2), "comments", "call the clinic", by="rev", why="clinic")
    read_again(recorded, fax(1))
    with reading(recorded) as session:
        back = document_key(sha(1), 3)
        assert session.get_one(Record, back).content["comments"] == "call the clinic"
        assert carried_corrections(session, back) == {("comments", 1): Carried(document_key(sha(1), 2), 2)}
    assert whole(recorded)


def test_a_correction_that_was_taken_back_does_not_come_again(recorded: Engine) -> None:
    old, again = document_key(sha(1), 0), document_key(sha(1), 1)
    for value in ("2026-11-05", "2026-11-06"):
        correct_field(recorded, old, "signature_date", value, by="rev", why="")
    with writing(recorded) as session:
        asked = correctable(session, old, "signature_date")
        note_correction(session, withdraw(session, asked, by="rev", why="undo"))
    read_again(recorded, fax(1))
    with reading(recorded) as session:
        assert session.get_one(Record, again).content["signature_date"] == "2026-11-05"
        assert carried_corrections(session, again) == {("signature_date", 1): Carried(old, 1)}
    with writing(recorded) as session:
        asked = correctable(session, again, "signature_date")
        note_correction(session, withdraw(session, asked, by="rev", why="undo"))
    read_again(recorded, fax(1))
    with reading(recorded) as session:
        assert "signature_date" not in session.get_one(Record, document_key(sha(1), 2)).content
    assert whole(recorded)


def test_what_the_registers_corrected_is_left_to_the_registers(recorded: Engine) -> None:
    old = document_key(sha(1), 0)
    correct_field(recorded, old, "date_of_birth", "1980-03-01", by="rev", why="")
    correct_field(recorded, old, "date_of_birth", "1980-03-02", by=REGISTER, why="register")
    correct_field(recorded, old, "signature_date", "2026-11-05", by=REGISTER, why="register")
    read_again(recorded, fax(1))
    with reading(recorded) as session:
        content = session.get_one(Record, document_key(sha(1), 1)).content
        assert content["date_of_birth"] == "1980-03-01"
        assert "signature_date" not in content


def test_a_correction_of_a_page_that_had_not_come_stands_until_the_page_comes(engine: Engine) -> None:
    receive(engine, facts(1))
    record(engine, two_forms(1))
    by_phone = document_key(sha(1), 0)
    correct_field(engine, by_phone, "comments", "told by phone", by="rev", why="asked the sender")
    read_again(engine, two_forms(1))
    with reading(engine) as session:
        assert session.get_one(Record, document_key(sha(1), 2)).content["comments"] == "told by phone"
    read_again(engine, fax(1))  # joined: the page is here and speaks for itself
    with reading(engine) as session:
        assert session.get_one(Record, document_key(sha(1), 4)).content["comments"] is None
        assert session.query(Correction).filter_by(document_id=document_key(sha(1), 4)).count() == 0
    assert whole(engine)


def test_a_form_of_an_earlier_reading_takes_no_correction(recorded: Engine) -> None:
    read_again(recorded, fax(1))
    with pytest.raises(UnknownField, match="read again since"):
        correct_field(recorded, document_key(sha(1), 0), "signature_date", "2026-11-05", by="rev", why="")
    assert (
        correct_field(recorded, document_key(sha(1), 1), "signature_date", "2026-11-05", by="rev", why="")
        == 1
    )


def test_nothing_is_carried_onto_another_form(recorded: Engine) -> None:
    correct_field(recorded, document_key(sha(1), 0), "patient_last_name", "Lund", by="rev", why="")
    other = replace(two_forms(1).documents[0], form="care_transfer")
    read_again(recorded, two_forms(1, documents=(other, two_forms(1).documents[1])))
    with reading(recorded) as session:
        assert session.query(Correction).count() == 1
        assert newest_of(session, [document_key(sha(1), 0)]) == {
            document_key(sha(1), 0): document_key(sha(1), 2)
        }


def test_whoever_corrects_while_the_fax_is_read_is_heard(recorded: Engine) -> None:
    ask_to_reread(recorded, sha(1), by=WHO)
    request = claimed(recorded)
    with reading(recorded) as session:
        basis = basis_of(session, sha(1))
    correct_field(recorded, document_key(sha(1), 0), "signature_date", "2026-11-05", by="rev", why="")
    assert record_again(recorded, two_forms(1), request, basis) == "people_went_on"
    with reading(recorded) as session:
        assert session.query(Rereading).count() == 0
        basis = basis_of(session, sha(1))
    assert record_again(recorded, two_forms(1), request, basis) == "recorded"
    with reading(recorded) as session:
        first = document_key(sha(1), 1)
        assert session.get_one(Record, first).content["signature_date"] == "2026-11-05"


def test_recording_twice_records_once(recorded: Engine) -> None:
    ask_to_reread(recorded, sha(1), by=WHO)
    request = claimed(recorded)
    assert claim_request(recorded, "other:1:1", 600) is None
    with reading(recorded) as session:
        basis = basis_of(session, sha(1))
    assert record_again(recorded, two_forms(1), request, basis) == "recorded"
    assert record_again(recorded, two_forms(1), request, basis) == "no_longer_asked"
    with reading(recorded) as session:
        assert session.query(Rereading).count() == 1
    assert whole(recorded)


def test_who_asks_while_the_fax_is_read_has_it_read_once_more(recorded: Engine) -> None:
    ask_to_reread(recorded, sha(1), by=WHO)
    request = claimed(recorded)
    with reading(recorded) as session:
        basis = basis_of(session, sha(1))
        assert request_states(session, [sha(1)])[sha(1)].state == "reading"
    decide(recorded, sha(1), SplitBefore(3), by=WHO)
    assert not ask_to_reread(recorded, sha(1), by=WHO)
    assert record_again(recorded, fax(1), request, basis) == "recorded"
    with reading(recorded) as session:
        view = fax_view(session, sha(1))
        assert view is not None
        assert (view.unread, view.request is not None and view.request.state) == (True, "waiting")


def test_a_request_that_failed_leaves_the_reading_and_waits_for_someone_to_ask_again(
    recorded: Engine,
) -> None:
    ask_to_reread(recorded, sha(1), by=WHO)
    fail_request(recorded, claimed(recorded), SetAside("archive_damaged", "Restore the archive."))
    assert claim_request(recorded, OWNER, 600) is None
    with reading(recorded) as session:
        state = request_states(session, [sha(1)])[sha(1)]
        assert (state.state, state.failure) == ("failed", SetAside("archive_damaged", "Restore the archive."))
        assert inbox_counts(session).in_review == 2
    ask_to_reread(recorded, sha(1), by=WHO)
    assert claimed(recorded).attempts == 1


def test_a_claim_is_given_back_and_taken_over(recorded: Engine) -> None:
    ask_to_reread(recorded, sha(1), by=WHO)
    claimed(recorded)
    release_requests(recorded, OWNER)
    assert claimed(recorded).attempts == 1
    with writing(recorded) as session:
        past = facts(1).received_at
        session.execute(update(RereadRequest).values(claimed_until=past))
    taken = claim_request(recorded, "other:1:1", 600)
    assert taken is not None
    assert taken.attempts == 2


def _die_while_recording(url: str) -> None:
    engine = open_database(url)
    request = claim_request(engine, OWNER, 600)
    assert request is not None
    with reading(engine) as session:
        basis = basis_of(session, sha(1))
    append = trail.append

    def append_and_die(*arguments: object) -> None:
        append(*arguments)  # type: ignore[arg-type]
        os._exit(9)

    trail.append = append_and_die  # type: ignore[assignment]
    record_again(engine, two_forms(1), request, basis)


def test_a_process_killed_in_the_midst_leaves_the_old_reading(
    database_url: str, opened: Callable[..., Engine]
) -> None:
    engine = opened(database_url)
    upgrade(engine)
    receive(engine, facts(1))
    record(engine, fax(1))
    ask_to_reread(engine, sha(1), by=WHO)
    with reading(engine) as session:
        before = list(summaries(session, [sha(1)]))
    engine.dispose()
    with in_processes(1) as pool:
        pool.apply_async(_die_while_recording, (database_url,))
        pool.close()
        _wait_for_claim(opened(database_url))
    again = opened(database_url)
    with reading(again) as session:
        assert list(summaries(session, [sha(1)])) == before
        assert session.query(Rereading).count() == 0
    assert whole(again)
    with writing(again) as session:
        session.execute(update(RereadRequest).values(claimed_until=facts(1).received_at))
    request = claimed(again)
    assert request.attempts == 2
    with reading(again) as session:
        basis = basis_of(session, sha(1))
    assert record_again(again, two_forms(1), request, basis) == "recorded"
    assert whole(again)


def _wait_for_claim(engine: Engine) -> None:
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at:
        with reading(engine) as session:
            row = session.get(RereadRequest, sha(1))
            if row is not None and row.claimed_by is not None:
                time.sleep(1.0)
                return
        time.sleep(0.05)
    raise AssertionError("the process never claimed the fax")


def test_no_rereading_closes_an_adverse_event_flag(engine: Engine) -> None:
    receive(engine, facts(1))
    flagged = fax(1, tasks=(*fax(1).tasks, TaskRecord("adverse_event", "AE-01", 0, 0, 2)), priority=0)
    record(engine, flagged)
    decide(engine, sha(1), MarkFax("not_ours"), by=WHO)
    with reading(engine) as session:
        marked = marked_record(session, sha(1))
        basis = basis_of(session, sha(1))
    assert record_again(engine, marked, claimed(engine), basis) == "recorded"
    with reading(engine) as session:
        (shown,) = summaries(session, [sha(1)])
        assert (shown.status, shown.priority, shown.documents) == ("in_review", 0, ())
        assert [(task.kind, task.reason, task.page) for task in shown.open_tasks] == [
            ("adverse_event", "AE-01", 2)
        ]
    # Raised by the new reading itself, it is one flag and not two.
    raised = two_forms(1, tasks=(TaskRecord("adverse_event", "AE-01", 0, 0, 2),))
    decide(engine, sha(1), Undo(1), by=WHO)
    with reading(engine) as session:
        basis = basis_of(session, sha(1))
    assert record_again(engine, raised, claimed(engine), basis) == "recorded"
    with reading(engine) as session:
        (shown,) = summaries(session, [sha(1)])
        assert [(task.kind, task.document) for task in shown.open_tasks] == [("adverse_event", 1)]
    assert whole(engine)


def test_of_two_flags_on_a_page_the_one_that_is_not_raised_again_stays_open(engine: Engine) -> None:
    def flagged(*fields: str) -> tuple[TaskRecord, ...]:
        return tuple(TaskRecord("adverse_event", "AE-03", 0, 0, 2, name) for name in fields)

    receive(engine, facts(1))
    record(engine, fax(1, tasks=flagged("comments", "conditions"), priority=0))
    read_again(engine, fax(1, tasks=flagged("comments"), priority=0))
    with reading(engine) as session:
        (shown,) = summaries(session, [sha(1)])
        assert sorted((task.reason, task.page, task.field or "") for task in shown.open_tasks) == [
            ("AE-03", 2, ""),
            ("AE-03", 2, "comments"),
        ]


def test_a_fax_marked_by_mistake_comes_back_as_the_same_forms_with_what_was_corrected(
    recorded: Engine,
) -> None:
    old = document_key(sha(1), 0)
    correct_field(recorded, old, "signature_date", "2026-11-05", by="rev", why="")
    decide(recorded, sha(1), MarkFax("duplicate", sha(2)), by=WHO)
    with reading(recorded) as session:
        marked, basis = marked_record(session, sha(1)), basis_of(session, sha(1))
    assert record_again(recorded, marked, claimed(recorded), basis) == "recorded"
    with reading(recorded) as session:
        (shown,) = summaries(session, [sha(1)])
        assert (shown.status, shown.documents, shown.open_tasks, shown.page_count) == ("recorded", (), (), 3)
        assert newest_of(session, [old]) == {old: None}
        assert layout_of(session, sha(1)) == Layout((1, 2, 3), ((2, 3),))
    decide(recorded, sha(1), Undo(1), by=WHO)
    with reading(recorded) as session:
        basis = basis_of(session, sha(1))
    assert record_again(recorded, fax(1), claimed(recorded), basis) == "recorded"
    back = document_key(sha(1), 1)
    with reading(recorded) as session:
        assert newest_of(session, [old]) == {old: back}
        assert root_of(session, back) == old
        assert session.get_one(Record, back).content["signature_date"] == "2026-11-05"
    assert whole(recorded)


def test_a_form_that_a_person_rejected_stays_rejected_while_it_is_the_same_sheets(recorded: Engine) -> None:
    old, again = document_key(sha(1), 0), document_key(sha(1), 1)
    with writing(recorded) as session:
        session.execute(update(Record).where(Record.document_id == old).values(state="rejected"))
        told = {
            "rejected": True,
            "account": "safety",
            "at": facts(1).received_at,
            "why": "a test",
            "tasks": [],
        }
        session.add(Rejection(id=str(uuid4()), document_id=old, **told))
    read_again(recorded, fax(1))
    with reading(recorded) as session:
        assert session.get_one(Record, again).state == "rejected"
        (kept,) = session.execute(select(Rejection).where(Rejection.document_id == again)).scalars()
        assert (kept.account, kept.at, kept.why, len(kept.tasks)) == (
            "safety",
            facts(1).received_at,
            "a test",
            2,
        )
        (shown,) = summaries(session, [sha(1)])
        assert (shown.open_tasks, shown.status) == ((), "recorded")
    read_again(recorded, two_forms(1))
    with reading(recorded) as session:
        assert session.get_one(Record, document_key(sha(1), 2)).state == "in_review"


def test_a_set_aside_fax_that_was_mended_is_read(engine: Engine) -> None:
    receive(engine, facts(1))
    set_aside(engine, sha(1), SetAside("poppler_missing", "Install poppler."))
    decide(engine, sha(1), SendBack(), by=WHO)
    with reading(engine) as session:
        basis = basis_of(session, sha(1))
    request = claimed(engine)
    assert request.status == "set_aside"
    assert record_again(engine, fax(1), request, basis) == "recorded"
    with reading(engine) as session:
        (shown,) = summaries(session, [sha(1)])
        assert (shown.status, shown.set_aside, len(shown.documents)) == ("in_review", None, 1)
        assert session.get_one(Rereading, (sha(1), 2)).replaced["transmission"]["set_aside_code"] == (
            "poppler_missing"
        )
        assert layout_of(session, sha(1)) == Layout((1, 2, 3), ((2, 3),))
        assert claim(engine, OWNER, 60, 9) == ()
    assert whole(engine)


def test_suspects_are_linked_anew(recorded: Engine) -> None:
    with reading(recorded) as session:
        assert session.query(Suspect).count() == 1
    read_again(
        recorded, two_forms(1, pages=tuple(replace(one, content_hash=None) for one in two_forms(1).pages))
    )
    with reading(recorded) as session:
        assert session.query(Suspect).count() == 0
    read_again(recorded, two_forms(1))
    with reading(recorded) as session:
        assert session.query(Suspect).count() == 1


def test_a_change_to_what_was_replaced_shows(recorded: Engine) -> None:
    read_again(recorded, two_forms(1))
    with writing(recorded) as session:
        if recorded.dialect.name == "postgresql":
            session.execute(text("ALTER TABLE rereadings DISABLE TRIGGER rereadings_append_only"))
        else:
            session.execute(text("DROP TRIGGER rereadings_no_update"))
        session.execute(update(Rereading).values(replaced={}))
    with reading(recorded) as session:
        assert [found.message for found in verify_audit(session).breaks] == [
            f"What reading 2 of transmission {sha(1)} replaced was changed."
        ]


def test_a_changed_field_of_an_earlier_reading_shows(recorded: Engine) -> None:
    read_again(recorded, two_forms(1))
    with writing(recorded) as session:
        old = session.get_one(Field, (document_key(sha(1), 0), "patient_last_name"))
        old.raw = "Lund"
    assert not whole(recorded)


def test_texts_and_findings_of_the_newest_reading_alone_are_in_their_tables(recorded: Engine) -> None:
    read_again(recorded, two_forms(1))
    read_again(recorded, two_forms(1))
    with reading(recorded) as session:
        mine = select(PageText).where(PageText.transmission_id == sha(1))
        assert session.execute(mine).scalars().all() == []
        found = session.execute(select(Finding).where(Finding.transmission_id == sha(1))).scalars().all()
        assert {one.document_id for one in found} == {document_key(sha(1), 3), document_key(sha(1), 4)}
        assert session.get_one(Transmission, sha(1)).page_count == 3
