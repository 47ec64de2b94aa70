from dataclasses import replace

import numpy as np
import pytest
from faxed_pages import faxed, small_catalog

from extractors.blanks import Blanks, load_blanks
from extractors.identify import identify
from extractors.model import PageIdentity, RegisteredPage
from extractors.register import register
from extractors.straighten import straighten

LINES = [
    {"y_dpi": 196},
    {"y_dpi": 98},
    {"y_dpi": 196, "lost_share": 0.04, "damaged_share": 0.08},
    {"y_dpi": 98, "lost_share": 0.04, "damaged_share": 0.08},
    {"y_dpi": 196, "skew_degrees": 2.5, "scale": 0.97, "shift_px": (-12, 18), "lost_share": 0.02},
    {"y_dpi": 98, "quarter_turns": 2, "damaged_share": 0.05, "lost_share": 0.02},
]


def places(page: RegisteredPage, form_px: np.ndarray) -> np.ndarray:
    ends = page.form_to_received[np.rint(form_px[:, 1]).astype(int)]
    share = (form_px[:, 0] / page.pixels.shape[1])[:, None]
    return ends[:, 0] * (1 - share) + ends[:, 1] * share


@pytest.mark.parametrize("number", [0, 2, 4])
@pytest.mark.parametrize("line", LINES, ids=str)
def test_labels_are_where_they_truly_are(blanks: Blanks, number: int, line: dict[str, float]) -> None:
    key = blanks.keys[number]
    sent = faxed(blanks.pages[key].pixels, seed=number + 20, **line)
    straight, identity = identify(straighten(sent.page), blanks)
    page = register(straight, identity, blanks)
    assert not page.doubtful
    labels = np.rint(blanks.pages[key].patches.centers_px)
    turned = (
        np.array(blanks.pages[key].pixels.shape)[::-1] - 1 - labels if line.get("quarter_turns") else labels
    )
    true = sent.true_places(turned)
    on_page = (true[:, 1] > 3) & (true[:, 1] < len(sent.page.bits) - 3)
    off = (places(page, labels) - true)[on_page] * [1.0, 204 / sent.page.y_dpi]
    distance = np.hypot(off[:, 0], off[:, 1])
    assert np.median(distance) <= 1.5
    assert np.quantile(distance, 0.97) <= 6


def test_pixels_lie_on_the_blank(blanks: Blanks) -> None:
    blank = blanks.page("patient_status", "2019-10", 1)
    straight, identity = identify(straighten(faxed(blank.pixels, skew_degrees=1.5, writing=0).page), blanks)
    page = register(straight, identity, blanks)
    assert page.pixels.shape == page.blank.shape
    printed, found = page.blank < 128, page.pixels < 128
    assert (printed & found).sum() > 0.85 * printed.sum()


@pytest.mark.parametrize(
    ("y_dpi", "keep", "lost_share"), [(196, 0.5, 0.0), (98, 0.4, 0.02), (196, 0.8, 0.04)]
)
def test_the_part_of_a_cut_page_that_came_is_trusted_and_the_rest_known(
    blanks: Blanks, y_dpi: int, keep: float, lost_share: float
) -> None:
    blank = blanks.page("patient_status", "2015-11", 1)
    sent = faxed(blank.pixels, y_dpi=y_dpi, keep=keep, lost_share=lost_share)
    straight, identity = identify(straighten(sent.page), blanks)
    page = register(straight, identity, blanks)
    assert not page.doubtful
    centers = np.rint(blank.patches.centers_px)
    true = sent.true_places(centers)
    rows = len(sent.page.bits)
    came = true[:, 1] < rows - 8
    off = (places(page, centers) - true)[came] * [1.0, 204 / y_dpi]
    assert np.quantile(np.hypot(off[:, 0], off[:, 1]), 0.97) <= 4
    sent_y = sent.to_received[1, 1] * centers[:, 1] + sent.to_received[1, 2]
    lost = sent_y > sent.kept_rows[-1] + 8
    assert came.any()
    assert lost.any()
    for (x, y), is_lost in zip(centers[came | lost].astype(int), lost[came | lost], strict=True):
        assert page.on_page((x - 1, y - 1, x + 1, y + 1)) is not bool(is_lost)


@pytest.mark.parametrize("keep", [0.45, 0.8])
@pytest.mark.parametrize("quarter_turns", [0, 2])
def test_a_page_filled_up_with_white_is_known_to_be_cut(
    blanks: Blanks, keep: float, quarter_turns: int
) -> None:
    blank = blanks.page("patient_status", "2015-11", 1)
    whole = faxed(blank.pixels, writing=0).page
    rows = len(whole.bits)
    bits = whole.bits.copy()
    bits[round(keep * rows) :] = 0
    if quarter_turns:
        ink = np.unpackbits(bits, axis=1, count=whole.width_px)
        bits = np.packbits(np.rot90(ink, 2), axis=1)
    straight, identity = identify(straighten(replace(whole, bits=bits)), blanks)
    page = register(straight, identity, blanks)
    assert not page.doubtful
    assert page.came_rows is not None
    assert page.came_rows[0] == 0
    assert page.came_rows[1] == pytest.approx(keep * len(blank.pixels), abs=60)
    below = page.came_rows[1]
    assert page.on_page((100, below - 40, 200, below - 20))
    assert not page.on_page((100, below + 20, 200, below + 40))


def test_a_whole_page_has_no_white_end(blanks: Blanks) -> None:
    for key in (("patient_status", "2015-11", 1), ("prescription_order", "2015-11", 1)):
        page = register(*identify(straighten(faxed(blanks.page(*key).pixels).page), blanks), blanks)
        assert page.came_rows is None


def test_too_little_of_a_page_is_not_trusted(blanks: Blanks) -> None:
    blank = blanks.page("patient_status", "2015-11", 1)
    straight = straighten(faxed(blank.pixels, keep=0.1).page)
    page = register(straight, PageIdentity("form", "patient_status", "2015-11", 1, 0.9), blanks)
    assert page.doubtful


def test_a_cut_page_of_another_form_is_doubtful(blanks: Blanks) -> None:
    straight = straighten(faxed(blanks.page("patient_status", "2015-11", 1).pixels, keep=0.5).page)
    page = register(straight, PageIdentity("form", "prescription_order", "2015-11", 1, 0.5), blanks)
    assert page.doubtful


def test_the_wrong_blank_is_doubtful(blanks: Blanks) -> None:
    straight, _ = identify(straighten(faxed(blanks.page("patient_status", "2015-11", 1).pixels).page), blanks)
    page = register(straight, PageIdentity("form", "prescription_order", "2015-11", 1, 0.5), blanks)
    assert page.doubtful


def test_cached_blanks_are_the_drawn_ones(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("again")
    first = load_blanks(small_catalog(), folder)
    assert list(folder.glob("*.npz"))
    second = load_blanks(small_catalog(), folder)
    for drawn, kept in zip(first.pages.values(), second.pages.values(), strict=True):
        assert drawn.key == kept.key
        assert np.array_equal(drawn.pixels, kept.pixels)
        assert np.array_equal(drawn.patches.corners, kept.patches.corners)


def test_a_broken_cache_is_drawn_anew(blanks: Blanks, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("broken")
    load_blanks(small_catalog(), folder)
    for file in folder.glob("*.npz"):
        file.write_bytes(b"not this")
    again = load_blanks(small_catalog(), folder)
    assert again.keys == blanks.keys
