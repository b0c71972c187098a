"""The frame of every page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenVisit, axe_violations

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_one_database
def test_light_is_chosen_and_kept(page: Page) -> None:
    page.goto("/")
    expect(page.locator("html")).not_to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Light appearance").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


@on_one_database
def test_the_language_follows_the_browser_and_the_address(open_visit: OpenVisit) -> None:
    page = open_visit(locale="uk-UA").page()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    page.goto("/en/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@on_one_database
@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_axe_finds_nothing_on_what_is_not_there(open_visit: OpenVisit, appearance: str) -> None:
    visit = open_visit()
    visit.expected = {404}
    visit.context.add_cookies([{"name": "appearance", "value": appearance, "url": visit.site.url}])
    page = visit.page()
    page.goto("/nothing-here")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert axe_violations(page) == []
