"""Keystrokes a field, and the wait for the next one, of reviewers in a real browser over sample faxes."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.desk.batches import send_in
from benchmarks.desk.reviewer import Tally, browser, clear, sign_in
from benchmarks.desk.running import add_account, running_desk
from benchmarks.desk.truth import Truths
from benchmarks.main_job.command import run_batch, sample_faxes
from benchmarks.table import Mode, Row, at_most, exactly, reported
from form_templates.catalog import load_catalog
from store.database import open_database, reading
from store.desk.model import Person
from store.desk.queue import queue_counts

FAXES = {"full": 50, "quick": 6}
KEYS_RIGHT = 1.3
KEYS_OVER_LENGTH = 2
NEXT_FIELD_MS = 100
PEOPLE = (("sam", "safety"), ("rosa", "reviewer"), ("lee", "lead"))
"""The first sees possible adverse events too; the second enters blind what the first entered; the third
decides where they differ."""


def rows(mode: Mode, say: Callable[[str], None]) -> Iterator[Row]:
    """The rows of the keyboard."""
    faxes = sample_faxes()
    step = len(faxes) // FAXES[mode]
    chosen = faxes[::step][: FAXES[mode]]
    with tempfile.TemporaryDirectory(prefix="remsfax-desk-") as name:
        house = Path(name)
        say(f"one batch over {len(chosen)} sample faxes")
        run_batch(house, send_in(house, chosen), workers=2)
        for account, role in PEOPLE:
            add_account(house, account, role)
        engine = open_database(f"sqlite:///{house / 'var' / 'remsfax.db'}")
        truths, tally = Truths(engine, load_catalog(), chosen), Tally()
        with running_desk(house) as desk, browser() as chromium:
            for account, role in PEOPLE:
                say(f"{role}: every review task, by the keyboard alone")
                context = chromium.new_context(viewport={"width": 1280, "height": 720})
                page = context.new_page()
                sign_in(page, desk.address, account)
                clear(page, truths, tally)
                context.close()
        with reading(engine) as session:
            counts = queue_counts(session, Person("lee", "lead"))
        left = sum(counts[kind] for kind in ("open", "second", "lead", "adverse_event"))
        engine.dispose()
        yield from _rows_of(tally, left)


def _rows_of(tally: Tally, left: int) -> Iterator[Row]:
    wrong = [*tally.wrong, *tally.blind]
    over = max((keys - length for keys, length in wrong), default=0)
    waits = np.asarray(tally.waits_ms)
    yield exactly("review tasks left when everybody is done", left, 0, "tasks")
    yield at_most(
        f"keystrokes a field that was right as shown ({len(tally.right)} fields)",
        float(np.mean(tally.right)) if tally.right else 0.0,
        KEYS_RIGHT,
        "keys",
    )
    yield at_most(
        f"most keystrokes over the value's length where it was wrong ({len(tally.wrong)}) or entered blind "
        f"({len(tally.blind)})",
        float(over),
        KEYS_OVER_LENGTH,
        "keys",
    )
    yield reported("keystrokes a page, form or event", float(np.mean(tally.other or [0])), "keys")
    yield at_most(
        f"next field with its picture on screen after Enter, p95 of {waits.size}, in the browser",
        float(np.percentile(waits, 95)) if waits.size else 0.0,
        NEXT_FIELD_MS,
        "ms",
    )
    yield reported("the same, the middle one", float(np.median(waits)) if waits.size else 0.0, "ms")
