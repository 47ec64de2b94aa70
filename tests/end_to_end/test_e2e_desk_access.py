"""Every page of the desk for everybody: axe finds nothing, by day and by night, small and large."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from desk_at_work import House, Seat, furnish, house_like, seat_at
from office import open_office
from PIL import Image
from playwright.sync_api import Browser

from benchmarks.desk.access import Scheme, violations_at_work, violations_on
from benchmarks.desk.house import play_registers
from benchmarks.desk.pages import pages_of
from benchmarks.desk.reviewer import browser as chromium
from benchmarks.desk.running import RunningDesk

pytestmark = pytest.mark.slow
SIZES = ((1280, 720), (3840, 2160))
MANUAL_PAGES = {"figures": "/figures?days=90", "non-compliance": "/escalations", "accounts": "/accounts"}
PICTURES = os.environ.get("REMSFAX_MANUAL_PICTURES")
"""A folder to which pictures for the manual go, when they are to be made again."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, blank_cache: Path) -> Iterator[House]:
    furnished = furnish(open_office(tmp_path_factory.mktemp("pages"), blank_cache), faxes=4)
    with house_like(furnished, tmp_path_factory.mktemp("house")) as made:
        # Only an enrollment that was read without a doubt founds a party; none of the small faxes is one.
        play_registers(made.engine)
        yield made


@pytest.fixture(scope="module")
def desk(house: House) -> Iterator[RunningDesk]:
    with house.running() as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    house: House, desk: RunningDesk, browser: Browser, scheme: Scheme
) -> None:
    assert violations_on(browser, desk.address, pages_of(house.engine), scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_people_work(
    house: House, desk: RunningDesk, browser: Browser, scheme: Scheme
) -> None:
    with seat_at(browser, desk.address, "safety", color_scheme=scheme) as seat:
        assert violations_at_work(seat.page, desk.address) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_review_fits_the_screen(
    house: House, desk: RunningDesk, browser: Browser, size: tuple[int, int], tmp_path: Path
) -> None:
    width, height = size
    with seat_at(browser, desk.address, "reviewer") as seat:
        seat.page.set_viewport_size({"width": width, "height": height})
        seat.to_typed_field()
        while not seat.page.input_value("#value"):
            seat.enter("")
            seat.to_typed_field()
        seat.press("F2")
        seat.page.wait_for_timeout(400)
        assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for place in ("#snippet", "#entry", "#accept", "[data-does=undoTyping]"):
            box = seat.page.locator(place).bounding_box()
            assert box is not None
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height, place
        frame = seat.page.locator("#sheet .frame").bounding_box()
        sheet = seat.page.locator(".sheet").bounding_box()
        assert frame is not None
        assert sheet is not None
        assert sheet["y"] <= frame["y"] <= sheet["y"] + sheet["height"]
        if width == SIZES[0][0]:
            keep(seat, tmp_path, "review")
        seat.press("F2")


def test_a_wall_for_the_manual(house: House, desk: RunningDesk, browser: Browser, tmp_path: Path) -> None:
    with seat_at(browser, desk.address, "reviewer") as seat:
        seat.page.goto(f"{desk.address}/wall")
        seat.press("Enter")
        seat.page.wait_for_selector("#wall")
        seat.page.wait_for_load_state("networkidle")
        pictures = seat.page.eval_on_selector_all("#wall img", "(all) => all.map((one) => one.naturalWidth)")
        assert min(pictures) > 0
        keep(seat, tmp_path, "wall")


@pytest.fixture(scope="module")
def busy(house: House, desk: RunningDesk, browser: Browser) -> RunningDesk:
    """A desk at which something was answered."""
    with seat_at(browser, desk.address, "reviewer") as seat:
        for _ in range(12):
            seat.enter("")
        seat.all_saved()
    return desk


@pytest.mark.parametrize("name", MANUAL_PAGES)
def test_pages_of_a_lead_for_the_manual(
    busy: RunningDesk, browser: Browser, name: str, tmp_path: Path
) -> None:
    with seat_at(browser, busy.address, "lead") as seat:
        seat.page.goto(busy.address + MANUAL_PAGES[name], wait_until="networkidle")
        assert seat.page.locator("main h1").is_visible()
        assert seat.page.locator("main td, main svg").count()
        assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        keep(seat, tmp_path, name)


def keep(seat: Seat, otherwise: Path, name: str) -> None:
    """A picture of what is on the screen, small enough for the manual."""
    picture = Image.open(BytesIO(seat.page.screenshot())).quantize(64)
    picture.save((Path(PICTURES) if PICTURES else otherwise) / f"{name}.png", optimize=True)
