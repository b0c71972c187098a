"""Planning a week in a real browser: by dragging, by keyboard, and what the public sees of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from matinee.kernel import clock
from matinee.programme.models import Film, Hall, Screening
from matinee.programme.screenings import schedule_screening
from matinee.programme.weeks import first_day_of_week
from tests.browser.conftest import PHONE, OpenVisit, Site, axe_violations
from tests.building import on_one_database

WEEK = "/backoffice/at/aurora/week"


@pytest.fixture
def empty_week() -> date:
    """The first day of a week that the demonstration has nothing planned in."""
    return first_day_of_week(clock.now().date() + timedelta(days=28), starts_on=4)


def open_week(page: Page, first_day: date) -> None:
    page.goto(f"{WEEK}?start={first_day}")
    expect(page.locator(".week-days")).to_be_visible()
    page.wait_for_function("document.querySelector('.hours-line span')?.style.insetInlineStart")


def ids(site: Site, title: str, hall: str) -> tuple[int, int]:
    def look(session: Any) -> tuple[int, int]:
        wanted = select(Hall.id).where(Hall.name == hall)
        return (
            session.scalars(select(Film.id).where(Film.title == title)).one(),
            session.scalars(wanted).one(),
        )

    return site.services.transactions.read(look)


def planned(site: Site, day: date) -> list[tuple[int, str, bool]]:
    """Hall, time and whether it is a draft, of each screening on the wall's day."""
    wanted = select(Screening.hall_id, Screening.time, Screening.draft).where(Screening.day == day)
    return site.services.transactions.read(
        lambda s: [tuple(row) for row in s.execute(wanted.order_by(Screening.starts_at, Screening.id))]
    )


def drag(page: Page, what: Locator, day: date, hall: int, time: str) -> None:
    """Drag with the mouse, held in its middle, so that it begins at a time; a film of the shelf begins at the pointer."""
    line = page.locator(f"#day-{day} .lane-line[data-hall='{hall}']")
    line.scroll_into_view_if_needed()
    what.scroll_into_view_if_needed()
    held, lane = what.bounding_box(), line.bounding_box()
    assert held is not None
    assert lane is not None
    axis = page.locator(".week-days")
    first, last = int(axis.get_attribute("data-from") or 0), int(axis.get_attribute("data-to") or 0)
    hours, minutes = map(int, time.split(":"))
    passed = (hours * 60 + minutes - 5 * 60) % (24 * 60)
    grab = held["width"] / 2 if what.get_attribute("class") == "show-box" else 0
    page.mouse.move(held["x"] + held["width"] / 2, held["y"] + held["height"] / 2)
    page.mouse.down()
    x = lane["x"] + lane["width"] * (passed - first) / (last - first) + grab
    page.mouse.move(x - 40, lane["y"] + lane["height"] / 2, steps=4)
    page.mouse.move(x, lane["y"] + lane["height"] / 2, steps=4)


def drop(page: Page) -> None:
    page.mouse.up()


def said(page: Page) -> Locator:
    """What the page said last."""
    return page.locator("#week-undo-text")


def test_a_week_is_planned_by_drag_and_seen_once_it_is_published(
    open_staff: OpenVisit, open_visit: OpenVisit, site: Site, empty_week: date
) -> None:
    day = empty_week + timedelta(days=1)
    film, atrium = ids(site, "Nosferatu", "Atrium")
    visit = open_staff("programmer")
    page = visit.page()
    open_week(page, empty_week)
    shelf = page.locator(f".shelf-film[data-film='{film}']")
    drag(page, shelf, day, atrium, "19:30")
    expect(page.locator(".ghost")).to_contain_text("19:30–21:04 ✓")
    drop(page)
    expect(said(page)).to_contain_text("Planned: Nosferatu")
    assert planned(site, day) == [(atrium, "19:30", True)]

    # It overlaps: said while it is dragged, in words, and refused.
    drag(page, shelf, day, atrium, "20:30")
    expect(page.locator(".ghost")).to_contain_text("Overlaps with Nosferatu at 19:30")
    drop(page)
    expect(said(page)).to_contain_text("Overlaps with Nosferatu at 19:30")
    assert len(planned(site, day)) == 1

    # To another hall and time, and back again.
    _film, studio = ids(site, "Nosferatu", "Studio")
    drag(page, page.locator(".show-box"), day, studio, "16:00")
    drop(page)
    expect(said(page)).to_contain_text("Moved: Nosferatu")
    assert planned(site, day) == [(studio, "16:00", True)]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#day-{day} .lane-line[data-hall='{atrium}'] .show")).to_have_count(1)
    assert planned(site, day) == [(atrium, "19:30", True)]
    assert axe_violations(page) == []

    # The public sees it when it is published, not before.
    public = open_visit().page()
    address = page.locator(".show").get_attribute("data-id")
    public.goto(f"/en/?day={day}")
    expect(public.locator(f"a[href*='/screenings/{address}']")).to_have_count(0)
    page.get_by_role("button", name="Publish the week").click()
    expect(said(page)).to_contain_text("1 screening was published")
    public.goto(f"/en/?day={day}")
    expect(public.locator(f"a[href*='/screenings/{address}']").first).to_be_visible()


@on_one_database
def test_a_week_is_planned_by_keyboard(open_staff: OpenVisit, site: Site, empty_week: date) -> None:
    day = empty_week + timedelta(days=2)
    film, atrium = ids(site, "Nosferatu", "Atrium")
    _film, courtyard = ids(site, "Nosferatu", "Courtyard")
    page = open_staff("programmer").page()
    open_week(page, empty_week)
    page.locator(f".shelf-film[data-film='{film}']").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Plan a screening")
    assert axe_violations(page) == []
    dialog.get_by_label("Hall").select_option("Atrium")
    dialog.get_by_label("Day").fill(str(day))
    dialog.get_by_label("Begins").fill("19:30")
    expect(dialog.locator("[data-status]")).to_contain_text("Atrium")
    expect(dialog.locator("[data-status]")).to_contain_text("19:30–21:04. ✓ The hall is free.")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(said(page)).to_contain_text("Planned: Nosferatu")
    told = page.locator("#week-told")

    # The arrow keys: a quarter of an hour later, five minutes more, the next hall; each is announced.
    block = page.locator(".show-box")
    expect(block).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(told).to_contain_text("Moving Nosferatu")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("19:50–21:24")
    page.keyboard.press("ArrowDown")
    expect(told).to_contain_text("Courtyard")
    page.keyboard.press("Escape")
    expect(told).to_contain_text("stays where it was")
    assert planned(site, day) == [(atrium, "19:30", True)]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Moved: Nosferatu")
    assert planned(site, day) == [(courtyard, "19:30", True)]
    page.keyboard.press("Control+z")
    expect(page.locator(f".lane-line[data-hall='{atrium}'] .show")).to_have_count(1)

    # On more days of this week, from the dialog of the screening.
    page.locator(".show-box").focus()
    page.keyboard.press("Enter")
    show = page.get_by_role("dialog", name="Nosferatu")
    assert axe_violations(page) == []
    for name in ("Mon", "Wed"):
        show.get_by_label(name).check()
    show.get_by_role("button", name="Repeat", exact=True).click()
    expect(said(page)).to_contain_text("2 screenings were planned")
    assert planned(site, day + timedelta(days=2)) == [(atrium, "19:30", True)]


@on_one_database
def test_a_week_is_copied_forward_and_what_does_not_fit_is_listed(
    open_staff: OpenVisit, site: Site, empty_week: date
) -> None:
    film, atrium = ids(site, "Nosferatu", "Atrium")
    after = empty_week + timedelta(days=7)

    def plan(session: Any) -> None:
        hall = session.get_one(Hall, atrium)
        for day, time in ((empty_week, "19:30"), (empty_week + timedelta(days=1), "19:30"), (after, "18:30")):
            schedule_screening(
                session, cinema=hall.cinema, hall=hall, film=session.get_one(Film, film), day=day, time=time,
                draft=True, now=clock.now(),
            )  # fmt: skip

    site.services.transactions.write(plan)
    visit = open_staff("programmer")
    # Copying what does not fit, on purpose.
    visit.expected.add(409)
    page = visit.page()
    open_week(page, empty_week)
    page.get_by_role("button", name="Copy the week").click()
    page.get_by_role("dialog", name="Copy the week").get_by_role("button", name="Copy", exact=True).click()
    refused = page.get_by_role("dialog", name="1 screening does not fit")
    expect(refused).to_contain_text("Atrium is taken: Nosferatu")
    assert axe_violations(page) == []
    assert planned(site, after + timedelta(days=1)) == []
    refused.get_by_role("button", name="Plan the rest").click()
    expect(said(page)).to_contain_text("1 screening was planned. 1 does not fit.")
    assert planned(site, after + timedelta(days=1)) == [(atrium, "19:30", True)]
    assert planned(site, after) == [(atrium, "18:30", True)]


@on_one_database
def test_a_finger_opens_what_it_touches(open_staff: OpenVisit, site: Site, empty_week: date) -> None:
    film, _hall = ids(site, "Nosferatu", "Atrium")
    page = open_staff("programmer", viewport=PHONE, has_touch=True).page()
    open_week(page, empty_week)
    page.locator(f".shelf-film[data-film='{film}']").tap()
    dialog = page.get_by_role("dialog", name="Plan a screening")
    dialog.get_by_role("button", name="Plan it").tap()
    expect(said(page)).to_contain_text("Planned: Nosferatu")
    page.locator(".show-box").tap()
    page.get_by_role("dialog", name="Nosferatu").get_by_role("button", name="Delete the draft").tap()
    expect(said(page)).to_contain_text("1 draft was deleted")
    expect(page.locator(".show")).to_have_count(0)
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
