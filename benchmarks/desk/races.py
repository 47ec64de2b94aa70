"""Twenty reviewers racing for the same tasks, while the server is killed and connections are lost."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.engine import Engine

from benchmarks.desk.crowd import IN_DOUBT, record_fax, true_values
from benchmarks.desk.people import Reviewer, hire, work
from benchmarks.desk.running import free_port, running_desk
from benchmarks.postgres import new_database, running_postgres
from benchmarks.table import Mode, Row, exactly, reported
from store.audit import verify_audit
from store.database import open_database, reading
from store.desk.tables import AnswerRow
from store.schema import upgrade
from store.tables import Correction, ReviewTask

REVIEWERS = 20
IMPATIENCE = 0.3
"""Share of saves whose connection is lost before the answer can be there."""

LEASE_SECONDS = 2.0
"""So short that what a killed server's people held is taken by others at once."""

LIFE_SECONDS = (3.0, 8.0)
"""How long the server lives before it is killed, at random."""


def rows(mode: Mode, say: Callable[[str], None]) -> Iterable[Row]:
    """The rows of races, restarts and lost connections.

    Args:
        mode: ``quick`` for less long.
        say: told what is being done.
    """
    seconds = 20.0 if mode == "quick" else 60.0
    forms = 100 if mode == "quick" else 400
    with running_postgres() as server, TemporaryDirectory() as folder:
        url = new_database(server, "races")
        engine = open_database(url)
        upgrade(engine)
        for number in range(forms):
            record_fax(engine, f"race {number}", IN_DOUBT)
        people = hire(engine, REVIEWERS)
        say(f"{REVIEWERS} reviewers race for {forms * len(IN_DOUBT):,} tasks; the server is killed")
        settings = {
            "REMSFAX_STORE__DATABASE": url,
            "REMSFAX_REVIEW__LEASE_SECONDS": str(LEASE_SECONDS),
        }
        with _mortal_desk(Path(folder), settings) as (address, kills):
            asyncio.run(_race(people, address, seconds))
        yield from _figures(engine, people)
        yield reported("kills of the server meanwhile", kills(), "kills")
        engine.dispose()


def _figures(engine: Engine, people: list[Reviewer]) -> Iterator[Row]:
    told = {decision: said for person in people for decision, said in person.stored.items()}
    refused = {decision for person in people for decision in person.refused}
    with reading(engine) as session:
        answers = session.scalars(select(AnswerRow)).all()
        kept = {row.id: (row.task_id, str(row.value)) for row in answers}
        of_stage = Counter((row.task_id, row.stage) for row in answers)
        corrections = Counter(session.execute(select(Correction.document_id, Correction.name)).tuples())
        settled = session.scalars(
            select(ReviewTask.id).where(ReviewTask.status == "done", ReviewTask.kind == "field")
        ).all()
        whole = verify_audit(session).whole
    lost = sum(kept.get(decision) != said for decision, said in told.items())
    twice = sum(count > 1 for count in (*of_stage.values(), *corrections.values()))
    invented = len(kept.keys() & refused)
    who = f"{REVIEWERS} reviewers, restarts, lost connections"
    yield exactly(f"decisions lost ({who})", lost, 0, "decisions")
    yield exactly(f"decisions stored twice, or by two people ({who})", twice, 0, "decisions")
    yield exactly("decisions stored although they were refused", invented, 0, "decisions")
    yield exactly("audit trail whole afterwards", str(whole), "True", "")
    yield reported("decisions stored", len(kept), "decisions")
    yield reported("tasks settled", len(settled), "tasks")
    yield reported("saves refused, since somebody else was there before", len(refused), "saves")


async def _race(people: list[Reviewer], address: str, seconds: float) -> None:
    values, until = true_values(), time.monotonic() + seconds
    await asyncio.gather(
        *(
            work(person, address, values, until=until, think_seconds=0.05, impatience=IMPATIENCE)
            for person in people
        )
    )


@contextmanager
def _mortal_desk(house: Path, settings: dict[str, str]) -> Iterator[tuple[str, Callable[[], int]]]:
    """A desk on one port that is killed without a warning, and started again, until the block ends."""
    port, stop, killed = free_port(), threading.Event(), []

    def live_and_die() -> None:
        rng = random.Random(5)
        while not stop.is_set():
            with running_desk(house, port, **settings) as desk:
                if not stop.wait(rng.uniform(*LIFE_SECONDS)):
                    desk.kill()
                    killed.append(port)

    life = threading.Thread(target=live_and_die)
    life.start()
    try:
        yield f"http://127.0.0.1:{port}", lambda: len(killed)
    finally:
        stop.set()
        life.join(timeout=120)
