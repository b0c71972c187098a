"""What every page of the back office has, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenVisit, axe_violations
from tests.building import on_one_database


@on_one_database
def test_lists_filter_without_a_new_page_and_are_accessible(open_staff: OpenVisit) -> None:
    page = open_staff("auditor").page()
    page.goto("/backoffice/audit")
    assert axe_violations(page) == []
    page.evaluate("window.kept = true")
    page.get_by_label("Who", exact=True).fill("anna@example.org")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**actor=anna**")
    assert page.evaluate("window.kept"), "the page was not loaded anew"
    page.get_by_role("button", name="Українська").click()
    expect(page.locator("html")).to_have_attribute("lang", "uk")


@on_one_database
def test_the_ways_fold_on_a_phone(open_staff: OpenVisit) -> None:
    page = open_staff("auditor", viewport=PHONE).page()
    page.goto("/backoffice/audit")
    link = page.get_by_role("navigation", name="Back office").get_by_role("link", name="Audit log")
    expect(link).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    expect(link).to_be_visible()
    assert axe_violations(page) == []
