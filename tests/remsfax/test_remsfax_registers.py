"""The commands that ask the registers, on a store with one made-up patient."""

import json
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from benchmarks.program_cases import Story, at
from benchmarks.program_crowd import PROGRAM, place
from remsfax.cli import main
from store.database import open_database
from store.registers.folding import fold_stale, issue_rems_ids
from store.schema import upgrade
from validators.program.moments import add_months
from validators.program.rems_ids import candidates

STORY = Story()
REMS_ID = next(candidates("patient", STORY.id("pat")))
NPI = str(STORY.prescriber["prescriber_npi"])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    (folder / "var").mkdir()
    engine = open_database(f"sqlite:///{folder / 'var' / 'remsfax.db'}")
    upgrade(engine)
    for form in STORY.whole(6):
        place(engine, form)
    fold_stale(engine, PROGRAM)
    issue_rems_ids(engine, PROGRAM)
    fold_stale(engine, PROGRAM)
    engine.dispose()
    return folder


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def remsfax(folder: Path, *words: str) -> Done:
    """The command itself, without the seconds that a process of its own takes to load."""
    out, said, before = StringIO(), StringIO(), sys.argv
    sys.argv = ["remsfax", *words]
    try:
        with chdir(folder), redirect_stdout(out), redirect_stderr(said), pytest.raises(SystemExit) as ended:
            main()
    finally:
        sys.argv = before
    return Done(int(str(ended.value.code)), out.getvalue(), said.getvalue())


def test_verify_says_yes_on_the_day_of_the_infusion_and_no_before(office: Path) -> None:
    day = STORY.first_infusion - timedelta(days=1)
    done = remsfax(office, "verify", "patient", REMS_ID, "--as-of", day.isoformat(), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["allowed"], told["state"]) == (0, True, "authorized")
    assert len(told["confirmation"]) == 10
    assert (
        remsfax(office, "verify", "patient", REMS_ID, "--as-of", day.isoformat(), "--json").stdout
        == done.stdout
    )
    early = remsfax(
        office, "verify", "patient", REMS_ID, "--as-of", (STORY.start + timedelta(days=6)).isoformat()
    )
    assert early.returncode == 1
    assert early.stdout.startswith(f"NO: patient {REMS_ID} is enrolled\n")
    assert "confirmation number" in early.stdout
    nobody = remsfax(office, "verify", "pharmacy", "R-0000000A", "--json")
    assert (nobody.returncode, json.loads(nobody.stdout)["state"]) == (1, "unknown")


def test_status_shows_the_patient_and_the_forms(office: Path) -> None:
    told = json.loads(remsfax(office, "status", REMS_ID, "--json").stdout)
    assert told["patient"]["rems_id"] == REMS_ID
    assert [course["number"] for course in told["patient"]["courses"]] == [1, 2]
    moment = at(STORY.start + timedelta(days=6))
    then = json.loads(remsfax(office, "status", REMS_ID, "--as-of", moment.isoformat(), "--json").stdout)
    assert (then["patient"]["stage"], then["patient"]["courses"]) == ("enrolled", [])


def test_due_lists_what_was_due_on_a_day(office: Path) -> None:
    day = add_months(STORY.first_infusion, 12)
    told = json.loads(remsfax(office, "due", "--as-of", day.isoformat(), "--json").stdout)
    assert [(line["month"], line["state"], line["patient"]) for line in told["due"]] == [(12, "due", REMS_ID)]
    later = add_months(day, 1).isoformat()
    none = remsfax(office, "due", "--as-of", day.isoformat(), "--since", later, "--json")
    assert json.loads(none.stdout)["due"] == []


def test_why_names_forms_and_rules(office: Path) -> None:
    told = json.loads(remsfax(office, "why", REMS_ID, "--json").stdout)
    assert {STORY.id("pat"), STORY.id("inf-first")} <= {reason["document"] for reason in told}
    assert remsfax(office, "why", "P-0000000A").returncode == 1


def test_decide_closes_the_gate_and_wants_role_and_reason(office: Path) -> None:
    words = ("decide", "suspend", "prescriber", NPI, "--by", "lead 1")
    refused = remsfax(office, *words, "--role", "agent", "--reason", "late forms")
    assert (refused.returncode, refused.stderr) == (
        2, "remsfax: Only supervisor may suspend (N2); ask one of them.\n",
    )  # fmt: skip
    assert remsfax(office, "verify", "prescriber", NPI).returncode == 0
    done = remsfax(office, *words, "--role", "supervisor", "--reason", "late forms", "--json")
    assert json.loads(done.stdout)["state"] == "suspended"
    assert json.loads(done.stdout)["patients_touched"] == 1
    assert remsfax(office, "verify", "prescriber", NPI).returncode == 1


def test_a_day_that_is_none_and_the_rules(office: Path) -> None:
    done = remsfax(office, "due", "--as-of", "tomorrow")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    listed = {rule["rule"] for rule in json.loads(remsfax(office, "rules", "--json").stdout)}
    assert {"COM-01", "MATCH-01", "T2", "L2"} <= listed
