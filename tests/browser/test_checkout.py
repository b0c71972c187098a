"""From the hold to the tickets in a browser, as the seat picker leaves it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenVisit, Site, Visit, axe_violations
from tests.browser.ordering import MEMBER, Ordering

GUEST = "guest@example.org"
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Mails = Callable[[], list[EmailMessage]]


@pytest.fixture
def ordering(site: Site) -> Ordering:
    return Ordering(site)


def say_address(page: Page) -> None:
    page.get_by_label("Your mail address").fill(GUEST)
    page.get_by_role("button", name="Go on to pay").click()
    # Shown again before paying.
    expect(page.get_by_text(GUEST)).to_be_visible()


def pay(page: Page, answer: str = "Pay €") -> None:
    page.get_by_role("button", name="Pay with play money").click()
    page.wait_for_url("**/demo-payment/**")
    page.get_by_role("button", name=answer).click()


def test_a_guest_buys_tickets(page: Page, visit: Visit, ordering: Ordering, mails: Mails) -> None:
    code = ordering.hold(visit, 2)
    page.goto(f"/orders/{code}")
    total = page.locator("#sums .total td")
    expect(total).to_have_text("€22.00")
    page.get_by_label("Ticket for seat").first.select_option("child")
    # At once, and as the server works it out.
    expect(total).to_have_text("€18.00")
    assert ordering.read(code, lambda order: order.total_amount) == 1800
    say_address(page)
    pay(page)
    expect(page.locator(".ticket")).to_have_count(2)
    expect(page.locator(".ticket img").first).to_have_js_property("complete", True)
    sent = mails()[-1]
    assert sent["To"] == GUEST
    assert ordering.state(code) == "paid"
    # The way back leads to what it is, and nothing is paid twice.
    page.reload()
    page.go_back()
    page.goto(f"/orders/{code}")
    expect(page.locator(".ticket")).to_have_count(2)
    assert len(mails()) == 1


def test_a_member_buys_tickets(page: Page, visit: Visit, ordering: Ordering, mails: Mails) -> None:
    ordering.sign_in(visit)
    code = ordering.hold(visit, 1, member=True)
    page.goto(f"/orders/{code}")
    expect(page.locator(".told-email")).to_have_text(MEMBER)
    pay(page)
    expect(page.locator(".ticket")).to_have_count(1)
    assert mails()[-1]["To"] == MEMBER


def test_a_declined_payment_is_told_and_made_again(page: Page, visit: Visit, ordering: Ordering) -> None:
    code = ordering.hold(visit, 1)
    page.goto(f"/orders/{code}")
    say_address(page)
    pay(page, "Decline")
    expect(page.get_by_role("alert")).to_contain_text("did not go through")
    pay(page)
    expect(page.locator(".ticket")).to_have_count(1)


def test_a_hold_that_runs_out_warns_gives_time_and_ends(page: Page, visit: Visit, ordering: Ordering) -> None:
    code = ordering.hold(visit, 1)
    page.goto(f"/orders/{code}")
    ordering.end_in(code, timedelta(seconds=122))
    page.reload()
    address = page.get_by_label("Your mail address")
    address.fill("gue")
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_be_visible()
    assert axe_violations(page) == []
    dialog.get_by_role("button", name="Yes, 10 more minutes").press("Enter")
    expect(dialog).to_be_hidden()
    # Whoever was typing goes on typing.
    expect(address).to_be_focused()
    expect(address).to_have_value("gue")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    ordering.end_in(code, timedelta(seconds=2))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("The time is over")
    expect(page.get_by_role("link", name="Choose seats again")).to_be_visible()


def test_tickets_are_bought_without_scripts(open_visit: OpenVisit, ordering: Ordering, mails: Mails) -> None:
    visit = open_visit(java_script_enabled=False, viewport=PHONE)
    page = visit.page()
    code = ordering.hold(visit, 2)
    page.goto(f"/orders/{code}")
    page.get_by_label("Ticket for seat").first.select_option("child")
    page.get_by_role("button", name="Update the price").click()
    expect(page.locator("#sums .total td")).to_have_text("€18.00")
    page.get_by_role("button", name="More time").click()
    expect(page.get_by_text("You have more time now.")).to_be_visible()
    say_address(page)
    pay(page)
    expect(page.locator(".ticket")).to_have_count(2)
    assert mails()[-1]["To"] == GUEST


def test_a_buyer_gives_a_ticket_back(page: Page, visit: Visit, ordering: Ordering, mails: Mails) -> None:
    code = ordering.hold(visit, 2)
    page.goto(f"/orders/{code}")
    say_address(page)
    pay(page)
    page.get_by_role("link", name="Give back").click()
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("button", name="See what comes back").click()
    expect(page.locator(".total td")).to_have_text("€11.00")
    page.get_by_role("button", name="Yes, give back").click()
    expect(page.locator(".ticket")).to_have_count(1)
    assert ordering.read(code, lambda order: order.refunded_amount) == 1100
    assert len(mails()) == 2


def test_two_tabs_are_one_order(visit: Visit, ordering: Ordering) -> None:
    code = ordering.hold(visit, 1)
    first, second = visit.page(), visit.page()
    first.goto(f"/orders/{code}")
    say_address(first)
    second.goto(f"/orders/{code}")
    for tab in (first, second):
        tab.get_by_role("button", name="Pay with play money").click()
        tab.wait_for_url("**/demo-payment/**")
    # The same payment, not a second one.
    assert first.url == second.url
    waiting = visit.page()
    waiting.goto(f"/orders/{code}")
    expect(waiting.get_by_role("heading", level=1)).to_have_text("We wait for the payment service")
    waiting.bring_to_front()
    first.get_by_role("button", name="Pay €").click()
    # The tab that waits goes on by itself; the one that is late is told.
    expect(waiting.locator(".ticket")).to_have_count(1)
    second.reload()
    expect(second.get_by_text("This payment is made.")).to_be_visible()
    assert ordering.read(code, lambda order: order.paid_amount) == 1100


@on_one_database
@pytest.mark.parametrize("appearance", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "uk"])
def test_axe_finds_nothing_on_an_order(
    open_visit: OpenVisit, ordering: Ordering, appearance: str, language: str
) -> None:
    visit = open_visit(viewport=PHONE)
    visit.context.add_cookies([{"name": "appearance", "value": appearance, "url": visit.site.url}])
    page = visit.page()
    code = ordering.hold(visit, 2)
    url = f"/{language}/orders/{code}"
    found: dict[str, list[str]] = {}

    def look(name: str, shown: str) -> None:
        expect(page.locator(shown).first).to_be_visible()
        found[name] = axe_violations(page)

    page.goto(url)
    look("held", "#email")
    page.locator("#email").fill(GUEST)
    page.locator("form:has(#email) button").click()
    look("ready to pay", ".ways-to-pay")
    page.locator("button[value=demo]").click()
    look("demo payment", ".demo-pay")
    payment = page.url
    page.goto(url)
    look("paying", "[data-waiting]")
    page.goto(payment)
    page.locator("button[value=pay]").click()
    look("paid", ".ticket")
    page.goto(f"{url}/return")
    look("giving back", ".choice-list")
    page.goto(f"{url}/exchange")
    look("exchanging", ".choice-list")
    page.goto(f"/{language}/orders")
    look("finding", "#code")
    other = ordering.hold(visit, 1, number=1)
    ordering.end_in(other, timedelta(seconds=-1))
    page.goto(f"/{language}/orders/{other}")
    look("expired", ".over")
    assert {name: faults for name, faults in found.items() if faults} == {}
