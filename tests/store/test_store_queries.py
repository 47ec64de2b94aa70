from sqlalchemy.engine import Engine
from store_samples import FIRST, PATIENT, document, facts, fax, field, sha

from store.database import reading
from store.inbox import receive
from store.keys import document_key
from store.model import PageRecord, SetAside, TaskRecord
from store.queries import InboxCounts, inbox_counts, open_tasks, patient_status, summaries
from store.recording import record, set_aside

REASON = SetAside("empty", "The file is empty; ask the sender to send it again.")


def test_an_empty_store_counts_nothing(engine: Engine) -> None:
    with reading(engine) as session:
        assert inbox_counts(session) == InboxCounts()
        assert open_tasks(session, 5) == ()
        assert list(summaries(session, [sha(1)])) == []


def test_the_inbox_is_counted_by_where_faxes_stand(engine: Engine) -> None:
    for number in range(4):
        receive(engine, facts(number))
    record(engine, fax(0))
    record(engine, fax(1, outcome="recorded", tasks=()))
    set_aside(engine, sha(2), REASON)
    with reading(engine) as session:
        assert inbox_counts(session) == InboxCounts(1, 1, 1, 1, 0, 3)


def test_what_is_most_urgent_and_oldest_comes_first(engine: Engine) -> None:
    for number, priority in ((1, 4), (2, 0), (3, 4)):
        receive(engine, facts(number))
        tasks = (TaskRecord("adverse_event", "possible", priority, 0),)
        record(engine, fax(number, tasks=tasks, priority=priority))
    with reading(engine) as session:
        assert [task.transmission_id for task in open_tasks(session, 9)] == [sha(2), sha(1), sha(3)]
        assert [task.document for task in open_tasks(session, 1)] == [0]
        assert [item.id for item in summaries(session, [sha(3), sha(1), sha(2)])] == [sha(2), sha(1), sha(3)]


def test_a_report_finds_all_about_a_fax(engine: Engine) -> None:
    receive(engine, facts(1))
    receive(engine, facts(1, source="/inbox/again.tif", minutes=5))
    record(engine, fax(1))
    with reading(engine) as session:
        (item,) = summaries(session, [sha(1)])
    assert (item.status, item.page_count, item.priority, item.set_aside) == ("in_review", 3, 2, None)
    assert item.sources == ("/inbox/1.tif", "/inbox/again.tif")
    (form,) = item.documents
    assert (form.id, form.form, form.pages, form.outcome) == (
        document_key(sha(1), 0), "patient_status", (2, 3), "in_review"
    )  # fmt: skip
    assert [(finding.rule, finding.document, finding.fields) for finding in item.findings] == [
        ("COM-09", None, ()),
        ("PSF-07", 0, ("signature_date",)),
    ]
    assert [(task.kind, task.reason, task.document, task.page, task.field) for task in item.open_tasks] == [
        ("page", "registration", 0, 3, None),
        ("field", "disagree", 0, 2, "signature_date"),
    ]
    assert item.seconds == {"open": 0.1}


def test_a_report_says_why_a_fax_was_set_aside(engine: Engine) -> None:
    receive(engine, facts(1))
    set_aside(engine, sha(1), REASON)
    with reading(engine) as session:
        (item,) = summaries(session, [sha(1)])
    assert item.set_aside == REASON
    assert [task.kind for task in item.open_tasks] == ["set_aside"]


def test_a_patient_is_found_with_every_form(engine: Engine) -> None:
    for number in (2, 1, 3):
        receive(engine, facts(number))
    other = document(2, fields=(field("patient_rems_id", "P-7654321B"),))
    record(engine, fax(2, documents=(document(2, form="care_transfer"), other)))
    record(engine, fax(1, tasks=()))
    record(engine, fax(3, documents=(other,), tasks=()))
    with reading(engine) as session:
        forms = patient_status(session, PATIENT)
        assert [(form.form, form.transmission_id, form.open_tasks) for form in forms] == [
            ("patient_status", sha(1), 0),
            ("care_transfer", sha(2), 2),
        ]
        assert forms[0].received_at == facts(1).received_at > FIRST
        assert forms[0].content["still_under_care"] == "yes"
        assert patient_status(session, "P-0000000X") == ()


def test_suspected_copies_are_seen_from_both_sides(engine: Engine) -> None:
    for number in (1, 2, 3):
        receive(engine, facts(number))
        page = PageRecord(1, "form", content_hash="00000000000000ff" if number != 2 else "ffffffff00000000")
        record(engine, fax(number, pages=(page,), documents=(), other_pages=(), tasks=()))
    with reading(engine) as session:
        seen = {item.id: item.suspects for item in summaries(session, [sha(1), sha(2), sha(3)])}
        assert seen == {sha(1): (sha(3),), sha(2): (), sha(3): (sha(1),)}
        assert [item.suspects for item in summaries(session, [sha(1)])] == [(sha(3),)]


def test_many_faxes_are_asked_for_in_parts(engine: Engine) -> None:
    for number in range(8):
        receive(engine, facts(number))
    with reading(engine) as session:
        unknown = [sha(number) for number in range(100, 2000)]
        assert len(list(summaries(session, [sha(number) for number in range(8)] + unknown))) == 8
