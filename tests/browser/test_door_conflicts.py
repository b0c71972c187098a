"""Conflicts at the door, as a manager meets them."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.orders import new_order_code
from matinee.boxoffice.tickets import new_ticket_id
from matinee.door.scans import Scan, Scanner, settle_scan
from matinee.kernel import clock
from matinee.programme.models import Screening, Seat
from tests.browser.conftest import OpenVisit, Site, axe_violations
from tests.building import on_one_database

NARROW = {"width": 360, "height": 740}


def let_in_twice(site: Site) -> None:
    """Sell a ticket, and let it in at two doors that know nothing of each other; then somebody with no ticket at all."""

    def sell(session: Session) -> tuple[str, int]:
        now = clock.now()
        wanted = select(Screening).where(Screening.starts_at > now).order_by(Screening.starts_at)
        screening = session.scalars(wanted.limit(1)).one()
        seat = session.scalars(select(Seat).where(Seat.hall_id == screening.hall_id).limit(1)).one()
        order = Order(
            code=new_order_code(), screening_id=screening.id, state="paid", channel="site", seats_asked=1,
            seats_claimed=1, total_amount=0, currency="EUR", created_at=now,
        )  # fmt: skip
        session.add(order)
        session.flush()
        ticket = Ticket(
            id=new_ticket_id(), order_id=order.id, screening_id=screening.id, seat_id=seat.id, state="valid",
            amount=0, created_at=now, sold_at=now,
        )  # fmt: skip
        session.add(ticket)
        session.flush()
        return ticket.id, screening.id

    ticket, screening = site.services.transactions.write(sell)
    now = clock.now()
    for number, (door, code) in enumerate((("North", ticket), ("South", ticket), ("South", "nonsense"))):
        scanner = Scanner(f"gate-{number}", door, "usher@aurora.example", frozenset([screening]), now)
        scan = Scan(1, "scan", now - timedelta(minutes=3 - number), code, offline=True)
        site.services.transactions.write(
            lambda s, scanner=scanner, scan=scan: settle_scan(s, scanner=scanner, scan=scan, now=now).result
        )


@on_one_database
def test_a_manager_follows_the_line_and_marks_what_was_let_in_twice(
    open_staff: OpenVisit, site: Site
) -> None:
    let_in_twice(site)
    page = open_staff("manager", viewport=NARROW).page()
    page.goto("/backoffice/audit")
    page.get_by_text("2 tickets were let in twice").wait_for()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Look at it").click()
    page.get_by_text("Let in twice").wait_for()
    assert axe_violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, "the page is wider than the phone"
    for left in (1, 0):
        page.get_by_role("button", name="Looked at").first.click()
        page.get_by_text("It counts as looked at.").wait_for()
        expect(page.get_by_role("button", name="Looked at")).to_have_count(left)
