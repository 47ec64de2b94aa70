"""The commands that ask the registers, on a store with one made-up patient."""

import json
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from benchmarks.program_cases import Story, at, recorded
from benchmarks.program_crowd import PROGRAM, place
from remsfax.cli import main
from store.database import open_database, writing
from store.registers.folding import fold_stale, issue_rems_ids
from store.schema import upgrade
from store.tables import Field
from validators.program.moments import add_months
from validators.program.rems_ids import candidates

STORY = Story()
REMS_ID = next(candidates("patient", STORY.id("pat")))
LEAD = ("--by", "lead 1", "--role", "lead", "--reason", "seen on both")
OTHER = {**STORY.person, "patient_first_name": "Otto", "date_of_birth": "1951-02-03"}
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


def test_verify_for_dispensing_wants_an_order_that_is_open(office: Path) -> None:
    words = ("verify", "patient", REMS_ID, "--for", "dispensing", "--json", "--as-of")
    ordered = STORY.first_infusion - timedelta(days=1)
    told = json.loads(remsfax(office, *words, ordered.isoformat()).stdout)
    assert (told["allowed"], told["refusals"]) == (True, [])
    infused = json.loads(remsfax(office, *words, (ordered + timedelta(days=30)).isoformat()).stdout)
    assert not infused["allowed"]
    assert "G9" in [one["rule"] for one in infused["refusals"]], "the order was for the course that is over"


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
        2, "remsfax: Only lead, supervisor may suspend (N2); ask one of them.\n",
    )  # fmt: skip
    assert remsfax(office, "verify", "prescriber", NPI).returncode == 0
    done = json.loads(
        remsfax(office, *words, "--role", "supervisor", "--reason", "late forms", "--json").stdout
    )
    changed = [
        (one["kind"], one["before"], one["after"]) for one in done["parties"] if one["before"] != one["after"]
    ]
    assert changed == [("prescriber", "certified", "suspended")]
    assert {one["kind"] for one in done["parties"]} == {"prescriber", "patient"}
    assert remsfax(office, "verify", "prescriber", NPI).returncode == 1
    again = ("decide", "reinstate", "prescriber", NPI, *LEAD)
    assert "prescriber D-" in remsfax(office, *again).stdout
    assert remsfax(office, "verify", "prescriber", NPI).returncode == 0


def test_events_of_non_compliance_and_their_step_are_shown(office: Path) -> None:
    noted = remsfax(office, "note", "prescriber", NPI, "shipped_early", *LEAD)
    assert noted.returncode == 0
    told = json.loads(remsfax(office, "due", "--json").stdout)
    (step,) = told["escalations"]
    assert step["step"] in ("follow_up", "warning", "propose_suspension")
    assert "of non-compliance" in remsfax(office, "due").stdout
    reasons = json.loads(remsfax(office, "why", NPI, "--kind", "prescriber", "--json").stdout)
    assert "N1" in {reason["rule"] for reason in reasons}
    patient = json.loads(remsfax(office, "status", REMS_ID, "--json").stdout)["patient"]
    assert "status_missed" in {event["kind"] for event in patient["non_compliance"]}
    assert "Non-compliance on" in remsfax(office, "status", REMS_ID).stdout


def test_a_doubtful_form_is_listed_linked_merged_and_joined(office: Path) -> None:
    stranger = Story(9, person={**STORY.person, "date_of_birth": "1980-04-08"})
    engine = open_database(f"sqlite:///{office / 'var' / 'remsfax.db'}")
    doubtful, other = stranger.status(12), Story(8, person=OTHER).enrollment()
    changed = {**STORY.status(6).values, "comments": "by phone"}
    later = recorded("patient_status", "doc-later", STORY.status(6).received_at + timedelta(days=2), changed)
    for form in (doubtful, other, later):
        place(engine, form)
    fold_stale(engine, PROGRAM)
    engine.dispose()
    told = json.loads(remsfax(office, "questions", "--json").stdout)
    (match,) = told["matches"]
    assert (match["document"], [one["rems_id"] for one in match["candidates"]]) == (
        doubtful.document_id,
        [REMS_ID],
    )
    (join,) = told["joins"]
    assert (join["document"], join["fields"]) == ("doc-later", ["comments"])
    assert doubtful.document_id in remsfax(office, "questions").stdout
    assert remsfax(office, "link", doubtful.document_id, "patient", "new", *LEAD).returncode == 2
    assert remsfax(office, "link", doubtful.document_id, "patient", REMS_ID, *LEAD).returncode == 0
    assert remsfax(office, "join", "doc-later", STORY.id("psf-6"), "corrected", *LEAD).returncode == 0
    assert json.loads(remsfax(office, "questions", "--json").stdout) == {"matches": [], "joins": []}
    gone = f"patient:{other.document_id}"
    done = json.loads(remsfax(office, "merge", "patient", REMS_ID, gone, *LEAD, "--json").stdout)
    named = [
        json.loads(remsfax(office, "status", one, "--json").stdout)["patient"]["rems_id"]
        for one in (gone, REMS_ID)
    ]
    assert named == [REMS_ID, REMS_ID]
    undone = remsfax(office, "unmerge", done["decision"], *LEAD)
    assert undone.returncode == 0


def test_a_correction_tells_what_followed(office: Path) -> None:
    engine = open_database(f"sqlite:///{office / 'var' / 'remsfax.db'}")
    with writing(engine) as session:
        read = {"value": "5555550128", "raw": "5555550128", "confidence": 0.4, "decision": "review"}
        session.add(
            Field(
                document_id=STORY.id("psf-6"), name="prescriber_phone", kind="phone", reader="handwriting",
                model_version="none", template_version="2015-11", page=1, candidates=[], reasons=[],
                handwritten=True, **read,
            )
        )  # fmt: skip
    engine.dispose()
    words = ("correct", STORY.id("psf-6"), "prescriber_phone", "5555550101", "--by", "ana", "--why", "read")
    told = json.loads(remsfax(office, *words, "--json").stdout)
    assert told["registers"]["decision"] == STORY.id("psf-6")
    assert {one["rule"] for one in told["findings"]} >= {"COM-01"}
    assert "The fax is" in remsfax(office, *words).stdout
    nothing = remsfax(office, "correct", "0" * 36, "comments", "", "--by", "ana", "--why", "read")
    assert (nothing.returncode, nothing.stderr.count("\n")) == (2, 1)


def test_a_day_that_is_none_and_the_rules(office: Path) -> None:
    done = remsfax(office, "due", "--as-of", "tomorrow")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    listed = {rule["rule"] for rule in json.loads(remsfax(office, "rules", "--json").stdout)}
    assert {"COM-01", "MATCH-01", "T2", "L2"} <= listed
