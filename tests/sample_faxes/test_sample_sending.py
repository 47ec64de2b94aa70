"""A transmission from the office to the inbox, through the real call."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sample_faxes.blanks import catalog
from sample_faxes.faults import FormFaults
from sample_faxes.faxline import spandsp_present
from sample_faxes.fonts import FontShelf, FontsMissing, open_shelf
from sample_faxes.make import make, write
from sample_faxes.scenario import Form, Other, PaperFault, Transmission
from sample_faxes.scenarios import SCENARIOS
from sample_faxes.sending import send

pytestmark = pytest.mark.skipif(not spandsp_present(), reason="libspandsp is not installed")
FIRST = SCENARIOS[0]


@pytest.fixture(scope="module")
def shelf() -> FontShelf:
    try:
        return open_shelf()
    except FontsMissing as error:
        pytest.skip(str(error))


def small(**details: object) -> Transmission:
    fax = Transmission(
        "2026-10-05-9001", FIRST.at, (Form("care_transfer", leaving="moved"),), raster="standard"
    )
    return replace(fax, **details)  # type: ignore[arg-type]


def test_the_same_fax_made_twice_has_the_same_bytes(shelf: FontShelf) -> None:
    fax = small(quality="two_percent")
    first, again = send(shelf, fax, 1), send(shelf, fax, 1)
    assert first.data == again.data
    assert first.truth == again.truth
    assert send(shelf, fax, 2).data != first.data


def test_other_hands_write_the_same_answers(shelf: FontShelf) -> None:
    fax = small(carrier="g4")
    ours, theirs = send(shelf, fax, 1), send(shelf, fax, 1, group="held_out")
    assert ours.data != theirs.data


def test_what_is_written_lies_in_its_box_where_the_page_says(shelf: FontShelf) -> None:
    template = catalog().get("care_transfer")
    filled = send(shelf, small(carrier="g4"), 1)
    fields = filled.truth["documents"][0]["fields"]
    (page,) = filled.pages
    for name in ("patient_first_name", "patient_last_name", "date_of_birth"):
        assert fields[name]["value"]
        x, y, width, height = template.field(name).box or (0, 0, 0, 0)
        corners = np.array([[x + 4, y + 3, 1], [x + width - 4, y + height - 3, 1]]) @ page.from_points.T
        (left, top), (right, bottom) = corners.round().astype(int)
        assert page.ink[top:bottom, left:right].mean() > 0.01


def test_a_page_cut_short_has_no_answers_below_the_cut(shelf: FontShelf) -> None:
    whole = send(shelf, small(carrier="g4"), 1)
    cut = send(shelf, small(carrier="g4", paper={1: PaperFault(keep=0.5)}), 1)
    assert cut.pages[0].ink.shape[0] < 0.6 * whole.pages[0].ink.shape[0]
    fields = cut.truth["documents"][0]["fields"]
    assert fields["signature"] == {"value": False, "hand": False, "cut": True}
    assert (
        fields["patient_last_name"]["value"]
        == whole.truth["documents"][0]["fields"]["patient_last_name"]["value"]
    )


def test_missing_and_doubled_pages_are_in_the_truth(shelf: FontShelf) -> None:
    parts = (Other("blank"), Form("patient_enrollment", fill="typed"))
    sent = send(shelf, small(carrier="g4", parts=parts, order=(3, 1, 3)), 1)
    (document,) = sent.truth["documents"]
    assert document["pages"] == [1]
    assert document["missing_pages"] == [1]
    assert document["doubled_pages"] == {"3": 1}
    assert sent.truth["other_pages"] == [{"page": 2, "kind": "blank"}]


def test_an_event_on_a_form_is_told(shelf: FontShelf) -> None:
    quiet = small(carrier="g4", parts=(Form("patient_status", "2015-11", "typed"),))
    loud = small(carrier="g4", parts=(Form("patient_status", "2015-11", "typed", story="itp"),))
    both = FormFaults(two_marked=40)
    unclear = small(carrier="g4", parts=(Form("patient_status", "2015-11", "typed", faults=both),))
    assert [send(shelf, fax, 1).truth["adverse_event"] for fax in (quiet, loud, unclear)] == [
        False,
        True,
        True,
    ]


def test_a_fax_is_written_whole_and_again_the_same(shelf: FontShelf, tmp_path: Path) -> None:
    (sent,) = make(shelf, [SCENARIOS[2]], 5)
    write(sent, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write(sent, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert set(before) == {SCENARIOS[2].name + ".tif", SCENARIOS[2].name + ".json"}
