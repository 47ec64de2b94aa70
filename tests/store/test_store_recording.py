import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import free_port
from sqlalchemy import select
from sqlalchemy.engine import Engine
from store_samples import PATIENT, document, facts, fax, field, in_processes, sha

from store import audit, trail
from store.database import open_database, reading
from store.errors import RecordRefused, StoreUnreachable, UnknownTransmission
from store.export import exported_columns, exported_tables
from store.inbox import claim, receive
from store.keys import document_key
from store.model import DocumentRecord, PageRecord, SetAside, TaskRecord, TransmissionRecord
from store.recording import record, set_aside
from store.schema import upgrade
from store.settings import StoreSettings
from store.suspects import BANDS, FARTHEST_BITS, band, distance_bits, near_bands
from store.tables import (
    AuditRow,
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

REASON = SetAside("encrypted", "The PDF is encrypted; ask the sender for one that is not.")


def contents(engine: Engine) -> dict[str, list[str]]:
    """All rows of all tables, volatile columns apart."""
    with reading(engine) as session:
        return {
            table.name: sorted(map(repr, session.execute(select(*exported_columns(table))).all()))
            for table in exported_tables()
        }


def _record_many(work: tuple[str, int, int]) -> int:
    url, start, step = work
    engine = open_database(url)
    return sum(record(engine, fax(number)) for number in range(start, 24, step))


def _die_while_recording(work: tuple[str, int]) -> None:
    url, number = work
    engine = open_database(url)
    claim(engine, "killed", 600, 1, among=[sha(number)])
    append = trail.append

    def append_and_die(*arguments: object) -> None:
        append(*arguments)  # type: ignore[arg-type]
        os._exit(9)

    trail.append = append_and_die  # type: ignore[assignment]
    record(engine, fax(number))


def test_everything_about_a_fax_is_written_with_its_origin(engine: Engine) -> None:
    receive(engine, facts(1))
    assert record(engine, fax(1))
    key = document_key(sha(1), 0)
    with reading(engine) as session:
        stored = session.get_one(Transmission, sha(1))
        assert (stored.status, stored.page_count, stored.format) == ("in_review", 3, "tiff-g3")
        assert [(page.number, page.document_id) for page in session.query(Page).order_by(Page.number)] == [
            (1, None),
            (2, key),
            (3, key),
        ]
        doubtful = session.get_one(Field, (key, "signature_date"))
        assert (doubtful.value, doubtful.raw, doubtful.confidence) == ("2026-11-01", "2026-11-01", 0.61)
        assert (doubtful.page, doubtful.box_px, doubtful.reader) == (2, [10, 20, 110, 60], "handwriting")
        assert (doubtful.model_version, doubtful.template_version) == ("ppocr-6", "2015-11")
        assert doubtful.candidates[1] == {"value": "2026-11-07", "probability": 0.3, "reader": "tesseract"}
        values = {row.name: row.value for row in session.query(Field)}
        assert (values["conditions"], values["signature"], values["comments"]) == (
            ["itp", "melanoma"],
            True,
            None,
        )
        assert [(row.rule, row.document_id) for row in session.query(Finding).order_by(Finding.ordinal)] == [
            ("COM-09", None),
            ("PSF-07", key),
        ]
        assert {row.text for row in session.query(PageText)} == {"call me back 1", "3 pages to follow"}
        assert {(row.kind, row.field, row.status) for row in session.query(ReviewTask)} == {
            ("field", "signature_date", "open"),
            ("page", None, "open"),
        }


def test_nothing_unsure_enters_a_record(engine: Engine) -> None:
    receive(engine, facts(1))
    record(engine, fax(1))
    with reading(engine) as session:
        row = session.query(Record).one()
        assert "signature_date" not in row.content
        assert row.content["comments"] is None
        assert (row.patient_rems_id, row.patient_last_name) == (PATIENT, "ferreira-lunde")
        assert (row.date_of_birth, row.state) == (date(1980, 2, 29), "in_review")


def test_an_unsure_key_is_no_key(engine: Engine) -> None:
    receive(engine, facts(1))
    unsure = document(
        1,
        fields=(
            field("patient_rems_id", PATIENT, decision="review"),
            field("date_of_birth", "1980"),
        ),
    )
    record(engine, fax(1, documents=(unsure,), tasks=()))
    with reading(engine) as session:
        row = session.query(Record).one()
        assert (row.patient_rems_id, row.date_of_birth) == (None, None)


def test_the_identifier_that_the_office_writes_is_that_of_the_form(engine: Engine) -> None:
    receive(engine, facts(1))
    enrolled = document(1, form="facility_enrollment", fields=(field("office_rems_id", "F-1234567X"),))
    record(engine, fax(1, documents=(enrolled,), tasks=()))
    with reading(engine) as session:
        assert session.query(Record).one().facility_rems_id == "F-1234567X"


def test_a_second_recording_changes_nothing(engine: Engine) -> None:
    receive(engine, facts(1))
    record(engine, fax(1))
    before = contents(engine)
    assert not record(engine, fax(1, outcome="recorded", pages=(), documents=(), tasks=()))
    assert not set_aside(engine, sha(1), REASON)
    assert contents(engine) == before


def test_a_fax_set_aside_is_seen_with_its_reason(engine: Engine) -> None:
    receive(engine, facts(1))
    claim(engine, "me", 60, 1)
    assert set_aside(engine, sha(1), REASON)
    with reading(engine) as session:
        row = session.get_one(Transmission, sha(1))
        assert (row.status, row.set_aside_code, row.claimed_by) == ("set_aside", "encrypted", None)
        assert row.set_aside_message == REASON.message
        task = session.query(ReviewTask).one()
        assert (task.kind, task.reason) == ("set_aside", "encrypted")
        assert [row.action for row in session.query(AuditRow).order_by(AuditRow.sequence)] == [
            "delivered",
            "set_aside",
        ]


def test_a_fax_that_never_came_cannot_be_recorded(engine: Engine) -> None:
    with pytest.raises(UnknownTransmission, match="never received"):
        record(engine, fax(1))


@pytest.mark.parametrize(
    "changes",
    [
        {"pages": (PageRecord(1, "cover"), PageRecord(1, "blank")), "documents": (), "tasks": ()},
        {"tasks": (TaskRecord("document", "split", 1, document=1),)},
        {"documents": (document(1, fields=(field("sex", "F"), field("sex", "M"))),)},
    ],
)
def test_a_record_that_contradicts_itself_is_refused_whole(
    engine: Engine, changes: dict[str, object]
) -> None:
    receive(engine, facts(1))
    before = contents(engine)
    with pytest.raises(RecordRefused):
        record(engine, fax(1, **changes))
    assert contents(engine) == before


def test_a_fault_in_the_middle_leaves_nothing(engine: Engine) -> None:
    receive(engine, facts(1))
    before = contents(engine)
    bad = fax(1, documents=(document(1, fields=(field("sex", "F", confidence=0.5, raw=None),)),))
    with pytest.raises(Exception, match=r"(?i)null"):
        record(engine, bad)
    assert contents(engine) == before
    assert record(engine, fax(1))


def test_killed_while_recording_and_run_again_is_the_same_as_undisturbed(
    database_url: str, opened: Callable[..., Engine], engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    undisturbed = opened(f"sqlite:///{tmp_path_factory.mktemp('other') / 'store.db'}")
    upgrade(undisturbed)
    for number in (1, 2, 3):
        receive(undisturbed, facts(number))
        record(undisturbed, fax(number))
    for number in (3, 1, 2):
        receive(engine, facts(number))
    record(engine, fax(1))
    engine.dispose()
    with in_processes(1) as pool:
        doomed = pool.apply_async(_die_while_recording, ((database_url, 2),))
        doomed.wait(2)
        assert not doomed.ready(), "the process lived on"
    for number in (1, 2, 3):
        receive(engine, facts(number))
        record(engine, fax(number))
    assert contents(engine) == contents(undisturbed)
    with reading(engine) as session:
        assert audit.verify_audit(session).whole


def test_pages_written_alike_are_suspected_whoever_comes_first(engine: Engine) -> None:
    hashes = [
        "00000000000000ff",
        "00000000000000f0",
        "00000000000000fe",
        "80000000000010fb",
        "ffff000000000000",
        "0001000100030003",  # six bits from the next, and no band is the same
        "0000000000000000",
    ]
    for number, value in enumerate(hashes):
        receive(engine, facts(number))
        page = PageRecord(1, "form", content_hash=value)
        record(engine, fax(number, pages=(page,), documents=(), other_pages=(), tasks=()))
    with reading(engine) as session:
        found = {
            (*sorted([row.transmission_id, row.other_transmission_id]), row.distance_bits)
            for row in session.query(Suspect)
        }
    assert found == {
        (*sorted([sha(0), sha(2)]), 1),
        (*sorted([sha(2), sha(1)]), 3),
        (*sorted([sha(0), sha(1)]), 4),
        (*sorted([sha(0), sha(3)]), 3),
        (*sorted([sha(2), sha(3)]), 4),
        (*sorted([sha(5), sha(6)]), 6),
        (*sorted([sha(1), sha(6)]), 4),
        (*sorted([sha(3), sha(1)]), 5),
    }


@given(one=st.integers(0, 2**64 - 1), flips=st.sets(st.integers(0, 63), max_size=FARTHEST_BITS))
def test_hashes_within_the_limit_always_meet_in_the_index(one: int, flips: set[int]) -> None:
    here = f"{one:016x}"
    there = f"{one ^ sum(1 << bit for bit in flips):016x}"
    assert distance_bits(here, there) == len(flips)
    assert any(band(there, at) in near_bands(here, at, len(flips)) for at in range(BANDS))


def test_the_setting_allows_what_the_index_finds() -> None:
    StoreSettings(suspect_distance_bits=FARTHEST_BITS)
    with pytest.raises(ValueError, match="suspect_distance_bits"):
        StoreSettings(suspect_distance_bits=FARTHEST_BITS + 1)


def test_three_processes_record_without_losing_anything(engine: Engine, database_url: str) -> None:
    for number in range(24):
        receive(engine, facts(number))
    engine.dispose()
    work = [(database_url, 0, 1), (database_url, 1, 2), (database_url, 0, 2)]
    with in_processes(3) as pool:
        assert sum(pool.map(_record_many, work, chunksize=1)) == 24
    with reading(engine) as session:
        report = audit.verify_audit(session)
        assert (report.breaks, report.head.rows, report.transmissions) == ((), 48, 24)
        assert session.query(Document).count() == 24


def test_a_store_that_went_away_has_a_name(opened: Callable[..., Engine]) -> None:
    gone = opened(f"postgresql://remsfax@127.0.0.1:{free_port()}/gone")
    with pytest.raises(StoreUnreachable, match="check its URL"):
        record(gone, fax(1))


def test_a_reason_goes_with_being_set_aside_and_only_with_it() -> None:
    with pytest.raises(ValueError, match="exactly when"):
        TransmissionRecord(sha(1), "set_aside", None, ())
    with pytest.raises(ValueError, match="exactly when"):
        TransmissionRecord(sha(1), "recorded", None, (), set_aside=REASON)


def test_long_words_from_outside_fit(engine: Engine) -> None:
    receive(engine, facts(1))
    long = field("patient_rems_id", "P" * 5000, kind="rems_id", reader="r" * 300, model_version="m" * 300)
    task = TaskRecord("field", "reason " * 60, 1, 0, 2, "patient_rems_id")
    assert record(engine, fax(1, documents=(document(1, fields=(long,)),), tasks=(task,), format="f" * 99))
    with reading(engine) as session:
        assert session.query(Record).one().patient_rems_id is None


@pytest.mark.parametrize("pages", [-1, 10**9])
def test_page_counts_that_nobody_can_mean_are_refused(pages: int) -> None:
    with pytest.raises(ValueError, match="announced_pages"):
        replace(facts(1), announced_pages=pages)


def test_a_document_set_aside_makes_no_record(engine: Engine) -> None:
    rejected: DocumentRecord = document(1, outcome="set_aside")
    receive(engine, facts(1))
    record(engine, fax(1, documents=(rejected,), tasks=()))
    with reading(engine) as session:
        assert session.query(Record).count() == 0
        assert session.query(Field).count() == 8
