"""Sample faxes read, triaged and read again: what people say of pages is what is read."""

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update

from extractors.blanks import load_blanks
from extractors.model import ReceivedPage, StraightPage
from extractors.opening import open_fax
from extractors.readers.null import NullReader
from extractors.readers.protocol import Readers
from extractors.readers.registry import open_readers
from extractors.straighten import straighten
from form_templates.catalog import load_catalog
from pipelines.desk import Desk
from pipelines.engine import ReadingEngine
from pipelines.planned import identify_as_said
from pipelines.rereading import reread
from pipelines.settings import PipelineSettings
from pipelines.stores import store_archive, store_database
from pipelines.transmission import process_transmission
from store.audit import verify_audit
from store.corrections import correct_field
from store.database import reading, writing
from store.inbox import claim, receive
from store.model import SetAside, TransmissionFacts
from store.queries import TransmissionSummary, summaries
from store.schema import upgrade
from store.tables import Document, Field, Page, Record, ReviewTask
from store.triage.deciding import decide
from store.triage.lineage import still_counts
from store.triage.plan import PagePlan
from store.triage.requests import RequestState, ask_to_reread, claim_request, request_states
from store.triage.steps import (
    JoinForms,
    MarkFax,
    MarkPage,
    MovePage,
    Reorder,
    SayPage,
    SendBack,
    SplitBefore,
    Step,
    Turn,
    Undo,
)
from store.triage.viewing import fax_view

SAMPLES = Path(__file__).parents[2] / "sample_faxes" / "faxes"
INTERLEAVED = "2026-10-13-0005.tif"
"""Two patients' status forms, whose pages come as 1, 1, 2, 2."""
SEVERAL = "2026-10-05-0004.tif"
"""A cover sheet, an order of one page and a status form of two."""
LABS = "2026-10-13-0006.tif"
"""An authorization and two lab reports."""

RECEIVED = datetime(2026, 10, 13, 14, 30, tzinfo=UTC)
WHO = "mvs"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (SAMPLES / SEVERAL).is_file(), reason="the sample faxes are not here: make samples"
    ),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> ReadingEngine:
    """Reading with readers that read nothing: pages, marks and signatures are told without them."""
    catalog = load_catalog()
    blanks = load_blanks(catalog, tmp_path_factory.mktemp("blanks"))
    return ReadingEngine(PipelineSettings(), catalog, blanks, Readers(NullReader(), NullReader()))


class TriageDesk:
    """A store, and one fax after the other in it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def read(self, data: bytes | str) -> str:
        """Take a fax in and read it for the first time; gives its name in the store."""
        data = (SAMPLES / data).read_bytes() if isinstance(data, str) else data
        name = sha256(data).hexdigest()
        self.desk.archive.put(data)
        receive(self.desk.database, TransmissionFacts(name, f"{name}.tif", RECEIVED, len(data)))
        (claimed,) = claim(self.desk.database, "test:1:1", 600, 1)
        process_transmission(claimed, self.desk)
        return name

    def say(self, fax: str, *steps: Step) -> None:
        for step in steps:
            decide(self.desk.database, fax, step, by=WHO)

    def reread(self, fax: str):
        """Have it read again, as the command would."""
        ask_to_reread(self.desk.database, fax, by=WHO)
        claimed = claim_request(self.desk.database, "test:1:1", 600)
        assert claimed is not None
        done = reread(claimed, self.desk)
        with reading(self.desk.database) as session:
            assert verify_audit(session).whole
        return done

    def forms(self, fax: str) -> list[tuple[str, list[int], list[int]]]:
        with reading(self.desk.database) as session:
            rows = session.execute(
                select(Document)
                .where(Document.transmission_id == fax, still_counts())
                .order_by(Document.ordinal)
            ).scalars()
            return [(row.form, row.pages, row.missing_pages) for row in rows]

    def document(self, fax: str, index: int) -> str:
        return self.summary(fax).documents[index].id

    def summary(self, fax: str) -> TransmissionSummary:
        with reading(self.desk.database) as session:
            (found,) = summaries(session, [fax])
            return found

    def page(self, fax: str, number: int) -> Page:
        with reading(self.desk.database) as session:
            page = session.get_one(Page, (fax, number))
            session.expunge(page)
            return page


@pytest.fixture
def desk_of(tmp_path: Path, engine: ReadingEngine) -> Iterator[Callable[[str], TriageDesk]]:
    opened: list[Desk] = []

    def open_one(url: str) -> TriageDesk:
        settings = PipelineSettings.model_validate(
            {
                "store": {"database": url, "archive": str(tmp_path / "archive")},
                "batch": {"log": str(tmp_path / "log.jsonl")},
            }
        )
        database = store_database(settings.store)
        upgrade(database)
        opened.append(
            Desk(settings, replace(engine, settings=settings), database, store_archive(settings.store))
        )
        return TriageDesk(opened[-1])

    yield open_one
    for desk in opened:
        desk.database.dispose()


@pytest.fixture
def desk(tmp_path: Path, desk_of: Callable[[str], TriageDesk]) -> TriageDesk:
    return desk_of(f"sqlite:///{tmp_path / 'store.db'}")


@pytest.fixture(params=["sqlite", "postgres"])
def any_desk(
    request: pytest.FixtureRequest, tmp_path: Path, desk_of: Callable[[str], TriageDesk]
) -> TriageDesk:
    if request.param == "postgres":
        return desk_of(str(request.getfixturevalue("postgres_url")))
    return desk_of(f"sqlite:///{tmp_path / 'store.db'}")


STATUS = "patient_status"


def test_pages_that_went_to_the_wrong_patient_are_moved(any_desk: TriageDesk) -> None:
    """Split by order the pages are 1 with 3 and 2 with 4; a person says it is the other way about."""
    desk = any_desk
    fax = desk.read(INTERLEAVED)
    assert desk.forms(fax) == [(STATUS, [1, 3], []), (STATUS, [2, 4], [])]
    third = desk.document(fax, 0)
    with reading(desk.desk.database) as session:
        name = session.execute(
            select(Field.name).where(Field.document_id == third, Field.page == 3, Field.kind == "name")
        ).scalars()
        corrected = sorted(name)
        on_first = session.execute(
            select(Field.name).where(Field.document_id == third, Field.page == 1, Field.kind == "date")
        ).scalars()
        dated = sorted(on_first)[0]
    correct_field(desk.desk.database, third, dated, "2026-10-02", by="rev", why="")
    for one in corrected[:1]:
        correct_field(desk.desk.database, third, one, "Lund", by="rev", why="")
    desk.say(fax, MovePage(3, 2), MovePage(4, 1))
    assert desk.reread(fax) == ("in_review", None)
    assert desk.forms(fax) == [(STATUS, [1, 4], []), (STATUS, [2, 3], [])]
    first, second = desk.document(fax, 0), desk.document(fax, 1)
    with reading(desk.desk.database) as session:
        assert session.get_one(Record, first).content[dated] == "2026-10-02"
        for one in corrected[:1]:
            assert session.get_one(Record, second).content[one] == "Lund"
            assert session.get_one(Record, first).content.get(one) != "Lund"
        asked = session.execute(
            select(ReviewTask.field).where(
                ReviewTask.document_id == first, ReviewTask.kind == "field", ReviewTask.status == "open"
            )
        ).scalars()
        assert dated not in set(asked)
    # and back
    desk.say(fax, Undo(1), Undo(2))
    desk.reread(fax)
    assert desk.forms(fax) == [(STATUS, [1, 3], []), (STATUS, [2, 4], [])]
    with reading(desk.desk.database) as session:
        back = session.get_one(Record, desk.document(fax, 0)).content
        assert back[dated] == "2026-10-02"
        assert all(back[one] == "Lund" for one in corrected[:1])


def test_the_order_of_the_pages_decides_who_gets_which(desk: TriageDesk) -> None:
    fax = desk.read(INTERLEAVED)
    desk.say(fax, Reorder(4, 2))
    desk.reread(fax)
    assert desk.forms(fax) == [(STATUS, [1, 4], []), (STATUS, [2, 3], [])]


def test_a_form_is_split_and_a_late_page_is_joined(desk: TriageDesk) -> None:
    fax = desk.read(SEVERAL)
    assert desk.forms(fax) == [("prescription_order", [2], []), (STATUS, [3, 4], [])]
    desk.say(fax, SplitBefore(4))
    desk.reread(fax)
    assert desk.forms(fax) == [("prescription_order", [2], []), (STATUS, [3], [2]), (STATUS, [4], [1])]
    with reading(desk.desk.database) as session:
        alone = desk.document(fax, 2)
        name = session.execute(
            select(Field.name).where(Field.document_id == alone, Field.page == 4).order_by(Field.name)
        ).scalars()
        field = next(iter(name))
    correct_field(desk.desk.database, alone, field, None, by="rev", why="nothing there")
    desk.say(fax, JoinForms(4, 3))
    desk.reread(fax)
    assert desk.forms(fax) == [("prescription_order", [2], []), (STATUS, [3, 4], [])]
    with reading(desk.desk.database) as session:
        joined = session.get_one(Record, desk.document(fax, 1))
        assert field in joined.content
        assert joined.content[field] is None


def test_a_person_says_what_pages_are(desk: TriageDesk) -> None:
    fax = desk.read(SEVERAL)
    assert any(task.reason == "unknown_page" and task.page == 1 for task in desk.summary(fax).open_tasks)
    desk.say(
        fax,
        SayPage(1, "cover"),
        SayPage(2, "unknown"),
        SayPage(4, "form", STATUS, "2015-11", 2),
        MarkPage(3, "not_ours"),
    )
    desk.reread(fax)
    assert desk.forms(fax) == [(STATUS, [4], [1])]
    assert [(desk.page(fax, number).kind, desk.page(fax, number).probability) for number in (1, 2, 3, 4)] == [
        ("cover", 1.0),
        ("unknown", 1.0),
        ("unknown", 1.0),
        ("form", 1.0),
    ]
    assert not [task for task in desk.summary(fax).open_tasks if task.reason == "unknown_page"]


def test_a_page_sent_twice_is_not_read_twice(desk: TriageDesk) -> None:
    fax = desk.read(INTERLEAVED)
    desk.say(fax, MarkPage(2, "duplicate", 1), MarkPage(4, "duplicate", 3))
    desk.reread(fax)
    assert desk.forms(fax) == [(STATUS, [1, 3], [])]
    left = {task.kind for task in desk.summary(fax).open_tasks if task.page in (2, 4)}
    assert left <= {"adverse_event"}  # that was open before; a person closes it


def test_a_marked_fax_has_no_form_until_the_mark_is_taken_back(desk: TriageDesk) -> None:
    fax = desk.read(SEVERAL)
    before = desk.forms(fax)
    desk.say(fax, MarkFax("not_ours"))
    desk.reread(fax)
    assert desk.forms(fax) == []
    assert {task.kind for task in desk.summary(fax).open_tasks} <= {"adverse_event"}
    desk.say(fax, SendBack())
    desk.reread(fax)
    assert desk.forms(fax) == before


def test_read_again_without_a_word_it_reads_the_same(desk: TriageDesk) -> None:
    fax = desk.read(SEVERAL)

    def fields() -> list[tuple[object, ...]]:
        with reading(desk.desk.database) as session:
            rows = session.execute(
                select(Document.form, Field)
                .join(Document, Document.id == Field.document_id)
                .where(Document.transmission_id == fax, still_counts())
                .order_by(Document.ordinal, Field.name)
            ).tuples()
            return [
                (form, one.name, one.value, one.raw, one.confidence, one.decision, one.box_px)
                for form, one in rows
            ]

    def tasks() -> list[tuple[object, ...]]:
        found = desk.summary(fax).open_tasks
        return sorted((one.kind, one.reason, one.page or 0, one.field or "") for one in found)

    before = fields(), tasks(), desk.forms(fax)
    desk.say(fax, SendBack())
    desk.reread(fax)
    assert (fields(), tasks(), desk.forms(fax)) == before


def test_an_adverse_event_flag_that_drug_safety_closed_is_not_raised_again_for_the_same_words(
    desk: TriageDesk,
) -> None:
    fax = desk.read(SEVERAL)

    def flags() -> dict[tuple[int | None, str | None], tuple[str, str | None]]:
        with reading(desk.desk.database) as session:
            rows = session.execute(
                select(ReviewTask)
                .outerjoin(Document, Document.id == ReviewTask.document_id)
                .where(
                    ReviewTask.transmission_id == fax,
                    ReviewTask.kind == "adverse_event",
                    ReviewTask.document_id.is_(None) | still_counts(),
                )
            ).scalars()
            return {(row.page, row.field): (row.status, row.done_by) for row in rows}

    first = flags()
    mine = sorted(first, key=str)[0]
    assert len(first) > 1
    closed = datetime(2026, 10, 13, 16, tzinfo=UTC)
    with writing(desk.desk.database) as session:
        session.execute(
            update(ReviewTask)
            .where(
                ReviewTask.kind == "adverse_event", ReviewTask.page == mine[0], ReviewTask.field == mine[1]
            )
            .values(status="done", done_by="safety", done_at=closed)
        )
    expected = {key: ("done", "safety") if key == mine else ("open", None) for key in first}
    for step in (SplitBefore(4), Undo(1)):
        desk.say(fax, step)
        desk.reread(fax)
        assert flags() == expected


def test_a_page_turned_by_a_person_stays_turned(desk: TriageDesk) -> None:
    fax = desk.read(SEVERAL)
    assert (desk.page(fax, 2).quarter_turns, desk.page(fax, 2).kind) == (0, "form")
    desk.say(fax, Turn(2, 2))
    desk.reread(fax)
    assert (desk.page(fax, 2).quarter_turns, desk.page(fax, 2).kind) == (2, "unknown")
    assert desk.forms(fax) == [(STATUS, [3, 4], [])]
    desk.say(fax, Undo(1))
    desk.reread(fax)
    assert desk.forms(fax) == [("prescription_order", [2], []), (STATUS, [3, 4], [])]


def test_what_lies_on_its_head_is_read_upright_once_a_person_turned_it(
    desk_of: Callable[[str], TriageDesk], tmp_path: Path, engine: ReadingEngine
) -> None:
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed: apt-get install tesseract-ocr")
    desk = desk_of(f"sqlite:///{tmp_path / 'store.db'}")
    reader = open_readers("null", "null", None, "tesseract")
    desk.desk = replace(desk.desk, engine=replace(desk.desk.engine, readers=reader))
    fax = desk.read(on_its_head((SAMPLES / LABS).read_bytes(), page=2))
    assert desk.page(fax, 1).kind == "unknown"
    desk.say(fax, Turn(1, 2))
    desk.reread(fax)
    page = desk.page(fax, 1)
    assert (page.kind, page.quarter_turns) == ("lab_report", 2)


def on_its_head(data: bytes, page: int) -> bytes:
    """A fax of one page of another, on its head."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as fax:
        fax.seek(page - 1)
        dpi = fax.info.get("dpi", (204, 196))
        fax.convert("1").rotate(180).save(out, "TIFF", compression="group4", dpi=dpi)
    return out.getvalue()


def test_a_turned_page_is_shown_to_the_reader_upright(engine: ReadingEngine) -> None:
    page = open_fax((SAMPLES / LABS).read_bytes()).pages[1]
    head = replace(
        page, bits=np.packbits(np.unpackbits(page.bits, axis=1, count=page.width_px)[::-1, ::-1], axis=1)
    )
    seen: list[StraightPage] = []

    def read(straight: StraightPage) -> str:
        seen.append(straight)
        return ""

    plan = PagePlan(turns=MappingProxyType({page.number: 2}))
    identify_as_said(straighten(head), plan, engine.blanks, read)
    identify_as_said(straighten(page), PagePlan(), engine.blanks, read)
    turned, upright = (one.pixels < 128 for one in seen)
    alike = turned[: upright.shape[0], : upright.shape[1]] & upright
    assert alike.sum() > 0.5 * upright.sum()
    assert isinstance(head, ReceivedPage)


def test_an_archive_that_lost_the_bytes_leaves_the_reading_that_stands(
    desk: TriageDesk, tmp_path: Path
) -> None:
    fax = desk.read(SEVERAL)
    before = desk.summary(fax)
    shutil.rmtree(tmp_path / "archive")
    outcome, failure = desk.reread(fax)
    assert (outcome, failure is not None and failure.code) == (None, "archive_damaged")
    assert desk.summary(fax) == before
    with reading(desk.desk.database) as session:
        state = request_states(session, [fax])[fax]
        assert state.state == "failed"
        assert state.failure is not None
        assert state.failure.code == "archive_damaged"


def test_a_set_aside_fax_is_read_once_it_is_mended_and_set_aside_again_while_it_is_not(
    desk: TriageDesk, tmp_path: Path
) -> None:
    data = (SAMPLES / SEVERAL).read_bytes()
    place = tmp_path / "archive"
    name = sha256(data).hexdigest()
    receive(desk.desk.database, TransmissionFacts(name, "a.tif", RECEIVED, len(data)))
    (claimed,) = claim(desk.desk.database, "test:1:1", 600, 1)
    process_transmission(claimed, desk.desk)
    assert desk.summary(name).set_aside is not None
    desk.say(name, SendBack())
    outcome, failure = desk.reread(name)
    assert (outcome, failure is not None) == ("set_aside", True)
    assert isinstance(desk.summary(name).set_aside, SetAside)
    desk.desk.archive.put(data)
    assert place.is_dir()
    desk.say(name, SendBack())
    assert desk.reread(name)[0] == "in_review"
    assert desk.forms(name) == [("prescription_order", [2], []), (STATUS, [3, 4], [])]
    assert desk.summary(name).set_aside is None


WATCHING = """
import sys
from pipelines.rereading_queue import watch_requests
from pipelines.settings import PipelineSettings
watch_requests(PipelineSettings.model_validate_json(sys.argv[1]), stop=lambda: False)
"""


STARTER = """
import subprocess, sys
print(subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL).pid, flush=True)
sys.stdin.read()
"""


def _wait(
    desk: TriageDesk, fax: str, told: Callable[[dict[str, RequestState]], bool], *, seconds: float
) -> None:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        with reading(desk.desk.database) as session:
            if told(request_states(session, [fax])):
                return
        time.sleep(0.05)
    raise AssertionError(f"fax {fax} did not get there in {seconds} s")


def test_a_reading_killed_in_the_midst_leaves_the_old_one_and_is_done_by_the_next(
    desk: TriageDesk, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fax = desk.read(SEVERAL)
    before = desk.summary(fax)
    desk.say(fax, SplitBefore(4))
    ask_to_reread(desk.desk.database, fax, by=WHO)
    blanks = tmp_path_factory.mktemp("cache")
    settings = desk.desk.settings.model_copy(
        update={
            "reading": desk.desk.settings.reading.model_copy(
                update={
                    "cache": str(blanks),
                    "hand_reader": "null",
                    "typed_reader": "null",
                    "second_reader": "",
                    "page_reader": "",
                    "witness_reader": "",
                }
            )
        }
    )
    command = [sys.executable, "-c", WATCHING, settings.model_dump_json()]
    killed = subprocess.Popen(command, start_new_session=True)
    _wait(desk, fax, lambda states: states[fax].state == "reading", seconds=120)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert desk.summary(fax) == before
    # The next one is ended by the end of whoever started it, once it has read the fax.
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    watching = int(starter.stdout.readline())
    _wait(desk, fax, lambda states: fax not in states, seconds=240)
    starter.communicate("")
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at and Path(f"/proc/{watching}").exists():
        time.sleep(0.1)
    assert not Path(f"/proc/{watching}").exists()
    assert desk.forms(fax) == [("prescription_order", [2], []), (STATUS, [3], [2]), (STATUS, [4], [1])]
    with reading(desk.desk.database) as session:
        assert verify_audit(session).whole
        view = fax_view(session, fax)
        assert view is not None
        assert (view.reading, view.unread, view.request) == (2, False, None)
