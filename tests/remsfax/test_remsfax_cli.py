"""The command line as other programs see it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest


def remsfax(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "remsfax", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_answers_at_once_and_names_every_command(tmp_path: Path) -> None:
    began = time.process_time()
    done = remsfax("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in (
        "run",
        "read",
        "serve",
        "templates",
        "score",
        "status",
        "verify-audit",
        "export",
        "settings",
    ):
        assert f"  {command} " in done.stdout
    assert time.process_time() - began < 1.0
    assert list(tmp_path.iterdir()) == []


def test_help_loads_no_library_that_takes_long(tmp_path: Path) -> None:
    heavy = "{'cv2', 'spacy', 'sqlalchemy', 'prefect', 'boto3'}"
    code = f"import sys, remsfax.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "[]"


def test_templates_are_listed_and_shown_as_the_contract_says(tmp_path: Path) -> None:
    listed = json.loads(remsfax("templates", "list", "--json", cwd=tmp_path).stdout)
    assert {"form", "version", "title", "pages"} == set(listed[0])
    shown = json.loads(
        remsfax("templates", "show", "patient_status", "--version", "2015-11", "--json", cwd=tmp_path).stdout
    )
    assert (shown["form"], shown["version"]) == ("patient_status", "2015-11")
    assert {"name", "label", "kind", "page", "required", "section"} <= set(shown["fields"][0])
    drawn = remsfax("templates", "draw", "patient_status", "--out", "blank.pdf", cwd=tmp_path)
    assert drawn.returncode == 0
    assert (tmp_path / "blank.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nowhere"), "There is no folder nowhere; make it, or name another"),
        (("run", "ftp://host/x"), "is neither a folder nor s3://BUCKET/PREFIX"),
        (("read", "nowhere.tif"), "There is no file nowhere.tif; name a fax."),
        (("score", "."), "holds no fax with a truth beside it"),
        (("templates", "show", "nothing"), "The catalog has no form nothing"),
        (("templates", "draw", "patient_status", "--out", "no/such/folder.pdf"), "cannot be written"),
    ],
)
def test_what_cannot_run_says_why_in_one_line_and_ends_with_2(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    done = remsfax(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_a_database_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMSFAX_STORE__DATABASE", "postgresql://remsfax:open-sesame@127.0.0.1:9/remsfax")
    done = remsfax("verify-audit", cwd=tmp_path)
    assert done.returncode == 2
    assert "127.0.0.1" in done.stderr
    assert "open-sesame" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_empty_inbox_is_a_batch_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    done = remsfax("run", "inbox", "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["faxes"] == 0
    status = remsfax("status", "P-0000000A", cwd=tmp_path)
    assert status.returncode == 1
    whole = remsfax("verify-audit", "--json", cwd=tmp_path)
    assert json.loads(whole.stdout)["whole"] is True
