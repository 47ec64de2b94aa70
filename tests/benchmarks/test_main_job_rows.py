"""The rival's pages and the rows of speed: what is compared with what."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from benchmarks.main_job.__main__ import GROUPS, main
from benchmarks.main_job.command import SAMPLES, Ran
from benchmarks.main_job.cores import pinned
from benchmarks.main_job.plain import Plain, sample_pages
from benchmarks.main_job.whole_job import speed


def _size_pt(pdf: Path) -> tuple[float, float]:
    said = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    found = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", said)
    assert found is not None
    return float(found[1]), float(found[2])


def test_the_rival_gets_every_page_as_received_and_in_true_proportions(tmp_path: Path) -> None:
    faxes = [SAMPLES / "2026-10-05-0001.tif", SAMPLES / "2026-10-13-0005.tif"]
    pages = sample_pages(faxes, tmp_path, 99)
    assert len(pages) == 6
    for page in pages:
        width, height = _size_pt(page)
        assert 600 < width < 620
        assert 600 < height < 1100
        listed = subprocess.run(["pdfimages", "-list", str(page)], capture_output=True, text=True, check=True)
        assert " 1   1  ccitt" in listed.stdout
    assert len(sample_pages(faxes, tmp_path / "few", 3)) == 3


def test_rows_of_speed_compare_as_many_cores_on_either_side() -> None:
    one = Ran(1, 60.0, 50.0, {"pages": 100}, 0, ())
    both = Ran(1, 40.0, 55.0, {"pages": 100}, 0, ())
    rows = {row.figure: row for row in speed(both, one, Plain(3.0, 2.5, 9), Plain(2.0, 4.0, 9))}
    against = "whole job, one core, against plain pytesseract, one core and one thread"
    assert rows[f"{against} (bar of the main job)"].value == 5.0
    assert rows[f"{against} (bar of the reader)"].holds is False
    assert rows[f"{against}, processor time"].value == 5.0
    assert rows["whole job, one core, one worker (bar of the reader)"].value == 100.0
    assert rows["two workers on two cores against one on one"].value == 1.5


def test_pinning_ends_with_the_measurement() -> None:
    before = os.sched_getaffinity(0)
    with pinned(1):
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before


def test_single_groups_of_rows_can_be_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["main_job", "--only", "everything"])
    with pytest.raises(SystemExit):
        main()
    asked = capsys.readouterr().err
    assert all(group in asked for group in GROUPS)
