from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from sample_faxes import tiff
from sample_faxes.faxline import Bits, CallResult, Line, call, spandsp_present

pytestmark = pytest.mark.skipif(not spandsp_present(), reason="libspandsp is not installed")


def ruled_page(rows: int = 1078) -> Bits:
    sheet = Image.new("L", (1728, rows), 255)
    draw = ImageDraw.Draw(sheet)
    for line in range(0, rows - 40, 36):
        draw.text((80, line), f"Patient name and date of birth, line {line:04d} " * 4, fill=0, font_size=26)
    return np.asarray(sheet) < 128


def one_call(page: Bits, line: Line, seed: int = 3) -> CallResult:
    return call(
        [page],
        resolution="standard",
        line=line,
        seed=seed,
        ident="+1 555 555 0199",
        answer_ident="+1 855 557 2478",
        received_at=datetime(2026, 10, 5, 7, 14),
    )


def test_a_clean_call_brings_every_dot_and_says_who_sent_it() -> None:
    page = ruled_page()
    result = one_call(page, Line())
    assert result.file is not None
    stored = Image.open(BytesIO(result.file))
    assert np.array_equal(np.asarray(stored) == 0, page)
    first = tiff.read_pages(result.file)[0]
    assert first.tags[tiff.DESCRIPTION] == "+1 555 555 0199"
    assert first.tags[tiff.DATE_TIME] == "2026:10:05 07:14:00"
    assert (result.sender_ok, result.receiver_ok, result.bad_share) == (True, True, 0.0)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    page, line = ruled_page(), Line(modem="v29", noise_dbm0=-31.2)
    first, again, other = one_call(page, line), one_call(page, line), one_call(page, line, seed=4)
    assert first.file == again.file
    assert first.file != other.file


def test_a_noisy_line_costs_lines_and_the_file_says_how_many() -> None:
    page = ruled_page()
    result = one_call(page, Line(modem="v29", noise_dbm0=-31.2))
    assert result.file is not None
    assert result.bad_share > 0.005
    stored = tiff.read_pages(result.file)[0]
    assert stored.number(tiff.BAD_LINES) == sum(result.bad_rows)


def test_error_correction_repairs_what_the_noise_spoils() -> None:
    page = ruled_page()
    result = one_call(page, Line(error_correction=True, noise_dbm0=-35.0, store="mmr"))
    assert result.file is not None
    assert np.array_equal(np.asarray(Image.open(BytesIO(result.file))) == 0, page)
    assert result.seconds > one_call(page, Line()).seconds


def test_a_line_of_noise_alone_loses_the_page_though_the_sender_may_not_know() -> None:
    result = one_call(ruled_page(), Line(modem="v29", noise_dbm0=-24.0))
    assert result.pages_received == 0
    assert result.file is None
