"""Staff finds an order, looks at its history, takes a ticket back, gives other seats, and helps the outbox."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.checkout import intend_payment
from matinee.boxoffice.holds import BestWish, Holder, HoldTerms, hold_best_seats
from matinee.boxoffice.models import Order
from matinee.boxoffice.refunds import valid_tickets_of
from matinee.boxoffice.settlement import settle_payment
from matinee.kernel import clock
from matinee.outbox.models import Message
from matinee.programme.models import Screening
from tests.browser.conftest import PHONE, OpenVisit, Site, axe_violations

GUEST = "anna@example.org"
ERROR = "451 4.7.1 greylisted"


@pytest.fixture
def code(site: Site) -> str:
    """A guest's order of three seats, paid; its mail is stuck."""

    def sell(session: Session) -> str:
        now = clock.now()
        wanted = select(Screening.id).where(
            Screening.starts_at > now + timedelta(hours=3), Screening.price_list_id.is_not(None)
        )
        order = hold_best_seats(
            session,
            screening_id=session.scalars(wanted.order_by(Screening.starts_at).limit(1)).one(),
            wish=BestWish([None] * 3),
            holder=Holder(channel="site", secret="secret"),
            terms=HoldTerms(lifetime=timedelta(minutes=10), seats_max=10, extensions_max=1),
            now=now,
        ).order
        order.contact_email = GUEST
        payment = intend_payment(
            session, order=order, provider="demo", lifetime=timedelta(minutes=10), now=now
        )
        settle_payment(session, public_id=payment.public_id, now=now)
        for message in session.scalars(select(Message)):
            message.attempts, message.last_error = 4, ERROR
            message.next_attempt_at = now + timedelta(hours=1)
        return order.code

    return site.services.transactions.write(sell)


def seats_of(site: Site, code: str) -> list[str]:
    """The seats of its valid tickets."""

    def read(session: Session) -> list[str]:
        order = session.scalars(select(Order).where(Order.code == code)).one()
        return sorted(ticket.seat.label for ticket in valid_tickets_of(session, order=order))

    return site.services.transactions.read(read)


def test_a_ticket_is_refunded_and_others_get_other_seats(
    site: Site, code: str, open_staff: OpenVisit
) -> None:
    page = open_staff("counter").page()
    page.goto("/backoffice/orders")
    page.get_by_label("Mail address").fill(GUEST)
    page.get_by_label("Mail address").press("Enter")
    page.wait_for_url("**email=anna**")
    assert axe_violations(page) == []
    page.get_by_role("link", name=code).click()
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    expect(page.get_by_text("Being paid → Paid")).to_be_visible()
    assert axe_violations(page) == []

    page.get_by_role("link", name="Refund").click()
    first = seats_of(site, code)[0]
    page.get_by_role("checkbox", name=re.compile(rf"^{first}\b")).check()
    page.get_by_label("Why?").fill("She is ill.")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(f"1 ticket: {first}")).to_be_visible()
    assert axe_violations(page) == []
    page.keyboard.type("refund")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The ticket was taken back.")).to_be_visible()
    history = page.get_by_role("list", name="Everything that happened")
    expect(history.get_by_text(re.compile("1 tickets taken back"))).to_be_visible()
    assert first not in seats_of(site, code)

    before = seats_of(site, code)
    page.get_by_role("link", name="Other seats").click()
    # On the map: let go of a seat, take another; by keyboard: the other field.
    chosen = page.locator(".seat[data-s=mine]")
    expect(chosen).to_have_count(2)
    assert axe_violations(page) == []
    chosen.first.click()
    expect(chosen).to_have_count(1)
    page.locator(".seat.is-offered:not([data-s])").first.click()
    expect(chosen).to_have_count(2)
    page.get_by_label("Why?").fill("A seat is broken.")
    page.get_by_role("button", name="See what these come to").click()
    expect(page.get_by_text("Seats then")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Give these seats").click()
    expect(page.get_by_text("The order has other seats")).to_be_visible()
    after = seats_of(site, code)
    assert len(set(before) & set(after)) == 1
    assert len(after) == 2


def test_the_outbox_is_tried_again_and_customers_are_found_on_a_phone(
    site: Site, code: str, open_staff: OpenVisit
) -> None:
    page = open_staff("manager", viewport=PHONE).page()
    page.goto("/backoffice/outbox?state=stuck")
    assert axe_violations(page) == []
    page.get_by_role("link", name="Tickets").click()
    expect(page.get_by_text(ERROR)).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Try again now").click()
    expect(page.get_by_text("It is tried again at once.")).to_be_visible()
    due = site.services.transactions.read(lambda s: s.scalars(select(Message.next_attempt_at)).one())
    assert due <= clock.now()
    for path in (
        "customers",
        f"guest?address={GUEST}",
        "customers/1",
        "api-keys",
        "sessions",
        "throttled",
        "webhooks",
    ):
        page.goto(f"/backoffice/{path}")
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
