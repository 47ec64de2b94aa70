"""The review screen in a real browser: keys alone, nothing waits, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_at_work import House, Seat, furnish, house_like, seat_at
from office import open_office
from playwright.sync_api import Browser

from benchmarks.desk.reviewer import browser as chromium
from benchmarks.desk.reviewer import until
from benchmarks.desk.running import RunningDesk, free_port, running_desk
from store.archive import archive_path

pytestmark = pytest.mark.slow
AtWork = tuple[House, RunningDesk]
SCRIPT = "<script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, blank_cache: Path) -> Path:
    """A folder with four sample faxes read and an account of each role."""
    return furnish(open_office(tmp_path_factory.mktemp("desk"), blank_cache), faxes=4)


@pytest.fixture(scope="module")
def at_work(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    """One desk for the tests that leave it standing; each finds the tasks that others left."""
    with house_like(furnished, tmp_path_factory.mktemp("work")) as house, house.running() as desk:
        yield house, desk


@pytest.fixture
def house(furnished: Path, tmp_path: Path) -> Iterator[House]:
    with house_like(furnished, tmp_path) as made:
        yield made


def test_from_login_to_logout_without_a_mouse(at_work: AtWork, browser: Browser) -> None:
    _, desk = at_work
    with seat_at(browser, desk.address, "reviewer") as seat:
        first = seat.task
        assert seat.page.evaluate("document.activeElement.closest('#entry') !== null")
        seat.enter("")
        assert seat.task != first
        seat.press("F1")
        assert seat.page.locator("dialog[open]").inner_text().count("Cannot be read") == 1
        seat.press("Escape")
        assert seat.page.locator("dialog[open]").count() == 0
        reached = []
        for _ in range(70):
            seat.press("Tab")
            reached.append(seat.page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
        assert len(set(reached)) > 12
        assert any("Sign out" in one for one in reached)
        assert any('id="value"' in one or "chosen" in one for one in reached)
        seat.all_saved()
        while "Sign out" not in seat.page.evaluate("document.activeElement.outerHTML.slice(0, 90)"):
            seat.press("Tab")
        seat.press("Enter")
        seat.page.wait_for_url("**/login**")


def test_the_next_task_is_here_before_it_is_asked_for(at_work: AtWork, browser: Browser) -> None:
    _, desk = at_work
    with seat_at(browser, desk.address, "reviewer") as seat:
        for _ in range(3):
            seat.page.wait_for_load_state("networkidle")
            here = seat.page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
            seat.enter("")
            pictures = seat.page.eval_on_selector_all(
                "#snippet img, #sheet img", "(all) => all.map((one) => one.src)"
            )
            assert pictures
            assert set(pictures) <= set(here)


def test_typing_replaces_and_undo_brings_it_back(at_work: AtWork, browser: Browser) -> None:
    house, desk = at_work
    with seat_at(browser, desk.address, "reviewer") as seat:
        task = seat.to_typed_field()
        seat.enter("Somebody Else")
        seat.all_saved()
        seat.press("Control+z")
        until(seat.page, "(task) => document.querySelector('#answer [name=task_id]').value === task", task)
        assert seat.page.input_value("#value") == "Somebody Else"
        assert house.task(task)[1] == "open"
        seat.press("Escape")
        assert seat.page.input_value("#value") != "Somebody Else"
        seat.press("Enter")
        seat.all_saved()


def test_a_script_as_a_name_is_shown_as_text(house: House, browser: Browser) -> None:
    with house.running(free_port()) as desk, seat_at(browser, desk.address, "reviewer") as seat:
        task = seat.to_typed_field()
        seat.enter(SCRIPT)
        seat.all_saved()
        assert SCRIPT in house.answers_to(task)
        seat.press("Control+z")
        until(seat.page, "(task) => document.querySelector('#answer [name=task_id]').value === task", task)
        seat.press("Alt+c")
        seat.page.keyboard.type(SCRIPT)
        seat.press("Enter")
        until(seat.page, "() => document.querySelector('#comments').textContent !== ''")
        seat.press("Alt+c")
        until(
            seat.page, "(words) => document.querySelector('#words_list').textContent.includes(words)", SCRIPT
        )
        fax = house.task(task)[4]
        seat.page.goto(f"{desk.address}/review/{fax}/{house.task(task)[2]}")
        assert "taken" not in seat.page.title()
        assert seat.page.locator("script:not([src]):not([type='application/json'])").count() == 0


def test_two_people_never_hold_one_task_and_a_stale_save_loses_nothing(
    house: House, browser: Browser
) -> None:
    with (
        house.running() as desk,
        seat_at(browser, desk.address, "reviewer") as one,
        seat_at(browser, desk.address, "second") as other,
    ):
        assert one.task != other.task
        assert house.task(one.task)[2] != house.task(other.task)[2]
        task = one.to_typed_field()
        fax, form = house.task(task)[4], house.task(task)[2]
        _stops_holding(one)
        other.page.goto("about:blank")
        other.open_review(fax, form)
        assert other.to_typed_field() == task
        other.enter("Theirs")
        other.all_saved()
        one.page.keyboard.type("Mine")
        one.press("Enter")
        one.page.wait_for_selector("#notices [role=alert]")
        notice = one.page.inner_text("#notices")
        assert "second" in notice
        assert "Mine" in notice
        assert len(house.answers_to(task)) == 1


def test_a_server_that_dies_while_somebody_types_loses_nothing(house: House, browser: Browser) -> None:
    port = free_port()
    with house.running(port) as desk, seat_at(browser, desk.address, "reviewer") as seat:
        task = seat.to_typed_field()
        seat.page.keyboard.type("Begun before")
        desk.kill()
        seat.page.keyboard.type(" and after")
        seat.press("Enter")
        until(seat.page, "() => document.querySelector('#saving')?.textContent.includes('kept here')")
        assert house.answers_to(task) == []
        with running_desk(house.folder, port):
            seat.all_saved()
            assert house.answers_to(task) == ["Begun before and after"]
            again = seat.to_typed_field()
            seat.page.keyboard.type("Half a word")
            seat.page.reload()
            until(seat.page, "() => document.querySelector('#saving')?.textContent")
            assert seat.task == again
            assert seat.page.input_value("#value") == "Half a word"
            assert seat.page.evaluate("document.activeElement.id") == "value"


def test_a_lost_connection_stores_every_answer_once(house: House, browser: Browser) -> None:
    with house.running(free_port()) as desk, seat_at(browser, desk.address, "reviewer") as seat:
        seat.to_typed_field()
        seat.page.wait_for_timeout(800)
        before = house.answers()
        seat.context.set_offline(True)
        tasks = []
        for _ in range(3):
            tasks.append(seat.task)
            seat.enter("")
        assert house.answers() == before
        seat.context.set_offline(False)
        seat.all_saved()
        assert house.answers() == before + len(tasks)
        assert all(len(house.answers_to(task)) == 1 for task in tasks)
        kept = seat.page.evaluate("Object.keys(localStorage).filter((key) => /outbox|draft/.test(key))")
        assert kept == []


def test_an_answer_that_arrived_unheard_is_stored_once(at_work: AtWork, browser: Browser) -> None:
    house, desk = at_work
    with seat_at(browser, desk.address, "reviewer") as seat:
        seat.to_typed_field()
        seat.all_saved()
        before = house.answers()
        lost = []

        def lose_the_first(route: Any) -> None:
            if lost:
                route.continue_()
                return
            lost.append(route.fetch())
            route.abort()

        seat.page.route("**/review/answer", lose_the_first)
        seat.enter("")
        seat.all_saved()
        assert [answer.status for answer in lost] == [200]
        assert house.answers() == before + 1


def test_a_fax_deleted_under_the_viewer_is_explained(house: House, browser: Browser) -> None:
    with house.running() as desk, seat_at(browser, desk.address, "reviewer") as seat:
        fax = house.task(seat.task)[4]
        (house.folder / "var" / "archive" / archive_path(fax)).unlink()
        answer = seat.page.evaluate(
            "async (fax) => (await fetch(`/review/faxes/${fax}/pages/999.png`)).status", fax
        )
        assert answer == 404
        seat.press("F2")
        seat.page.wait_for_timeout(400)
        before = seat.task
        seat.enter("")
        assert seat.task != before
        seat.all_saved()


def test_a_key_can_be_changed_and_stays_changed(at_work: AtWork, browser: Browser) -> None:
    _, desk = at_work
    with seat_at(browser, desk.address, "reviewer") as seat:
        seat.press("F1")
        seat.page.get_by_role(
            "button", name="Change the key: Whole page with the field framed, and back"
        ).click()
        seat.press("F9")
        assert "F9 now means" in seat.page.inner_text("dialog[open] [role=status]")
        seat.press("Escape")
        seat.page.reload()
        until(seat.page, "() => document.querySelector('#saving')?.textContent")
        seat.press("F9")
        assert seat.page.is_visible("#page")
        seat.press("F9")
        assert not seat.page.is_visible("#page") or not seat.page.is_visible("#snippet")
        assert "F9" in seat.page.inner_text("[data-does=page]")


def test_the_wall_marks_the_odd_one_and_confirms_the_rest(at_work: AtWork, browser: Browser) -> None:
    house, desk = at_work
    with seat_at(browser, desk.address, "reviewer") as seat:
        seat.page.goto(f"{desk.address}/wall")
        for _ in range(50):  # the desk sorts new tasks onto walls once a minute
            if seat.page.locator(".walls button").count():
                break
            seat.page.wait_for_timeout(2000)
            seat.page.reload()
        assert seat.page.locator(".walls button").count(), "no two fields were read as the same"
        seat.press("Enter")
        seat.page.wait_for_selector("#wall")
        seat.press("ArrowRight", "x")
        odd = seat.page.eval_on_selector_all(
            "#wall .tile input", "(all) => all.filter((one) => one.checked).map((one) => one.value)"
        )
        every = seat.page.eval_on_selector_all("#wall .tile input", "(all) => all.map((one) => one.value)")
        assert len(odd) == 1
        seat.press("Enter")
        seat.page.wait_for_url(f"{desk.address}/wall")
        assert house.task(odd[0])[1] == "open"
        assert all(len(house.answers_to(task)) == 1 for task in every if task != odd[0])
        assert house.answers_to(odd[0]) == []


def _stops_holding(seat: Seat) -> None:
    """Give the person's forms back while its page stays, as a lease that ended does."""
    seat.page.evaluate("""async () => {
      const body = new URLSearchParams({ csrf: document.querySelector("meta[name=csrf]").content });
      const { work } = JSON.parse(document.querySelector("#shown").textContent);
      body.append("held", `${work.transmission_id}/${work.document_id}`);
      await fetch("/review/release", { method: "POST", body });
    }""")
