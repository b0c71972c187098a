"""What is on: by film, by time, filtered; the page of a film."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenVisit, axe_violations

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_one_database
@pytest.mark.parametrize("appearance", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "uk"])
def test_axe_finds_nothing_on_any_page_of_the_programme(
    open_visit: OpenVisit, appearance: str, language: str
) -> None:
    visit = open_visit()
    visit.context.add_cookies([{"name": "appearance", "value": appearance, "url": visit.site.url}])
    page = visit.page()
    for path in (
        "/",
        "/?view=time&certificate=12",
        "/cinemas/loft",
        "/films",
        "/films/1",
        "/?day=2000-01-01",
    ):
        page.goto(f"/{language}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert axe_violations(page) == [], path


@on_one_database
def test_a_film_is_found_and_a_screening_of_it_chosen_by_keyboard_alone(page: Page) -> None:
    page.goto("/en/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")

    def press_until(name: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.locator(":focus").inner_text().strip() == name:
                return
        pytest.fail(f"Tab never comes to {name!r}")

    tomorrow = page.locator(".days li").nth(1).locator("a")
    press_until(tomorrow.inner_text().strip())
    page.keyboard.press("Enter")
    expect(page.locator(".days a[aria-current=date]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?day="))
    title = page.locator(".film h3 a").first.inner_text()
    press_until(title)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    press_until(page.locator("a.time").first.inner_text().strip())
    assert re.search(r"/en/screenings/\d+$", page.locator(":focus").get_attribute("href") or "")


def titles_shown(page: Page) -> set[str]:
    """The titles of the schedule, once the page is there as a whole."""
    page.wait_for_load_state()
    return set(page.locator(".schedule h3").all_inner_texts())


@on_one_database
def test_filters_work_without_scripts_and_are_taken_back(open_visit: OpenVisit) -> None:
    page = open_visit(java_script_enabled=False, viewport=PHONE).page()
    page.goto("/en/?view=time")
    page.get_by_text("Filters").click()
    page.get_by_role("combobox", name="Language").select_option(label="French")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("spoken=fr"))
    expect(page.get_by_role("combobox", name="Language")).to_have_value("fr")
    assert titles_shown(page) == {"Le Voyage dans la Lune"}
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator("#filter-spoken")).to_have_value("")
    assert len(titles_shown(page)) > 1


@on_one_database
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_nothing_is_wider_than_the_screen_and_every_target_is_large_enough(
    open_visit: OpenVisit, width: int
) -> None:
    page = open_visit(viewport={"width": width, "height": 800}).page()
    for path in ("/", "/?view=time&access=wheelchair", "/films", "/films/1"):
        page.goto(f"/uk{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        small = page.evaluate(
            """() => [...document.querySelectorAll("main .time, main .switch a, main .days a, main summary, main .button")]
                .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
                .filter(([_, box]) => box.width && (box.width < 44 || box.height < 44)).map(([text]) => text)"""
        )
        assert small == [], path


@on_one_database
def test_titles_stay_within_their_posters(page: Page) -> None:
    page.goto("/films")
    outside = page.evaluate(
        """() => [...document.querySelectorAll("svg.poster")].filter(poster => {
            const box = poster.getBoundingClientRect();
            const text = poster.querySelector("span").getBoundingClientRect();
            return text.left < box.left || text.right > box.right || text.top < box.top || text.bottom > box.bottom;
        }).map(poster => poster.textContent.trim())"""
    )
    assert page.locator("svg.poster").count() == 10
    assert outside == []


@on_one_database
def test_the_strip_of_days_shows_the_day_that_is_chosen(open_visit: OpenVisit) -> None:
    page = open_visit(viewport=PHONE).page()
    page.goto("/")
    last = page.locator(".days a").last
    page.goto(last.get_attribute("href") or "")
    expect(page.locator(".days a[aria-current=date]")).to_be_in_viewport()


@on_one_database
def test_the_switch_leads_to_another_cinema_in_its_own_colour(page: Page) -> None:
    page.goto("/en/")
    before = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')")
    page.get_by_role("navigation", name="Cinema", exact=True).get_by_role("link", name="The Loft").click()
    expect(page.locator(".brand")).to_have_text("The Loft")
    page.wait_for_load_state()
    after = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')")
    assert after.strip() == "#3fb8a5" != before.strip()
