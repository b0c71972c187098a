"""A ticket on a phone: read by a scanner, opened without a network, handed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.checkout import intend_payment
from matinee.boxoffice.holds import BestWish, Holder, HoldTerms, hold_best_seats
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.settlement import settle_payment
from matinee.kernel import clock
from matinee.programme.models import Screening
from matinee.tickets.codes import read_code
from tests.browser.conftest import PHONE, OpenVisit, Site, Visit, axe_violations

on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
QUARTER = timedelta(minutes=15)
SMALL_PHONE = {"width": 360, "height": 740}


@dataclass
class Sold:
    """A guest's paid order."""

    code: str
    ids: list[str]


@pytest.fixture
def sold(site: Site) -> Sold:
    """Two tickets for a screening the day after tomorrow."""
    now = clock.now()

    def buy(session: Session) -> Sold:
        screening = session.scalars(
            select(Screening.id)
            .where(Screening.starts_at > now + timedelta(hours=30), Screening.price_list_id.is_not(None))
            .order_by(Screening.starts_at)
        ).first()
        assert screening is not None
        order = hold_best_seats(
            session,
            screening_id=screening,
            wish=BestWish([None, None]),
            holder=Holder(channel="site", secret="s3cret"),
            terms=HoldTerms(lifetime=QUARTER, seats_max=10, extensions_max=10),
            now=now,
        ).order
        order.contact_email = "anna@example.org"
        payment = intend_payment(session, order=order, provider="demo", lifetime=QUARTER, now=now)
        settle_payment(session, public_id=payment.public_id, now=now)
        wanted = select(Ticket.id).where(Ticket.order_id == order.id).order_by(Ticket.seat_id)
        return Sold(order.code, list(session.scalars(wanted)))

    return site.services.transactions.write(buy)


def own(visit: Visit, sold: Sold) -> None:
    """Let this browser be the guest's."""
    app = visit.site.app
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    value = signer.dumps({"orders": {sold.code: "s3cret"}})
    visit.context.add_cookies([{"name": "visitor", "value": value, "url": visit.site.url}])


def ids_seen(page: Page) -> list[str]:
    """The tickets whose codes a scanner reads off the screen."""
    read = [read_code(text) for text in codes_seen(page)]
    return [one.ticket_id for one in read if one is not None and one.sealed is not None]


def codes_seen(page: Page) -> list[str]:
    """What a scanner reads off the screen."""
    return [code.text for code in zxingcpp.read_barcodes(Image.open(BytesIO(page.screenshot())))]


@on_one_database
@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_a_scanner_reads_the_ticket_off_a_small_phone(
    open_visit: OpenVisit, sold: Sold, appearance: str
) -> None:
    visit = open_visit(viewport=SMALL_PHONE)
    visit.context.add_cookies([{"name": "appearance", "value": appearance, "url": visit.site.url}])
    own(visit, sold)
    page = visit.page()
    page.goto(f"/en/tickets/{sold.ids[0]}")
    expect(page.get_by_text("Valid", exact=True)).to_be_visible()
    assert ids_seen(page) == [sold.ids[0]]
    panel = page.locator(".qr-panel").bounding_box()
    assert panel is not None
    assert panel["width"] >= 0.7 * SMALL_PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL_PHONE["width"]
    page.get_by_text("Hand this ticket over to a friend").click()
    assert axe_violations(page) == []


@on_one_database
def test_what_lets_nobody_in_is_not_read_by_a_scanner(open_visit: OpenVisit, site: Site, sold: Sold) -> None:
    site.services.transactions.write(lambda s: s.execute(update(Ticket).values(state="refunded")))
    page = open_visit(viewport=PHONE).page()
    page.goto(f"/uk/tickets/{sold.ids[0]}")
    expect(page.locator(".stamp")).to_be_visible()
    assert codes_seen(page) == []
    assert axe_violations(page) == []


@on_one_database
def test_a_ticket_that_was_opened_once_opens_without_a_network(open_visit: OpenVisit, sold: Sold) -> None:
    visit = open_visit(viewport=PHONE)
    own(visit, sold)
    page = visit.page()
    page.goto(f"/en/tickets/{sold.ids[0]}")
    expect(page.get_by_text("the ticket opens without a network, too")).to_be_visible()
    visit.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("There is no network.")).to_be_visible()
    assert ids_seen(page) == [sold.ids[0]]
    # Its looks were kept with it.
    assert page.evaluate("getComputedStyle(document.querySelector('.qr-panel')).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    # The other ticket of the order, which was never opened.
    page.get_by_role("link", name="→").click()
    expect(page).to_have_url(f"{visit.site.url}/en/tickets/{sold.ids[1]}")
    expect(page.locator(".qr-panel")).to_be_visible()
    assert ids_seen(page) == [sold.ids[1]]
    kept = page.evaluate(
        "caches.open('tickets-1').then(cache => cache.keys()).then(keys => keys.map(key => new URL(key.url).pathname))"
    )
    assert {path for path in kept if not path.startswith("/static/site/")} == {
        f"/en/tickets/{ticket_id}" for ticket_id in sold.ids
    }


@on_one_database
def test_with_a_network_the_ticket_is_as_it_is_now(open_visit: OpenVisit, site: Site, sold: Sold) -> None:
    page = open_visit(viewport=PHONE).page()
    page.goto(f"/en/tickets/{sold.ids[0]}")
    expect(page.get_by_text("the ticket opens without a network, too")).to_be_visible()
    site.services.transactions.write(lambda s: s.execute(update(Ticket).values(state="refunded")))
    page.reload()
    expect(page.get_by_text("This ticket was given back and lets nobody in.")).to_be_visible()


def test_a_friend_gets_a_ticket_and_it_is_taken_back(
    open_visit: OpenVisit, sold: Sold, mails: Callable[[], list[EmailMessage]], site: Site
) -> None:
    visit = open_visit(viewport=PHONE)
    own(visit, sold)
    page = visit.page()
    page.goto(f"/en/tickets/{sold.ids[0]}")
    page.get_by_text("Hand this ticket over to a friend").click()
    page.get_by_label("Your friend’s mail address").fill("friend@example.org")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("The ticket is on its way to friend@example.org.")).to_be_visible()
    assert codes_seen(page) == []
    assert axe_violations(page) == []

    mail = next(mail for mail in mails() if mail["To"] == "friend@example.org")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = next(word for word in text.split() if "/tickets/" in word)
    friends = open_visit(viewport=PHONE).page()
    friends.goto(link)
    expect(friends.get_by_text("Valid", exact=True)).to_be_visible()
    assert ids_seen(friends) == [link.rpartition("/")[2]]
    expect(friends.get_by_text(sold.code)).to_have_count(0)

    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("The ticket is yours again.")).to_be_visible()
    assert len(codes_seen(page)) == 1
    friends.reload()
    expect(friends.get_by_text("This ticket was replaced by another one")).to_be_visible()
    assert site.services.transactions.read(
        lambda s: s.scalars(select(Order.state).where(Order.code == sold.code)).all()
    ) == ["paid"]


@on_one_database
def test_the_screen_stays_on_and_a_swipe_leads_to_the_next_ticket(open_visit: OpenVisit, sold: Sold) -> None:
    visit = open_visit(viewport=PHONE, has_touch=True, is_mobile=True)
    own(visit, sold)
    # A browser without a screen refuses; what counts is that it was asked.
    visit.context.add_init_script(
        "window.asked = []; navigator.wakeLock.request = async (kind) => window.asked.push(kind);"
    )
    page = visit.page()
    page.goto(f"/en/tickets/{sold.ids[0]}")
    page.wait_for_function("window.asked.includes('screen')")

    def swipe(from_x: int, to_x: int) -> None:
        device = visit.context.new_cdp_session(page)
        for kind, points in (
            ("touchStart", [{"x": from_x, "y": 300}]),
            ("touchMove", [{"x": to_x, "y": 304}]),
            ("touchEnd", []),
        ):
            device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    swipe(300, 80)
    expect(page).to_have_url(f"{visit.site.url}/en/tickets/{sold.ids[1]}")
    page.wait_for_function("window.asked.includes('screen')")
    swipe(80, 300)
    expect(page).to_have_url(f"{visit.site.url}/en/tickets/{sold.ids[0]}")
