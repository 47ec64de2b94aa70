"""The yardstick itself: rows hold and fail as their bars say, and the exit code tells."""

import json
import sys

import pytest

from benchmarks import table


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (table.at_least("speed", 40.0, 40, "pages"), True),
        (table.at_least("speed", 39.99, 40, "pages"), False),
        (table.at_most("memory", 1.2, 1.2, "GB"), True),
        (table.at_most("memory", 1.21, 1.2, "GB"), False),
        (table.within("shown as 0.95", 93.0, 93, 97, "%"), True),
        (table.within("shown as 0.95", 97.1, 93, 97, "%"), False),
        (table.exactly("lost", 0, 0, "faxes"), True),
        (table.exactly("lost", 1, 0, "faxes"), False),
        (table.reported("names", 0.7, "share"), None),
    ],
)
def test_a_row_holds_as_its_bar_says(row: table.Row, holds: bool | None) -> None:
    assert row.holds is holds


@pytest.mark.parametrize(("value", "code"), [(1.0, 0), (0.0, 1)])
def test_the_exit_code_is_one_when_a_row_falls_short(
    value: float, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--json"])
    assert table.main("A title", lambda *_: [table.at_least("figure", value, 1, "unit")]) == code
    assert json.loads(capsys.readouterr().out) == [
        {"figure": "figure", "value": value, "unit": "unit", "bar": "at least 1", "holds": code == 0}
    ]


def test_the_markdown_names_a_failed_row() -> None:
    text = table.markdown("Title", [table.at_least("figure", 0.5, 1, "unit")])
    assert "| figure | 0.5 | unit | at least 1 | **no** |" in text
