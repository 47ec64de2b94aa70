"""Pictures that the server draws: true to the figures, and without a style of their own."""

import re
from xml.etree import ElementTree

import pytest

from review.charts.bars import Row, Series, lying_bars, stacked_bars
from review.charts.intervals import Measured, interval_chart
from review.web.words import number

SVG = "{http://www.w3.org/2000/svg}"


def rects(picture: str) -> list[dict[str, str]]:
    return [one.attrib for one in ElementTree.fromstring(picture).iter(f"{SVG}rect")]  # noqa: S314


def test_stacked_bars_are_as_high_as_their_values() -> None:
    picture = stacked_bars("Faxes", ["a", "b"], [Series("x", "a", (2, 4)), Series("y", "b", (2, 0))])
    heights = [float(one["height"]) for one in rects(picture)]
    assert heights == pytest.approx([82, 82, 164])
    tops = [float(one["y"]) for one in rects(picture)]
    assert tops[1] == pytest.approx(tops[2])


def test_lying_bars_are_as_long_as_their_values() -> None:
    wide = [
        float(one["width"]) for one in rects(lying_bars("Ages", [Row("a", 10, "ten"), Row("b", 5, "five")]))
    ]
    assert wide[0] == pytest.approx(2 * wide[1], abs=0.2)


@pytest.mark.parametrize(
    "picture",
    [
        stacked_bars("Nothing", [], []),
        lying_bars("Nothing", []),
        lying_bars("Zero", [Row("a", 0, "none")]),
        interval_chart("Nothing", [], 0.0014),
        interval_chart("One", [Measured("<b>", 0.5, 0, 1, "1 & 2")], 0.0014),
    ],
)
def test_whatever_the_figures_it_is_a_picture_with_a_name_and_no_style(picture: str) -> None:
    root = ElementTree.fromstring(picture)  # noqa: S314
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"]
    assert "style" not in picture
    assert not re.search(r"\bon\w+=", picture)


def test_the_target_and_each_interval_stand_where_they_belong() -> None:
    root = ElementTree.fromstring(  # noqa: S314
        interval_chart("Error", [Measured("date", 0.001, 0.0005, 0.002, "2 of 2,000")], 0.001)
    )
    lines = {one.attrib["class"]: one.attrib for one in root.iter(f"{SVG}line")}
    point = float(next(root.iter(f"{SVG}circle")).attrib["cx"])
    assert float(lines["target"]["x1"]) == pytest.approx(point)
    assert float(lines["range"]["x1"]) < point < float(lines["range"]["x2"])


@pytest.mark.parametrize(("value", "shown"), [(-0.2, "0"), (-1234.6, "-1,235"), (0.4, "0"), (2500, "2,500")])
def test_a_figure_has_its_thousands_apart_and_nothing_has_no_sign(value: float, shown: str) -> None:
    assert number(value) == shown
