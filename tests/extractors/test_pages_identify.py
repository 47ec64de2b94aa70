import cv2
import numpy as np
import pytest
from faxed_pages import faxed
from PIL import Image, ImageDraw, ImageFont

from extractors.blanks import Blanks
from extractors.identify import identify, kind_by_words
from extractors.model import ReceivedPage
from extractors.straighten import straighten

LINES = [
    {"y_dpi": 196, "damaged_share": 0.1, "lost_share": 0.03},
    {"y_dpi": 98, "damaged_share": 0.1, "lost_share": 0.03, "shift_px": (14, -20)},
    {"y_dpi": 98, "quarter_turns": 2, "damaged_share": 0.08},
    {"y_dpi": 196, "quarter_turns": 1, "damaged_share": 0.05},
    {"y_dpi": 196, "quarter_turns": 3, "skew_degrees": 1.0},
    {"y_dpi": 196, "scale": 0.97, "skew_degrees": -2.0},
    {"y_dpi": 196, "scale": 0.94, "damaged_share": 0.05},
    {"y_dpi": 196, "keep": 0.5, "damaged_share": 0.08},
    {"y_dpi": 98, "keep": 0.45, "quarter_turns": 0, "scale": 0.97},
]


@pytest.mark.parametrize("number", [0, 3, 4])
@pytest.mark.parametrize("line", LINES, ids=str)
def test_form_version_page_and_way_up_are_found(blanks: Blanks, number: int, line: dict[str, float]) -> None:
    key = blanks.keys[number]
    page = faxed(blanks.pages[key].pixels, seed=number, **line).page
    straight, identity = identify(straighten(page), blanks)
    assert (identity.kind, identity.form, identity.version, identity.form_page) == ("form", *key)
    assert identity.probability > 0.9
    assert straight.quarter_turns == -int(line.get("quarter_turns", 0)) % 4


def of_pixels(pixels: np.ndarray) -> ReceivedPage:
    return ReceivedPage(1, np.packbits(pixels < 128, axis=1), pixels.shape[1], 204.0, 196.0)


def page_of_text(words: str) -> np.ndarray:
    sheet = Image.new("L", (1728, 2156), 255)
    pen = ImageDraw.Draw(sheet)
    for line in range(38):
        pen.text((150, 120 + 50 * line), words, font=ImageFont.load_default(30), fill=0)
    return np.asarray(sheet)


def scribbles(count: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    sheet = np.full((2156, 1728), 255, np.uint8)
    for _ in range(count):
        start = rng.integers([150, 150], [1400, 1900])
        points = np.cumsum(np.vstack([start, rng.integers(-14, 24, (30, 2)) - [0, 5]]), axis=0)
        cv2.polylines(sheet, [points.astype(np.int32)], False, 0, 3)
    return sheet


@pytest.mark.parametrize(
    "pixels",
    [page_of_text("Dear doctor, the enclosed was asked for by your office."), scribbles(40), scribbles(2)],
    ids=["letter", "handwriting", "signature alone"],
)
def test_pages_that_are_no_form_claim_none_and_are_not_blank(blanks: Blanks, pixels: np.ndarray) -> None:
    assert identify(straighten(of_pixels(pixels)), blanks)[1].kind == "unknown"


def test_specks_and_an_edge_shadow_are_a_blank_page(blanks: Blanks) -> None:
    sheet = np.full((2156, 1728), 255, np.uint8)
    rng = np.random.default_rng(1)
    for x, y in rng.integers([0, 0], [1720, 2150], (300, 2)):
        sheet[y : y + 3, x : x + 3] = 0
    sheet[:, :12] = 0
    assert identify(straighten(of_pixels(sheet)), blanks)[1].kind == "blank"


@pytest.mark.parametrize("shape", [(1, 8), (4, 8), (60, 1728)])
def test_a_sliver_of_a_page_is_no_form(blanks: Blanks, shape: tuple[int, int]) -> None:
    assert identify(straighten(of_pixels(np.zeros(shape, np.uint8))), blanks)[1].kind != "form"


def test_text_is_read_once_and_only_from_pages_that_are_no_form(blanks: Blanks) -> None:
    calls: list[int] = []

    def read(straight: object) -> str:
        calls.append(1)
        return "FAX COVER SHEET To: REMS From: clinic Pages: 3 Date: today Re: forms Comments: none"

    form = faxed(blanks.pages[blanks.keys[0]].pixels).page
    assert identify(straighten(form), blanks, read)[1].kind == "form"
    assert calls == []
    letter = straighten(of_pixels(page_of_text("to whom it may concern")))
    assert identify(letter, blanks, read)[1].kind == "cover"
    assert calls == [1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "FAX TRANSMITTAL To: LEMTRADA REMS From: North Clinic Fax: 555-0100 Pages: 2 Re: status",
            "cover",
        ),
        (
            "LABORATORY Results  Specimen collected 10/01  Hemoglobin 13.1 g/dL Reference range 12-16",
            "lab_report",
        ),
        ("Dear Dr. Example, thank you for seeing this patient.", "unknown"),
        ("", "unknown"),
    ],
)
def test_words_tell_a_cover_and_a_lab_report(text: str, kind: str) -> None:
    assert kind_by_words(text)[0] == kind


def test_a_form_too_faint_to_read_is_not_blank(blanks: Blanks) -> None:
    rng = np.random.default_rng(2)
    faint = faxed(blanks.pages[blanks.keys[0]].pixels, writing=0).page.pixels.copy()
    faint[rng.random(faint.shape) < 0.9] = 255
    assert identify(straighten(of_pixels(faint)), blanks)[1].kind in {"form", "unknown"}


def test_a_title_tells_a_cover_sheet_whose_other_words_cannot_be_read() -> None:
    assert kind_by_words("Harbor Point Neurology\nFAX COVER SHEET\nTobis Illaueva\nIROM\n")[0] == "cover"
    assert kind_by_words("We sent the fax cover sheet yesterday.\nYours, the office")[0] == "unknown"


def test_a_title_of_one_word_stands_for_an_address_that_was_lost() -> None:
    rest = "FROM: Tobias Calloway\nPHONE: (919) 555-0154\nDATE\nPAGES 4\nRE: forms\nCOMMENTS"
    assert kind_by_words(f"Pine Grove Clinic\nFAX\n{rest}")[0] == "cover"
    assert kind_by_words(f"Pine Grove Clinic\nSee our fax of Monday.\n{rest}")[0] == "unknown"
