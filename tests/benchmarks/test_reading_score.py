"""The scorers of the reading benchmark: what counts, what is right, and what is told about it."""

import csv
import sys
from pathlib import Path
from typing import Any

import pytest
from reading_rows import row

from benchmarks.reading import figures, score
from benchmarks.reading.__main__ import main
from benchmarks.reading.pictures import draw_pictures
from benchmarks.reading.reading import OWN, RivalRow
from benchmarks.reading.rivals import open_rivals
from benchmarks.reading.score import Share
from form_templates.catalog import load_catalog

EMPTY = {"filled": False, "true": None, "written": (), "value": None, "raw": "", "reader": "none"}


@pytest.mark.parametrize(
    ("changes", "choice"),
    [
        ({"hand": False}, score.is_typed),
        ({"kind": "date", "comb": 8}, score.is_comb_number),
        ({"kind": "npi"}, score.is_free_number),
        ({}, score.is_hand_name),
        ({"kind": "text", "name": "ship_city"}, score.is_hand_address),
        ({"kind": "yes_no"}, score.is_tick),
    ],
)
def test_a_field_is_counted_in_one_row_of_the_first_table(
    changes: dict[str, Any], choice: score.Choice
) -> None:
    field = row(**changes)
    assert [c is choice for _, c, *_ in figures.WHOLE_VALUES if c(field)] == [True]


def test_an_empty_field_is_no_answer_whoever_would_have_written_it() -> None:
    assert not any(choice(row(**EMPTY)) for _, choice, *_ in figures.WHOLE_VALUES)


def test_emptiness_counts_overlooked_and_imagined_answers_and_leaves_lost_pages_out() -> None:
    fields = [
        row(),
        row(reader="none", value=None),
        row(**EMPTY),
        row(**(EMPTY | {"reader": "print"})),
        row(lost=True, reader="none"),
        row(kind="check", reader="none"),
    ]
    assert score.emptiness(fields) == Share(2, 4)


def test_an_overlooked_answer_that_passes_as_empty_is_wrong_among_the_accepted() -> None:
    fields = [row(), row(decision="review", right=False), row(decision="empty", value=None, right=False)]
    assert score.wrong_among_accepted(fields) == Share(1, 2)


def test_the_share_accepted_is_of_answers_by_class() -> None:
    fields = [
        row(),
        row(decision="review"),
        row(hand=False),
        row(kind="date", decision="review"),
        row(kind="check", filled=False, decision="empty"),
        row(**EMPTY, decision="empty"),
    ]
    assert score.accepted_by_class(fields) == {
        "typed": Share(1, 1),
        "handwritten numbers": Share(0, 1),
        "handwritten names and lines": Share(1, 2),
        "ticks": Share(1, 1),
        "signatures": Share(0, 0),
    }


def test_the_interval_of_none_wrong_of_2000_ends_below_two_in_a_thousand() -> None:
    low, high = Share(0, 2000).interval
    assert low == 0
    assert 0.1 < high < 0.2
    assert Share(0, 0).interval == (0, 100)


def test_fields_shown_as_095_are_told_by_kind() -> None:
    fields = [
        row(),
        row(confidence=0.97, right=False),
        row(confidence=0.99),
        row(kind="date", confidence=0.93),
    ]
    assert score.shown_as(fields, 0.95) == {"date": Share(1, 1), "name": Share(1, 2)}


@pytest.mark.parametrize(
    ("kind", "read", "written", "wrong", "of"),
    [
        ("name", "RIVERA", ("Rivera",), 0, 6),
        ("name", "Rivcra", ("Rivera",), 1, 6),
        ("text", "", ("N/A",), 3, 3),
        ("free_text", "see  chart today", ("see chart", "today"), 0, 15),
        ("text", "1234", ("12",), 2, 2),
        ("phone", "4069749411", ("(406) 974-9411",), 0, 10),
        ("date", "11/5/25", ("11-5-26",), 1, 5),
    ],
)
def test_character_errors_do_not_count_case_and_gaps(
    kind: str, read: str, written: tuple[str, ...], wrong: int, of: int
) -> None:
    assert score.character_error(row(kind=kind, written=written), read) == (wrong, of)


def test_the_risk_curve_takes_the_surest_first_and_equally_sure_ones_together() -> None:
    fields = [
        row(confidence=0.9),
        row(confidence=0.8, right=False),
        row(confidence=0.8),
        row(confidence=0.99),
    ]
    assert list(score.risk_coverage(fields)) == [(0.25, 0.0), (0.5, 0.0), (1.0, 0.25)]


def test_reliability_bins_hold_their_upper_end_only_at_one() -> None:
    fields = [row(confidence=0.5), row(confidence=1.0), row(confidence=0.9, right=False)]
    bins = list(score.reliability(fields, (0.0, 0.5, 0.9, 1.0)))
    assert bins == [(0.5, Share(1, 1)), (pytest.approx(0.95), Share(1, 2))]


def test_cells_are_by_key_and_hold_whole_values_and_characters() -> None:
    fields = [row(), row(raw="Rivcra", right=False), row(raster="standard"), row(kind="check")]
    cells = score.table_by(fields, lambda f: (f.kind, f.raster))
    assert cells["name", "fine"] == score.Cell(Share(1, 2), Share(1, 12))
    assert set(cells) == {("name", "fine"), ("name", "standard")}


def test_a_bar_is_judged_only_where_there_are_enough_fields() -> None:
    many = [row(right=number >= 5) for number in range(100)]
    few = [row(kind="zip", right=False)]
    judged = {r.figure: r.holds for r in figures.passing_unseen(many + few)}
    assert judged["right of those shown as 0.95, name"] is True
    assert judged["right of those shown as 0.95, zip"] is None
    assert judged["wrong among accepted fields, all kinds"] is False
    assert judged["fields measured"] is False


def test_rivals_stand_beside_ours_and_absent_ones_say_why() -> None:
    rows = [
        RivalRow(OWN, True, "fine", right=True, wrong_characters=0, characters=6),
        RivalRow("tesseract", True, "fine", right=False, wrong_characters=3, characters=6),
    ]
    told = {r.figure: r.value for r in figures.rivals(rows, open_rivals(None))}
    assert told["same crops, hand, fine: remsfax, whole value"] == 100
    assert told["same crops, hand, fine: tesseract, characters wrong"] == 50
    assert told["same crops: PP-OCRv6 small"] == "not measured"


def test_every_kind_of_the_forms_has_a_class() -> None:
    kinds = {field.kind for template in load_catalog().templates for field in template.fields}
    assert {score.class_of(row(kind=kind)) for kind in kinds} == set(score.CLASSES) - {"typed"}


def test_curves_and_diagrams_are_drawn_for_kinds_with_enough_answers(tmp_path: Path) -> None:
    fields = [row(confidence=0.6 + 0.01 * number, right=number > 5) for number in range(30)]
    curve, diagram = draw_pictures([*fields, row(kind="zip")], tmp_path)
    for file in (curve, diagram):
        assert file.read_bytes().startswith(b"\x89PNG")


def test_every_combination_is_written_to_a_table(tmp_path: Path) -> None:
    figures.write_cells([row(), row(raw="Rivcra", right=False), row(hand=False)], tmp_path / "cells.csv")
    with (tmp_path / "cells.csv").open(newline="") as lines:
        cells = list(csv.DictReader(lines))
    assert [cell["writing"] for cell in cells] == ["hand", "typed"]
    assert (cells[0]["fields"], cells[0]["whole_value_percent"]) == ("2", "50.00")
    assert cells[0]["characters_wrong_percent"] == "8.33"


def test_the_whole_benchmark_asks_for_the_data_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["reading"])
    assert main() == 2
    assert "--data" in capsys.readouterr().err
