"""The counter in a real browser: a sale by a few keys, a refund, a till that is counted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matinee.boxoffice.models import Order
from matinee.boxoffice.till_models import TillEntry, TillSession
from tests.browser.conftest import PHONE, OpenVisit, Site, axe_violations
from tests.building import on_one_database

KEYS_MAX = 10
# It shows something priced each day; which films a hall shows changes from day to day.
HALL = "Winter Garden"


class Keyboard:
    """Types, and counts every key."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def open_counter(page: Page, *, opening_float: str = "150") -> str:
    """Open a till, and come to the counter of tomorrow; return where that is."""
    page.goto("/backoffice/")
    page.goto(page.url.rpartition("/")[0] + "/till")
    page.get_by_label(re.compile("^Float")).fill(opening_float)
    page.keyboard.press("Enter")
    page.wait_for_url("**/counter")
    # All day long there is something tomorrow.
    page.locator("#day").fill(page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)"))
    page.get_by_role("button", name="Show this day").click()
    page.wait_for_url("**/counter?day=*")
    return page.url


def sell(page: Page, count: str = "2") -> str:
    """Sell the best seats of the first screening that costs something; the code of the order."""
    page.locator(".coming a").filter(has_text=HALL).first.click()
    page.wait_for_url("**/screenings/*")
    page.keyboard.press(count)
    page.wait_for_selector("[data-total]")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sold")
    return page.locator(".sold .order-code").inner_text()


def orders(site: Site) -> list[Order]:
    return site.services.transactions.read(lambda s: list(s.scalars(select(Order).order_by(Order.id))))


def test_a_sale_takes_fewer_than_ten_keys(open_staff: OpenVisit, site: Site) -> None:
    page = open_staff("counter").page()
    open_counter(page)
    keyboard = Keyboard(page)
    keyboard.press("1")
    page.wait_for_url("**/screenings/*")
    keyboard.press("2")
    total = page.locator("[data-total]")
    expect(total).to_be_visible()
    expect(page.locator(".seat[data-s=mine]")).to_have_count(2)
    owed = int(total.get_attribute("data-total") or 0)
    assert owed > 0, "the first screening of the day costs something"
    keyboard.press("c", "5", "0")
    change = page.locator("[data-change-amount]").inner_text()
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sold")).to_be_visible()
    assert keyboard.count < KEYS_MAX, f"{keyboard.count} keys"
    expect(page.locator(".is-change strong")).to_have_text(change)
    expect(page.locator(".seat[data-s=sold]")).to_have_count(2)
    sold = orders(site)[-1]
    assert (sold.state, sold.channel, sold.paid_amount) == ("paid", "counter", owed)
    entry = site.services.transactions.read(lambda s: s.scalars(select(TillEntry)).one())
    assert (entry.amount, entry.received_amount) == (owed, 5000)
    with page.context.expect_page() as opened:
        keyboard.press("p")
    assert opened.value.url.endswith("tickets.pdf") or opened.value.url == "about:blank"
    opened.value.close()
    keyboard.press("Enter")
    page.wait_for_url("**/counter")
    # The next one, too, with the printing of this.
    assert keyboard.count < KEYS_MAX, f"{keyboard.count} keys"


@on_one_database
def test_seats_are_chosen_on_the_map_by_keyboard_and_types_by_letters(
    open_staff: OpenVisit, site: Site
) -> None:
    page = open_staff("counter").page()
    open_counter(page)
    page.locator(".coming a").filter(has_text=HALL).first.click()
    page.wait_for_url("**/screenings/*")
    page.locator(".seat[tabindex='0']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sale-seats li")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".sale-seats li")).to_have_count(2)
    before = page.locator("[data-total]").inner_text()
    page.locator("#sale").focus()
    child = page.get_by_role("button", name=re.compile("Child")).get_attribute("data-key")
    page.keyboard.press(child or "")
    expect(page.locator("[data-total]")).not_to_have_text(before)
    # A key that is typed into a field is no key of the page; Escape leaves the field, and then the sale.
    page.keyboard.press("v")
    page.keyboard.type("3c")
    expect(page.get_by_label(re.compile("^Voucher"))).to_have_value("3c")
    expect(page.locator(".sale-seats li")).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Keys")).click()
    page.locator("#sale").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    expect(page.locator(".sale-seats li")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Keys")).click()
    page.locator("#sale").focus()
    page.keyboard.press("Escape")
    page.wait_for_url("**/counter")
    assert [one.state for one in orders(site)] == ["cancelled"]


@on_one_database
def test_a_seat_that_somebody_takes_meanwhile_is_told_and_the_rest_stays(
    open_staff: OpenVisit, open_visit: OpenVisit, site: Site
) -> None:
    visit = open_staff("counter")
    visit.expected = {404}
    page = visit.page()
    counter = open_counter(page)
    page.locator(".coming a").filter(has_text=HALL).first.click()
    page.wait_for_url("**/screenings/*")
    page.keyboard.press("1")
    expect(page.locator(".seat[data-s=mine]")).to_have_count(1)
    # The map is as old as a second is long; a colleague is quicker.
    page.evaluate("document.getElementById('states').remove()")
    colleague = open_staff("manager").page()
    colleague.goto(counter.split("/counter")[0] + "/till")
    colleague.get_by_label(re.compile("^Float")).fill("0")
    colleague.keyboard.press("Enter")
    colleague.wait_for_url("**/counter")
    colleague.goto(page.url)
    free = colleague.locator(".seat:not([data-s])").first
    label = free.get_attribute("data-n")
    free.click()
    expect(colleague.locator(".seat[data-s=mine]")).to_have_count(1)
    page.locator(f".seat[data-n='{label}']").click()
    expect(page.get_by_role("alert")).to_contain_text("was taken while you were choosing")
    expect(page.locator(f".seat[data-n='{label}']")).to_have_attribute("data-s", "held")
    expect(page.locator(".seat[data-s=mine]")).to_have_count(1)


def test_a_refund_hands_the_cash_out_of_the_till(open_staff: OpenVisit, site: Site) -> None:
    page = open_staff("counter").page()
    open_counter(page)
    code = sell(page)
    page.keyboard.press("o")
    page.wait_for_url(f"**/orders/{code}")
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_label("Reason").fill("ill")
    page.get_by_role("button", name="See what it comes to").click()
    expect(page.get_by_text("1 ticket", exact=True)).to_be_visible()
    page.keyboard.type("refund")
    page.keyboard.press("Enter")
    expect(page.get_by_text("In cash out of the till:")).to_be_visible()
    order = orders(site)[-1]
    assert order.refunded_amount * 2 == order.paid_amount
    till = site.services.transactions.read(
        lambda s: list(s.scalars(select(TillEntry).order_by(TillEntry.id)))
    )
    assert [(one.kind, one.amount) for one in till] == [
        ("sale", order.paid_amount), ("refund", -order.refunded_amount),
    ]  # fmt: skip


def test_a_till_is_closed_with_a_z_report_and_a_difference(open_staff: OpenVisit, site: Site) -> None:
    page = open_staff("counter").page()
    counter = open_counter(page)
    sell(page)
    page.goto(counter.split("/counter")[0] + "/till")
    page.get_by_label("€100.00", exact=True).fill("1")
    page.get_by_label("€50.00", exact=True).fill("1")
    expect(page.locator("[data-together]")).to_have_text("€150.00")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Count once more")).to_be_visible()
    page.keyboard.type("close")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Z report 1")).to_be_visible()
    closed = site.services.transactions.read(lambda s: s.scalars(select(TillSession)).one())
    assert (closed.number, closed.counted_cash) == (1, 15000)
    difference = 15000 - (closed.expected_cash or 0)
    assert difference < 0
    row = page.get_by_role("row", name=re.compile("Difference"))
    expect(row).to_contain_text(f"-€{-difference / 100:.2f}")


@on_one_database
@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}])
def test_the_pages_of_the_counter_are_accessible(
    open_staff: OpenVisit, site: Site, size: dict[str, int]
) -> None:
    page = open_staff("manager", viewport=size).page()
    counter = open_counter(page)
    assert axe_violations(page) == []
    page.locator(".coming a").filter(has_text=HALL).first.click()
    page.wait_for_url("**/screenings/*")
    screening = page.url
    page.keyboard.press("3")
    page.wait_for_selector("[data-total]")
    assert axe_violations(page) == []
    page.goto(screening)
    code = page.locator("form.pay").first.get_attribute("action") or ""
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sold")
    assert axe_violations(page) == []
    order = code.split("/sales/")[1].split("/")[0]
    cinema = counter.split("/counter")[0]
    for path in (
        f"{cinema}/counter/orders/{order}",
        f"{cinema}/counter/orders/{order}/exchange?to={screening.rpartition('/')[2]}",
        f"{cinema}/counter/orders",
        f"{screening}/blocked",
        f"{cinema}/till",
        f"{cinema}/tills",
        f"{cinema}/tills/1",
        f"{cinema}/refunds",
        f"{cinema}/vouchers",
    ):
        page.goto(path)
        assert axe_violations(page) == [], path
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), path
