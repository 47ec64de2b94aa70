from datetime import datetime

import numpy as np
import pytest
from faxed_pages import faxed
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from extractors.blanks import Blanks
from extractors.header_line import find_header, parse_header, read_header
from extractors.model import ReceivedPage
from extractors.straighten import straighten

DATES = {
    "iso": "%Y-%m-%d %H:%M",
    "slashes": "%m/%d/%Y %H:%M",
    "short": "%m/%d/%y %I:%M %p",
    "named": "%b-%d-%Y %H:%M",
    "day first": "%d-%b-%Y %H:%M",
    "weekday": "%a, %d %b %Y %H:%M",
    "american": "%b %d, %Y %I:%M%p",
}
PAGES = [
    "p. {page}/{pages}",
    "P.{page:02d}/{pages:02d}",
    "Page {page} of {pages}",
    "{page:03d}/{pages:03d}",
    "PAGE {page}/{pages}",
]


@pytest.mark.parametrize("date_format", DATES.values(), ids=DATES)
@pytest.mark.parametrize("page_format", PAGES)
@pytest.mark.parametrize("order", ["{when}  {who}  {page}", "{who}  {when}  {page}"])
def test_header_lines_as_machines_print_them(date_format: str, page_format: str, order: str) -> None:
    when = datetime(2026, 11, 2, 14, 7)
    line = order.format(
        when=when.strftime(date_format),
        who="NORTH CLINIC +1 555 010 0199",
        page=page_format.format(page=2, pages=5),
    )
    header = parse_header(line, 30)
    assert header is not None
    assert (header.sent_at, header.page, header.pages, header.bottom_px) == (when, 2, 5, 30)
    assert header.sender == "NORTH CLINIC +1 555 010 0199"


@given(
    when=st.datetimes(datetime(2015, 1, 1), datetime(2049, 12, 31)),
    date_format=st.sampled_from(list(DATES.values())),
    page_format=st.sampled_from(PAGES),
    page=st.integers(1, 99),
    more=st.integers(0, 99),
)
def test_date_and_pages_survive_every_format(
    when: datetime, date_format: str, page_format: str, page: int, more: int
) -> None:
    pages = page + more
    header = parse_header(
        f"{when.strftime(date_format)}   5550100199   {page_format.format(page=page, pages=pages)}"
    )
    assert header is not None
    assert header.sent_at == when.replace(second=0, microsecond=0)
    assert (header.page, header.pages) == (page, pages)


@given(st.text(max_size=120))
def test_no_text_breaks_the_parser_or_makes_an_impossible_count(text: str) -> None:
    header = parse_header(text)
    if header is not None and header.page is not None and header.pages is not None:
        assert 1 <= header.page <= header.pages


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        ("From: RIVERSIDE NEUROLOGY To: 18555572478 11/02/2026 14:07 P.1/3", "RIVERSIDE NEUROLOGY"),
        ("11/02/2026 2:07 PM FAX 555 010 0199 LAKESIDE Page 1 of 3", "555 010 0199 LAKESIDE"),
        ("2026-11-02 14:07  p.2", None),
    ],
)
def test_sender_is_what_is_left(line: str, sender: str | None) -> None:
    header = parse_header(line)
    assert header is not None
    assert header.sender == sender


@pytest.mark.parametrize("line", ["", "PATIENT STATUS FORM", "Fill in with black ink", "25:99 13/45/2026"])
def test_lines_of_a_form_are_no_header(line: str) -> None:
    assert parse_header(line) is None


def headed(page: ReceivedPage, text: str, rows: int) -> ReceivedPage:
    strip = Image.new("L", (page.width_px, 32), 255)
    ImageDraw.Draw(strip).text((40, 2), text, font=ImageFont.load_default(24), fill=0)
    small = np.asarray(strip.resize((page.width_px, rows), Image.Resampling.BOX)) < 128
    bits = np.vstack([np.packbits(small, axis=1), page.bits])
    return ReceivedPage(1, bits, page.width_px, page.x_dpi, page.y_dpi)


@pytest.mark.parametrize(("y_dpi", "rows"), [(196, 32), (98, 16)])
@pytest.mark.parametrize("quarter_turns", [0, 2])
def test_header_strip_is_found_above_the_page_however_the_sheet_lies(
    blanks: Blanks, y_dpi: int, rows: int, quarter_turns: int
) -> None:
    blank = next(iter(blanks.pages.values())).pixels
    page = faxed(blank, y_dpi=y_dpi, quarter_turns=quarter_turns, writing=0).page
    with_line = straighten(headed(page, "2026-11-02 14:07   NORTH CLINIC   +1 555 010 0199   p. 1/2", rows))
    assert find_header(straighten(page)) == 0
    assert 18 <= find_header(with_line) <= 36
    header = read_header(
        with_line, lambda crop: "2026-11-02 14:07 NORTH CLINIC p. 1/2" if crop.min() == 0 else ""
    )
    assert header is not None
    assert header.pages == 2
