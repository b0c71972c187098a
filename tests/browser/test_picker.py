"""Choosing seats in a real browser: by mouse, by keyboard, from the list, the best ones; beside other buyers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from matinee.kernel import clock
from matinee.programme.models import Hall, Screening
from tests.browser.conftest import PHONE, OpenVisit, Site, Visit, axe_violations

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ORDER = re.compile(r"/orders/\w{10}$")


@pytest.fixture
def screening(site: Site) -> int:
    """A screening in the large hall, tomorrow or later."""
    wanted = (
        select(Screening.id)
        .join(Hall, Hall.id == Screening.hall_id)
        .where(Hall.name == "Atrium", Screening.starts_at > clock.now() + timedelta(hours=12))
        .order_by(Screening.starts_at)
        .limit(1)
    )
    return site.services.transactions.read(lambda session: session.scalars(wanted).one())


def opened(visit: Visit, screening: int, *, language: str = "") -> Page:
    page = visit.page()
    page.goto(f"{language}/screenings/{screening}")
    expect(page.locator(".picker.is-live")).to_be_visible()
    return page


def seat(page: Page, label: str) -> Locator:
    return page.locator(f'.map .seat[data-n="{label}"]')


def expect_state(page: Page, label: str, state: str | None) -> None:
    if state is None:
        expect(seat(page, label)).not_to_have_attribute("data-s", re.compile("."))
    else:
        expect(seat(page, label)).to_have_attribute("data-s", state)


def test_seats_are_chosen_by_the_keyboard_alone_up_to_the_order(visit: Visit, screening: int) -> None:
    # The page of the order is somebody else's matter.
    visit.expected = {404}
    page = opened(visit, screening)
    cell = page.get_by_role("gridcell", name="Row D, seat 5, Standard, €11.00: free")
    cell.focus()
    page.keyboard.press("ArrowRight")
    # Over the aisle.
    expect(seat(page, "D6")).to_be_focused()
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("gridcell", name="Row D, seat 6, Standard, €11.00: chosen by you")
    ).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    expect(seat(page, "D1")).to_be_focused()
    page.keyboard.press("PageDown")
    expect(seat(page, "H1")).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(seat(page, "A1")).to_be_focused()
    expect(page.locator(".chosen li")).to_have_count(2)
    # One stop for Tab in the whole map, and the panel behind it.
    page.keyboard.press("Tab")
    expect(page.locator("#remove-D6")).to_be_focused()
    expect(page.get_by_role("complementary", name="Your seats")).to_contain_text("€22.00")
    page.locator("#continue").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(ORDER)


@on_one_database
def test_the_list_is_the_first_stop_and_needs_no_map(visit: Visit, screening: int) -> None:
    page = opened(visit, screening)
    page.locator("#main").focus()
    for _ in range(2):
        # The film's own page comes before it, in the heading.
        page.keyboard.press("Tab")
    expect(page.locator("#choose summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("Row", exact=True).select_option(label="Row G")
    page.get_by_label("Seat", exact=True).select_option("G5")
    page.get_by_label("For", exact=True).select_option("child")
    page.get_by_role("button", name="Add this seat").click()
    expect(page.locator("[data-said]")).to_have_text("Row G, seat 5 is yours for now.")
    expect(page.get_by_label("Ticket for Row G, seat 5")).to_have_value("child")
    expect(page.get_by_label("Seat", exact=True).locator("option[value=G5]")).to_have_count(0)
    page.get_by_role("button", name="Remove Row G, seat 5").click()
    expect_state(page, "G5", None)
    expect(page.get_by_text("Nothing is chosen yet.")).to_be_visible()


def test_the_second_buyer_of_a_seat_is_told_and_keeps_the_rest(open_visit: OpenVisit, screening: int) -> None:
    first, second = open_visit(), open_visit()
    second.expected = {404}
    others = opened(first, screening)
    page = opened(second, screening)
    # So that what the other one does is not seen in time.
    page.route("**/seats.json", lambda route: route.abort())
    second.faults.clear()
    seat(page, "D5").click()
    expect(page.locator("#remove-D5")).to_be_visible()
    seat(others, "D6").click()
    expect(others.locator("#remove-D6")).to_be_visible()
    # One more before the answer is there: it is not lost with the one that is refused.
    page.evaluate(
        """() => ["D6", "D4"].forEach((label) => document.querySelector(`.map .seat[data-n="${label}"]`)
            .dispatchEvent(new MouseEvent("click", { bubbles: true })))"""
    )
    expect(page.locator("[data-note]")).to_have_text(
        "D6 was taken while you were choosing. Your other seats are still yours."
    )
    expect_state(page, "D6", "held")
    expect(seat(page, "D6")).to_have_class(re.compile("is-pointed-out"))
    for label in ("D4", "D5"):
        expect_state(page, label, "mine")
        expect(page.locator(f"#remove-{label}")).to_be_visible()
    second.faults = [fault for fault in second.faults if "ERR_FAILED" not in fault]


@on_one_database
def test_a_visitor_sees_at_once_what_another_takes_and_lets_go(open_visit: OpenVisit, screening: int) -> None:
    one, other = opened(open_visit(), screening), opened(open_visit(), screening)
    seat(one, "E3").click()
    expect_state(other, "E3", "held")
    expect(seat(other, "E3")).to_have_attribute("aria-disabled", "true")
    seat(one, "E3").click()
    expect_state(other, "E3", None)


@on_one_database
def test_the_best_seats_are_found_in_one_click_and_light_up(visit: Visit, screening: int) -> None:
    page = opened(visit, screening)
    page.locator("#best summary").click()
    page.get_by_role("button", name="One more: Child").click()
    expect(page.get_by_label("Child", exact=True)).to_have_value("1")
    page.locator("[data-best]").get_by_role("button", name="Find the best seats").click()
    expect(page.locator('.map .seat[data-s="mine"]')).to_have_count(3)
    expect(page.locator("[data-note]")).to_contain_text("These seats are kept for you")
    expect(page.locator(".chosen li")).to_have_count(3)


@on_one_database
def test_a_choice_that_leaves_a_single_seat_is_explained_where_it_is(visit: Visit, screening: int) -> None:
    visit.expected = {409}
    page = opened(visit, screening)
    seat(page, "B2").click()
    page.locator("#continue").click()
    expect(page.locator("[data-note]")).to_contain_text("B1 would stay empty by itself")
    expect(seat(page, "B1")).to_have_class(re.compile("is-pointed-out"))
    expect_state(page, "B2", "mine")


@on_one_database
def test_a_hold_that_runs_out_is_said_and_its_seats_are_gone(
    open_visit: OpenVisit, site: Site, screening: int
) -> None:
    visit = open_visit()
    page = opened(visit, screening)
    seat(page, "D5").click()
    expect(page.locator("#remove-D5")).to_be_visible()
    start = clock.now()
    with clock.frozen_at(start + timedelta(minutes=8, seconds=30)):
        page.reload()
        expect(page.get_by_role("button", name="Give me more time")).to_be_visible()
        page.get_by_role("button", name="Give me more time").click()
        expect(page.locator("[data-note]")).to_have_text("You have more time now.")
        expect(page.get_by_role("button", name="Give me more time")).to_be_hidden()
    with clock.frozen_at(start + timedelta(minutes=18, seconds=28)):
        page.reload()
        expect_state(page, "D5", "mine")
    with clock.frozen_at(start + timedelta(minutes=30)):
        expect(page.locator("[data-note]")).to_contain_text("Your time is over")
        expect_state(page, "D5", None)
        expect(page.get_by_text("Nothing is chosen yet.")).to_be_visible()


@on_one_database
def test_a_second_tab_shows_the_same_seats(visit: Visit, screening: int) -> None:
    page = opened(visit, screening)
    seat(page, "D5").click()
    expect(page.locator("#remove-D5")).to_be_visible()
    other = opened(visit, screening)
    expect_state(other, "D5", "mine")
    seat(other, "D4").click()
    expect(other.locator("#remove-D4")).to_be_visible()
    expect_state(page, "D4", "mine")
    expect(page.locator("#remove-D4")).to_be_visible()


@on_one_database
def test_the_bare_wheel_scrolls_the_page_and_with_ctrl_it_zooms(visit: Visit, screening: int) -> None:
    page = opened(visit, screening)
    page.mouse.move(500, 600)
    page.mouse.wheel(0, 200)
    page.wait_for_function("scrollY > 100")
    assert "is-zoomed" not in (page.locator(".map").get_attribute("class") or "")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    expect(page.locator(".map")).to_have_class(re.compile("is-zoomed"))
    page.get_by_role("button", name="Whole hall").click()
    expect(page.locator(".map")).not_to_have_class(re.compile("is-zoomed"))


@on_one_database
def test_a_phone_has_seats_for_fingers_and_a_sheet(open_visit: OpenVisit, screening: int) -> None:
    page = opened(open_visit(viewport=PHONE, has_touch=True, is_mobile=True), screening)
    box = seat(page, "D5").bounding_box()
    neighbour = seat(page, "D4").bounding_box()
    assert box is not None
    assert neighbour is not None
    assert box["x"] - neighbour["x"] >= 24
    for _ in range(4):
        if page.get_by_role("button", name="Larger").is_enabled():
            page.get_by_role("button", name="Larger").click()
    large = seat(page, "D5").bounding_box()
    assert large is not None
    assert min(large["width"], large["height"]) >= 40
    seat(page, "D5").tap()
    toggle = page.locator("#sheet-toggle")
    expect(toggle).to_contain_text("1 seat · €11.00")
    expect(page.get_by_role("button", name="Continue")).to_be_in_viewport()
    expect(page.locator("#remove-D5")).to_be_hidden()
    toggle.tap()
    expect(page.locator("#remove-D5")).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")


@on_one_database
def test_two_fingers_zoom_and_one_scrolls_the_page(open_visit: OpenVisit, screening: int) -> None:
    visit = open_visit(viewport=PHONE, has_touch=True, is_mobile=True)
    page = opened(visit, screening)
    fingers = visit.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[int, int]) -> None:
        told = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    page.locator(".map").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    touch("touchStart", (200, 600))
    for y in range(590, 400, -10):
        touch("touchMove", (200, y))
    touch("touchEnd")
    page.wait_for_function("before => scrollY > before + 50", arg=before)
    expect(page.locator('.map .seat[data-s="mine"]')).to_have_count(0)
    # Where the map is depends on how many lines the film's title takes.
    page.locator(".map").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = page.locator(".map").bounding_box()
    assert box is not None
    middle = round(box["y"] + box["height"] / 2)
    touch("touchStart", (180, middle), (210, middle))
    for by in range(5, 105, 5):
        touch("touchMove", (180 - by, middle), (210 + by, middle))
    touch("touchEnd")
    expect(page.locator(".map")).to_have_class(re.compile("is-zoomed"))
    assert page.evaluate("visualViewport.scale") == 1
    expect(page.locator('.map .seat[data-s="mine"]')).to_have_count(0)


@on_one_database
def test_without_scripts_seats_are_bought_by_forms(open_visit: OpenVisit, screening: int) -> None:
    visit = open_visit(java_script_enabled=False)
    visit.expected = {404}
    page = visit.page()
    page.goto(f"/screenings/{screening}")
    page.locator("#choose summary").click()
    page.get_by_label("Row", exact=True).select_option(label="Row D")
    page.get_by_role("button", name="Show its seats").click()
    page.get_by_label("Seat", exact=True).select_option("D5")
    page.get_by_role("button", name="Add this seat").click()
    expect(page.locator(".chosen")).to_contain_text("Row D, seat 5")
    page.locator("#best summary").click()
    page.locator("[data-best]").get_by_role("button", name="Find the best seats").click()
    expect(page).to_have_url(ORDER)


@on_one_database
@pytest.mark.parametrize("appearance", ["dark", "light"])
@pytest.mark.parametrize("language", ["/en", "/uk"])
def test_axe_finds_nothing(open_visit: OpenVisit, screening: int, appearance: str, language: str) -> None:
    visit = open_visit()
    visit.context.add_cookies([{"name": "appearance", "value": appearance, "url": visit.site.url}])
    page = opened(visit, screening, language=language)
    assert axe_violations(page) == []
    seat(page, "D5").click()
    expect(page.locator("#remove-D5")).to_be_visible()
    page.locator("#best summary").click()
    page.locator("#choose summary").click()
    assert axe_violations(page) == []
