"""Every page of the desk for everybody: axe finds nothing, by day and by night, small and large."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_at_work import House, Seat, furnish, house_like, seat_at
from office import open_office
from PIL import Image
from playwright.sync_api import Browser
from sqlalchemy import select

from benchmarks.desk.reviewer import browser as chromium
from benchmarks.desk.running import RunningDesk
from benchmarks.program_cases import Story
from review.permissions import PERMISSIONS
from store.database import reading
from store.registers.deciding import note_non_compliance
from store.registers.folding import fold_stale, issue_rems_ids
from store.registers.tables import MentionRow, PartyState
from store.tables import ReviewTask, Transmission
from validators.program.rems_ids import PartyKind

# Forms in the registers are placed as the store's own tests do it.
sys.path.append(str(Path(__file__).parents[1] / "store"))
from register_samples import PROGRAM, play

pytestmark = pytest.mark.slow
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NO_PAGE = (".png", "/health", "/openapi.json", "/comments", "/login/oidc", "/login/oidc/callback")
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
        yield made


@pytest.fixture(scope="module")
def desk(house: House) -> Iterator[RunningDesk]:
    with house.running() as running:
        yield running


def pages_of(house: House) -> list[str]:
    """An address for every page in the table of permissions, with something to show in each."""
    with reading(house.engine) as session:
        fax = session.execute(select(Transmission.id)).scalars().first()
        task = (
            session.execute(
                select(ReviewTask).where(ReviewTask.document_id.is_not(None), ReviewTask.status == "open")
            )
            .scalars()
            .first()
        )
        party = session.execute(select(PartyState.party)).scalars().first()
        unknown = select(MentionRow.document_id, MentionRow.role).where(MentionRow.party.is_(None))
        mention = session.execute(unknown).first()
        assert mention is not None, "no sample fax names somebody unknown"
        assert fax is not None
        assert task is not None
        filled = {
            "/transmissions/{fax}": f"/transmissions/{fax}",
            "/review/{transmission_id}/{document_id}": f"/review/{task.transmission_id}/{task.document_id}",
            "/matching/{document_id}/{form_role}": f"/matching/{mention[0]}/{mention[1]}",
        }
        if party is not None:
            filled["/registers/{kind}/{identifier}"] = f"/registers/{party.partition(':')[0]}/{party}"
    paths = [path for method, path in PERMISSIONS if method == "GET" and not path.endswith(NO_PAGE)]
    if party is None:
        # Only an enrollment that was read without a doubt founds a party; none of the small faxes is one.
        paths.remove("/registers/{kind}/{identifier}")
    return [filled.get(path, path) for path in paths]


def violations(seat: Seat) -> list[str]:
    """What axe finds on the page: rule and place."""
    found = Axe().run(seat.page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    house: House, desk: RunningDesk, browser: Browser, scheme: str
) -> None:
    wrong = {}
    with seat_at(browser, desk.address, "lead", color_scheme=scheme) as seat:
        for path in pages_of(house):
            assert "{" not in path, f"the test knows nothing to show at {path}"
            answer = seat.page.goto(desk.address + path, wait_until="networkidle")
            assert answer is not None
            assert answer.ok, f"{path} answered {answer.status}"
            if found := violations(seat):
                wrong[path] = found
    assert wrong == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_people_work(
    house: House, desk: RunningDesk, browser: Browser, scheme: str
) -> None:
    with seat_at(browser, desk.address, "safety", color_scheme=scheme) as seat:
        for keys in (("F2",), ("F1",), ("Escape", "Alt+c"), ("Escape", "F2")):
            seat.press(*keys)
            seat.page.wait_for_timeout(300)
            assert violations(seat) == [], keys
        seat.page.goto(f"{desk.address}/wall")
        assert seat.page.locator(".walls button").count()
        seat.press("Enter")
        seat.page.wait_for_selector("#wall")
        seat.press("x")
        assert violations(seat) == []


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
    """A desk at which something was answered, and events of non-compliance were noted."""
    told = Story(start=datetime.now(UTC).date() - timedelta(days=25))
    play(house.engine, told.before_infusion(), fold=True)
    issue_rems_ids(house.engine, PROGRAM)
    fold_stale(house.engine, PROGRAM)
    pharmacy, prescriber = str(told.pharmacy["pharmacy_npi"]), str(told.prescriber["prescriber_npi"])
    noted: tuple[tuple[PartyKind, str, str], ...] = (
        ("pharmacy", pharmacy, "dispensed_unauthorized"),
        ("pharmacy", pharmacy, "counseling_missed"),
        ("prescriber", prescriber, "status_form_missed"),
    )
    for kind, who, what in noted:
        note_non_compliance(
            house.engine, PROGRAM, kind, who, what, by="lead", role="lead", reason="the office called"
        )
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
