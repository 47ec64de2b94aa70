import pytest
from desk_samples import (
    ANA,
    BEN,
    LEA,
    SETTINGS,
    SURNAME,
    answer,
    care_transfer,
    put,
    rules,
    say,
    task_of,
    truth,
)
from sqlalchemy import text, update
from sqlalchemy.engine import Engine
from store_samples import in_processes

from store.audit import verify_audit
from store.database import open_database, reading, writing
from store.desk.acceptance import CLOSED
from store.desk.errors import LineRefused
from store.desk.lines import (
    LineTerms,
    confirm_line,
    line_history,
    line_standings,
    lines_now,
    move_lines,
    take_back_line,
)
from store.desk.proof import desk_breaks
from store.desk.tables import Measurement
from store.desk.tending import tend

ALL = SETTINGS.model_copy(update={"sample_share": 1.0})
TERMS = LineTerms(0.0014, 28, 0.95)


def _move(url: str) -> int:
    return len(move_lines(open_database(url), TERMS))


@pytest.fixture
def misread(engine: Engine) -> Engine:
    """Two accepted surnames of which two people said that they were wrong."""
    for number in (1, 2):
        key = put(engine, number, care_transfer({}, **{SURNAME: "Misread"}))
        tend(engine, ALL)
        for person in (ANA, BEN):
            answer(engine, ALL, rules(), person, say(engine, key, SURNAME, truth()[SURNAME]))
    return engine


def measured(engine: Engine, number: int, **more: object) -> None:
    """As if so many fields had been settled beside those of the test."""
    with writing(engine) as session:
        given = session.query(Measurement).first()
        assert given is not None
        columns = {column.key: getattr(given, column.key) for column in Measurement.__table__.columns}
        tasks = session.execute(text("SELECT id FROM review_tasks ORDER BY id")).scalars().all()
        known = set(session.execute(text("SELECT task_id FROM measurements")).scalars())
        free = [task for task in tasks if task not in known][:number]
        session.add_all(Measurement(**(columns | {"task_id": task} | more)) for task in free)


def test_errors_among_accepted_fields_move_the_line_and_the_trail_vouches_for_it(misread: Engine) -> None:
    (line,) = move_lines(misread, TERMS)
    assert (line.line_kind, line.least, line.why, line.moved_by) == ("name", CLOSED, "above_target", "system")
    assert (line.evidence["measured"], line.evidence["wrong"], line.evidence["target_error"]) == (
        2,
        2,
        0.0014,
    )
    assert move_lines(misread, TERMS) == ()
    with reading(misread) as session:
        assert lines_now(session) == {"name": line}
        assert line_history(session) == (line,)
        assert verify_audit(session).whole
    with pytest.raises(LineRefused):
        take_back_line(misread, LEA, "name")


def test_a_line_goes_back_when_no_more_is_wrong(misread: Engine) -> None:
    move_lines(misread, TERMS)
    with writing(misread) as session:
        session.execute(update(Measurement).values(was_right=True))
    (line,) = move_lines(misread, TERMS)
    assert (line.number, line.least, line.why) == (2, None, "back_to_gate")
    with reading(misread) as session:
        assert lines_now(session) == {}
        assert [one.number for one in line_history(session)] == [2, 1]


def test_what_was_settled_long_ago_moves_nothing(misread: Engine) -> None:
    assert move_lines(misread, LineTerms(0.0014, 1e-9, 0.95)) == ()


def test_only_a_lead_lets_more_pass_and_only_as_far_as_it_is_borne(misread: Engine) -> None:
    loose = LineTerms(0.2, 28, 0.95)
    with writing(misread) as session:
        session.execute(update(Measurement).values(was_right=True, confidence=0.9999))
    measured(misread, 14, confidence=0.97, was_right=True, place="doubtful", sample=False)
    assert move_lines(misread, loose) == ()
    with reading(misread) as session:
        (standing,) = line_standings(session, loose)
    assert (standing.offered, standing.would_free, standing.line) == (0.97, 1.0, None)
    with pytest.raises(LineRefused):
        confirm_line(misread, LEA, "name", 0.96, loose)
    with pytest.raises(LineRefused):
        confirm_line(misread, LEA, "npi", 0.97, loose)
    line = confirm_line(misread, LEA, "name", 0.97, loose)
    assert (line.least, line.confirmed, line.moved_by) == (0.97, True, "lea")
    assert move_lines(misread, loose) == ()
    (gone,) = move_lines(misread, TERMS)
    assert (gone.least, gone.why) == (None, "not_supported")
    confirm_line(misread, LEA, "name", 0.97, loose)
    assert take_back_line(misread, LEA, "name").why == "taken_back"
    with reading(misread) as session:
        assert verify_audit(session).whole


def test_a_line_of_nothing_measured_cannot_be_confirmed(engine: Engine) -> None:
    with pytest.raises(LineRefused, match="wait for settled samples"):
        confirm_line(engine, LEA, "name", 0.9, TERMS)


def test_two_batches_that_start_at_once_make_one_move(misread: Engine, database_url: str) -> None:
    with in_processes(2) as pool:
        assert sorted(pool.map(_move, [database_url] * 2, chunksize=1)) == [0, 1]


def test_a_line_changed_behind_the_programs_back_shows(misread: Engine) -> None:
    move_lines(misread, TERMS)
    with misread.begin() as connection:
        if misread.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE acceptance_lines DISABLE TRIGGER ALL"))
        else:
            connection.execute(text("DROP TRIGGER acceptance_lines_no_update"))
        connection.execute(text("UPDATE acceptance_lines SET least = 0.5"))
    with reading(misread) as session:
        assert any("Line 1 of name was changed" in sentence for sentence in desk_breaks(session))


def test_measurements_say_what_they_speak_for(engine: Engine) -> None:
    held = care_transfer({SURNAME: "Read", "reason": "moved"})
    key = put(engine, 1, held)
    answer(engine, SETTINGS, rules(), ANA, say(engine, key, SURNAME, truth()[SURNAME]))
    with reading(engine) as session:
        (row,) = session.query(Measurement)
        assert (row.line_kind, row.place, row.sample) == ("name", "doubtful", False)
    assert task_of(engine, key, SURNAME).status == "done"
