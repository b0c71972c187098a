"""Figures in a real browser: a return is sent, something changes, and the change is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order
from matinee.boxoffice.refunds import refund_order
from matinee.kernel import clock
from matinee.programme.models import Screening, Seat
from tests.boxoffice.selling import Sale
from tests.browser.conftest import PHONE, OpenVisit, Site, axe_violations
from tests.building import KYIV, Buyer, House, add_buyer, add_screening, on_one_database
from tests.reports.distributors import rent_films


def _a_week_ago() -> tuple[date, datetime]:
    """A day of the last week that is over, weeks beginning on Thursdays, and a moment before its evening."""
    today = clock.now().astimezone(ZoneInfo(KYIV)).date()
    day = today - timedelta(days=(today.isoweekday() - 4) % 7 + 2)
    return day, datetime.combine(day, datetime.min.time(), tzinfo=UTC)


def _sell(site: Site) -> int:
    """Two tickets for a film that has a distributor, in the last week; return the id of the order."""
    day, moment = _a_week_ago()

    def show(session: Session) -> tuple[int, list[str], int, int]:
        rent_films(session)
        shown = session.scalars(
            select(Screening).where(Screening.price_list_id.is_not(None)).order_by(Screening.id)
        ).first()
        assert shown is not None
        made = add_screening(
            session,
            hall=shown.hall,
            film=shown.film,
            day=day,
            time="21:00",
            price_list_id=shown.price_list_id,
        )
        labels = session.scalars(
            select(Seat.label).where(Seat.hall_id == made.hall_id, Seat.kind == "standard").order_by(Seat.id)
        )
        return made.id, list(labels)[:2], add_buyer(session).id, made.cinema_id

    screening, labels, buyer, cinema = site.services.transactions.write(show)
    sale = Sale(site.services, House(cinema, 0, 0, 0, 0, 0, 0), Buyer(buyer, "", ""))
    return sale.sold(*labels, screening=screening, now=moment)


@on_one_database
def test_a_return_is_sent_and_what_changes_later_is_an_adjustment(open_staff: OpenVisit, site: Site) -> None:
    order_id = _sell(site)
    page = open_staff("manager").page()
    page.goto("/backoffice/at/aurora/returns")
    assert axe_violations(page) == []
    page.get_by_role("row").filter(has_text="Not sent").filter(has_text="2").get_by_role("link").first.click()
    page.get_by_role("button", name="Send the return").click()
    page.get_by_label("Type “send”").wait_for()
    assert axe_violations(page) == []
    page.get_by_label("Type “send”").fill("send")
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("Nothing changed since.").wait_for()
    expect(page.get_by_role("button", name="Send")).to_have_count(0)
    address = page.url

    def give_back(session: Session) -> None:
        order = session.get_one(Order, order_id)
        refund_order(session, order=order, actor="till", reason="ill", now=clock.now())

    site.services.transactions.write(give_back)
    page.goto(address)
    changed = page.get_by_role("row", name="Not told yet")
    assert "-2" in changed.inner_text()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Send an adjustment").click()
    page.get_by_label("Type “send”").fill("send")
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("Nothing changed since.").wait_for()
    expect(page.get_by_role("row", name="Adjustment 1")).to_be_visible()
    expect(page.get_by_role("link", name="PDF")).to_have_count(3)


@on_one_database
def test_reports_fit_a_phone_and_are_accessible(open_staff: OpenVisit, site: Site) -> None:
    _sell(site)
    day, _moment = _a_week_ago()
    page = open_staff("auditor", viewport=PHONE).page()
    for path in ("sales", "sales?by=film", "payments", "tax"):
        join = "&" if "?" in path else "?"
        page.goto(f"/backoffice/at/aurora/{path}{join}first_day={day}")
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
