import pytest
from sqlalchemy.engine import Engine
from store_samples import PATIENT, document, facts, fax, field, in_processes, sha

from store.audit import verify_audit
from store.corrections import correct_field
from store.database import open_database, reading
from store.errors import UnknownField
from store.inbox import receive
from store.keys import document_key
from store.queries import patient_status
from store.recording import record
from store.tables import AuditRow, Correction, Field, Record, ReviewTask

KEY = document_key(sha(1), 0)


@pytest.fixture
def recorded(engine: Engine) -> Engine:
    receive(engine, facts(1))
    record(engine, fax(1))
    return engine


def _correct_often(work: tuple[str, str]) -> list[int]:
    url, by = work
    engine = open_database(url)
    return [
        correct_field(engine, KEY, "comments", f"{by} {number}", by=by, why="test") for number in range(8)
    ]


def test_a_correction_is_a_row_more_and_the_reading_stays(recorded: Engine) -> None:
    assert correct_field(recorded, KEY, "signature_date", "2026-11-07", by="ana", why="a 7") == 1
    assert correct_field(recorded, KEY, "signature_date", None, by="ben", why="empty") == 2
    assert correct_field(recorded, KEY, "signature_date", "2026-11-01", by="ana", why="agreed") == 3
    with reading(recorded) as session:
        rows = session.query(Correction).order_by(Correction.number).all()
        assert [(row.value_before, row.value, row.corrected_by, row.why) for row in rows] == [
            ("2026-11-01", "2026-11-07", "ana", "a 7"),
            ("2026-11-07", None, "ben", "empty"),
            (None, "2026-11-01", "ana", "agreed"),
        ]
        assert all(row.corrected_at is not None for row in rows)
        read = session.get_one(Field, (KEY, "signature_date"))
        assert (read.value, read.confidence, read.decision) == ("2026-11-01", 0.61, "review")
        assert session.query(Record).one().content["signature_date"] == "2026-11-01"
        assert verify_audit(session).whole


def test_a_correction_settles_the_task_of_its_field_alone(recorded: Engine) -> None:
    correct_field(recorded, KEY, "signature_date", "2026-11-07", by="ana", why="a 7")
    with reading(recorded) as session:
        tasks = {task.kind: (task.status, task.done_by) for task in session.query(ReviewTask)}
    assert tasks == {"field": ("done", "ana"), "page": ("open", None)}


def test_a_corrected_key_finds_its_people(recorded: Engine) -> None:
    correct_field(recorded, KEY, "patient_rems_id", "P-7654321B", by="ana", why="misread")
    with reading(recorded) as session:
        assert patient_status(session, PATIENT) == ()
        assert [item.document_id for item in patient_status(session, "P-7654321B")] == [KEY]


def test_choices_are_corrected_too(recorded: Engine) -> None:
    correct_field(recorded, KEY, "conditions", ("itp",), by="ana", why="a smudge")
    with reading(recorded) as session:
        row = session.query(Correction).one()
        assert (row.value_before, row.value) == (["itp", "melanoma"], ["itp"])
        assert verify_audit(session).whole


def test_the_trail_names_the_person_and_not_the_value(recorded: Engine) -> None:
    correct_field(recorded, KEY, "patient_last_name", "Ferreira-Lund", by="ana", why="no accent")
    with reading(recorded) as session:
        row = session.query(AuditRow).order_by(AuditRow.sequence.desc()).first()
        assert row is not None
        assert (row.action, row.actor, row.reference) == ("corrected", "ana", f"{KEY}/patient_last_name/1")
        assert "Ferreira" not in row.details


@pytest.mark.parametrize(("document_id", "name"), [(KEY, "no_such_field"), ("0" * 36, "signature_date")])
def test_what_is_not_there_cannot_be_corrected(recorded: Engine, document_id: str, name: str) -> None:
    with pytest.raises(UnknownField, match="look the document up"):
        correct_field(recorded, document_id, name, "x", by="ana", why="test")


def test_a_form_without_a_record_is_corrected_too(engine: Engine) -> None:
    receive(engine, facts(1))
    rejected = document(1, outcome="set_aside", fields=(field("sex", "F"),))
    record(engine, fax(1, documents=(rejected,), tasks=()))
    assert correct_field(engine, KEY, "sex", "M", by="ana", why="test") == 1


def test_two_people_at_once_follow_each_other(recorded: Engine, database_url: str) -> None:
    recorded.dispose()
    with in_processes(2) as pool:
        numbers = pool.map(_correct_often, [(database_url, "ana"), (database_url, "ben")], chunksize=1)
    assert sorted(number for mine in numbers for number in mine) == list(range(1, 17))
    with reading(recorded) as session:
        rows = session.query(Correction).order_by(Correction.number).all()
        assert [row.value_before for row in rows] == [None, *(row.value for row in rows[:-1])]
        assert verify_audit(session).whole
