"""The scanner's page in a real browser, with a camera that sees codes of tickets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.chromium import ARGUMENTS, browser_is_required, find_chromium
from tests.browser.conftest import OpenVisit, Site, Visit, axe_violations
from tests.browser.door_house import DoorHouse, furnish_door, scan, write_camera
from tests.building import on_one_database

PHONE = {"width": 360, "height": 740}
ON_ITS_SIDE = {"width": 740, "height": 360}
LEAST_PIXELS = 44
# What a finger reaches on the page, and how large it is.
BUTTONS = """() => [...document.querySelectorAll("main button, main a, main select, main input:not([type=checkbox])")]
  .filter((each) => each.checkVisibility()).map((each) => {
    const { top, width, height } = each.getBoundingClientRect();
    return { name: each.textContent.trim() || each.id, top, width, height };
  })"""


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera sees: read anew whenever it is opened."""
    return tmp_path_factory.mktemp("camera") / "seen.mjpeg"


@pytest.fixture(scope="module")
def browser(playwright_driver: Playwright, camera: Path) -> Iterator[Browser]:
    """A Chromium with a camera."""
    path = find_chromium()
    if path is None:
        if browser_is_required():
            pytest.fail("there is no Chromium, and one is required")
        pytest.skip("no Chromium on this machine: on Debian, apt install chromium")
    seeing = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    ]
    opened = playwright_driver.chromium.launch(executable_path=path, args=[*ARGUMENTS, *seeing])
    yield opened
    opened.close()


@pytest.fixture
def house(site: Site) -> DoorHouse:
    """What there is at the door."""
    return furnish_door(site.services, base_url=site.url, seats=8)


Stand = Callable[..., Page]


@pytest.fixture
def stand(open_staff: OpenVisit, house: DoorHouse) -> Iterator[Stand]:
    """Stands at the door of the screening with a scanner. Without a camera, if not told otherwise."""

    def begin(role: str = "usher", *, sees: bool = False, **options: object) -> Page:
        visits.append(visit := open_staff(role, **{"viewport": PHONE, **options}))
        visit.expected.add(401)
        visit.context.add_init_script(f"localStorage['door-camera-off'] ??= '{str(not sees).lower()}'")
        page = visit.page()
        page.goto("/door/")
        page.locator(f"input[value='{house.screening}']").check()
        page.get_by_label("Name of the door").fill("Left")
        page.get_by_role("button", name="Start scanning").click()
        expect(page.locator("#counts")).to_contain_text("9")
        return page

    visits: list[Visit] = []
    yield begin
    for visit in visits:
        # That is what a network that is gone looks like.
        visit.faults[:] = [fault for fault in visit.faults if "DISCONNECTED" not in fault]


def expect_answer(page: Page, *words: str) -> None:
    """Filling the screen, and told to whoever does not see it."""
    for word in words:
        expect(page.locator("#answer")).to_contain_text(word)
        expect(page.locator("#answer-aloud")).to_contain_text(word)
    box = page.locator("#answer").bounding_box()
    assert box
    assert page.viewport_size == {"width": box["width"], "height": box["height"]}


def test_what_the_camera_sees_is_let_in_once(stand: Stand, house: DoorHouse, camera: Path) -> None:
    # The second is seen again after a while, as by somebody who hands a ticket back over the rope.
    write_camera(camera, [house.codes[0], house.codes[1]], seconds=1.2)
    page = stand(sees=True)
    expect_answer(page, "Welcome", "A1", "1 of 4 are in")
    expect_answer(page, "Welcome", "A2", "2 of 4 are in")
    # The stream begins again with the first, which was out of sight for less than some seconds.
    expect(page.locator("#counts")).to_contain_text("2 / 9")
    write_camera(camera, [house.codes[0]], seconds=4, blank_seconds=4)
    page.reload()
    expect_answer(page, "Already in", "A1", "Left")
    shown = page.evaluate(
        "performance.getEntriesByName('door:answer-after').map((each) => each.detail.result)"
    )
    assert shown == ["already_in"], "what stays in view is scanned once"


@on_one_database
def test_each_kind_of_ticket_has_an_answer_of_its_own(stand: Stand, house: DoorHouse) -> None:
    page = stand()
    for code, kind, words in (
        (house.codes[4], "welcome", ("Welcome", "A5")),
        (house.codes[4], "already_in", ("Already in", "Left")),
        (house.elsewhere, "other_screening", ("Other screening", "Cellar")),
        (house.due, "unpaid", ("Not paid", "Call a manager.")),
        (house.refunded, "refunded", ("Not valid any more", "It was cancelled.")),
        (house.codes[5][:-3] + "AAA", "unknown", ("Unknown",)),
        ("https://example.org/menu", "unknown", ("Unknown",)),
    ):
        scan(page, code)
        expect(page.locator(f"#answer[data-answer={kind}]")).to_be_visible()
        expect_answer(page, *words)
        assert axe_violations(page) == [], kind
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#answer")).to_be_hidden()
    expect(page.locator("#counts")).to_contain_text("1 / 9")


@on_one_database
def test_a_hand_scanner_is_heard_anywhere_but_in_a_field(stand: Stand, house: DoorHouse) -> None:
    page = stand()
    page.locator("#tool-night").focus()
    page.keyboard.type(house.id_of(house.codes[4]))
    page.keyboard.press("Enter")
    expect_answer(page, "Welcome", "A5")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    # Slowly, as by hand: that is no scanner.
    page.keyboard.type("ABCDEFGHIJ", delay=150)
    page.keyboard.press("Enter")
    expect(page.locator("#last")).to_contain_text("A5 · Welcome")
    page.get_by_role("button", name="Find").click()
    page.keyboard.type(house.codes[5])
    page.keyboard.press("Enter")
    expect_answer(page, "Welcome", "A6")


@on_one_database
def test_a_ticket_is_found_by_its_end_and_by_its_seat_and_taken_back(stand: Stand, house: DoorHouse) -> None:
    page = stand()
    page.get_by_role("button", name="Find").click()
    page.get_by_label(re.compile("^Seat, mail")).fill(house.id_of(house.codes[4])[-5:].lower())
    page.keyboard.press("Enter")
    expect_answer(page, "Welcome", "A5")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Find").click()
    page.get_by_label(re.compile("^Seat, mail")).fill("a6")
    page.locator(".found-ticket").click()
    expect_answer(page, "Welcome", "A6")
    page.keyboard.press("Escape")
    expect(page.locator("#counts")).to_contain_text("2 / 9")
    page.get_by_role("button", name="Undo A6").click()
    expect_answer(page, "Undone", "A6")
    expect(page.locator("#counts")).to_contain_text("1 / 9")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Find").click()
    page.get_by_label(re.compile("^Seat, mail")).fill("anna@")
    expect(page.locator(".found-ticket")).to_have_count(9)
    assert axe_violations(page) == []


@on_one_database
def test_a_manager_lets_in_what_is_not_paid_or_takes_the_money(stand: Stand, house: DoorHouse) -> None:
    page = stand("manager")
    scan(page, house.due)
    expect_answer(page, "Not paid", "A9")
    page.get_by_role("link", name="Take the payment").click()
    expect(page.get_by_role("link", name="Take payment")).to_be_visible()
    page.go_back()
    expect(page.locator("#counts")).to_contain_text("0 / 9")
    scan(page, house.due)
    page.get_by_role("button", name="Let in all the same").click()
    expect_answer(page, "Welcome", "A9")


@on_one_database
def test_without_a_network_and_signed_out_it_goes_on_and_says_so(stand: Stand, house: DoorHouse) -> None:
    page = stand()
    expect(page.locator("#network-word")).to_have_text("Online")
    page.context.set_offline(True)
    scan(page, house.codes[4])
    expect_answer(page, "Welcome", "A5", "Decided without a network")
    page.keyboard.press("Escape")
    expect(page.locator("#network-waiting")).to_have_text("Waiting: 1")
    expect(page.locator("#alone")).to_be_visible()
    assert axe_violations(page) == []
    page.context.set_offline(False)
    expect(page.locator("#network-waiting")).to_have_text("", timeout=15_000)
    expect(page.locator("#counts")).to_contain_text("1 / 9")
    page.context.clear_cookies()
    expect(page.locator("#signed-out")).to_be_visible(timeout=15_000)
    scan(page, house.codes[5])
    expect_answer(page, "Welcome", "A6", "Decided without a network")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", re.compile(r"next=/door/"))
    assert axe_violations(page) == []


@on_one_database
def test_everything_is_large_below_and_in_the_dark(stand: Stand, house: DoorHouse) -> None:
    page = stand("manager")
    assert axe_violations(page) == []
    for size in (PHONE, ON_ITS_SIDE):
        page.set_viewport_size(size)
        for button in page.evaluate(BUTTONS):
            assert min(button["width"], button["height"]) >= LEAST_PIXELS, button
            assert size is ON_ITS_SIDE or button["top"] >= size["height"] / 2, button
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.get_by_role("button", name="Night").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    assert axe_violations(page) == []
    for code in (house.codes[4], house.codes[4], house.elsewhere, house.due, house.refunded):
        scan(page, code)
        expect(page.locator("#answer")).to_be_visible()
        page.wait_for_timeout(200)
        assert axe_violations(page) == []
    page.reload()
    expect(page.locator("#door-shown")).to_have_text("Left")
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    page.get_by_role("button", name="Door", exact=True).click()
    page.get_by_label("Colours").select_option("light")
    page.get_by_label("Cellar").check()
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("#counts li")).to_have_count(2)
    page.get_by_role("button", name="Night").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert axe_violations(page) == []
