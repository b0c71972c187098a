"""The house today, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.checkout import intend_payment
from matinee.boxoffice.holds import Holder, HoldTerms, hold_seats
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.rules import ChoiceRules
from matinee.boxoffice.settlement import settle_payment
from matinee.kernel import clock
from matinee.programme.models import Cinema, Film, Hall, PriceList, Screening, Seat
from tests.browser.conftest import PHONE, OpenVisit, Site, axe_violations
from tests.building import on_one_database

TERMS = HoldTerms(lifetime=timedelta(minutes=10), seats_max=10, extensions_max=10)


def plan_show(site: Site) -> int:
    """A screening that begins in a moment, in a hall of its own; its id."""

    def work(session: Session) -> int:
        now = clock.now()
        cinema = session.scalars(select(Cinema).order_by(Cinema.id)).first()
        film = session.scalars(select(Film).order_by(Film.id)).first()
        assert cinema
        assert film
        hall = Hall(cinema_id=cinema.id, name="Roof")
        session.add(hall)
        session.flush()
        session.add_all(
            Seat(hall_id=hall.id, label=f"A{place}", row="A", place=str(place), x=place, y=0)
            for place in range(1, 11)
        )
        prices = session.scalars(select(PriceList.id).where(PriceList.cinema_id == cinema.id)).first()
        # Of today, whatever the hour.
        show = Screening(
            cinema_id=cinema.id, hall_id=hall.id, film_id=film.id, starts_at=now + timedelta(seconds=90),
            ends_at=now + timedelta(hours=2), time="00:00", price_list_id=prices,
            day=now.astimezone(ZoneInfo(cinema.timezone)).date(),
        )  # fmt: skip
        session.add(show)
        session.flush()
        return show.id

    return site.services.transactions.write(work)


def sell(site: Site, show_id: int, *labels: str) -> None:
    """Somebody buys these seats elsewhere."""

    def work(session: Session) -> None:
        now = clock.now()
        order = hold_seats(
            session, screening_id=show_id, choices=[SeatChoice(label, None) for label in labels],
            holder=Holder(channel="site", user=None, secret="s3cret"), terms=TERMS,
            rules=ChoiceRules(orphans=False, companions=False), now=now,
        ).order  # fmt: skip
        order.contact_email = "guest@example.org"
        payment = intend_payment(
            session, order=order, provider="stripe", lifetime=timedelta(minutes=5), now=now
        )
        settle_payment(session, public_id=payment.public_id, now=now)

    site.services.transactions.write(work)


def test_a_sale_shows_without_a_new_page_and_what_was_opened_stays_open(
    open_staff: OpenVisit, site: Site
) -> None:
    show_id = plan_show(site)
    sell(site, show_id, "A1")
    page = open_staff("manager").page()
    page.goto("/backoffice/at/aurora/today")
    row = page.locator("table.full tr", has_text="Roof")
    expect(row).to_contain_text("10 % full: 1 sold, 9 free")
    page.evaluate("window.kept = true")
    figures = page.locator("#sales-by-hour details")
    figures.locator("summary").click()
    sell(site, show_id, "A2", "A3")
    expect(row).to_contain_text("30 % full: 3 sold, 7 free", timeout=15_000)
    expect(page.locator(".today-top")).to_contain_text("3 tickets")
    expect(figures).to_have_attribute("open", "")
    assert page.evaluate("window.kept"), "the page was not loaded anew"
    assert axe_violations(page) == []


@on_one_database
def test_nothing_is_asked_while_the_tab_is_hidden(open_staff: OpenVisit) -> None:
    visit = open_staff("usher")
    page = visit.page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/today/live?" in request.url else None)
    page.add_init_script(
        "Object.defineProperty(document, 'hidden', {get: () => window.away === true, configurable: true})"
    )
    page.goto("/backoffice/at/aurora/today")
    page.evaluate("window.away = true")
    page.wait_for_timeout(6_000)
    assert asked == []
    with page.expect_response("**/today/live?*"):
        page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    assert len(asked) == 1


@on_one_database
def test_figures_on_the_plan_and_health_are_accessible_on_a_phone(open_staff: OpenVisit, site: Site) -> None:
    show_id = plan_show(site)
    sell(site, show_id, "A1")
    page = open_staff("manager", viewport=PHONE).page()
    for path in (f"/today/screenings/{show_id}", "/today/halls/1", "/today"):
        page.goto(f"/backoffice/at/aurora{path}")
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.goto("/backoffice/health")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Light appearance").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.goto("/backoffice/at/aurora/today")
    assert axe_violations(page) == []
