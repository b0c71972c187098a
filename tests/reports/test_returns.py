"""Distributors' returns: weeks, terms, and that what was sent stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event
from time import sleep
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.kernel.errors import DomainError
from matinee.programme.errors import FilmNotFound
from matinee.programme.models import Cinema, Film, FilmTerms, FilmTermsStep, Hall, Screening, TaxRate
from matinee.reports.errors import (
    FiguresChanged,
    FilmWithoutDistributor,
    NothingToSend,
    NoWeekBegins,
    ReturnNotFound,
    WeekNotOver,
)
from matinee.reports.film_weeks import paid_tickets
from matinee.reports.models import DistributorReturn
from matinee.reports.return_figures import figures_of
from matinee.reports.returns import ReturnState, find_sent, return_state, returns_of_week, send_return
from matinee.reports.tax_rates import tax_in
from matinee.reports.terms import Terms
from matinee.reports.weeks import Week, week_of
from tests.boxoffice.selling import Sale
from tests.building import NOW, PRICE_A, PRICE_B, TODAY, add_screening
from tests.reports.distributors import ADDRESS, EMAIL, rent_films

# TODAY is a Friday; weeks begin on Thursdays.
WEEK = date(2030, 5, 16)
OVER = NOW + timedelta(days=7)


@pytest.fixture
def cafe(sale: Sale) -> int:
    """The film of the lettered hall, rented for half of the net takings."""
    sale.write(rent_films)
    return sale.read(lambda s: s.scalars(select(Film.id).where(Film.title == "Café")).one())


def of_cinema(sale: Sale, work: Callable[[Session, Cinema], Any]) -> Any:
    return sale.write(lambda s: work(s, s.get_one(Cinema, sale.house.cinema)))


def state(sale: Sale, film_id: int, first_day: date = WEEK, **more: Any) -> ReturnState:
    found: ReturnState = of_cinema(
        sale, lambda s, cinema: return_state(s, cinema=cinema, film_id=film_id, first_day=first_day, **more)
    )
    return found


def send(
    sale: Sale, film_id: int, *, now: datetime = OVER, seen: str | None = None, **more: Any
) -> DistributorReturn:
    known = {"comps": "in", "first_day": WEEK, **more}
    seen = seen or state(sale, film_id, known["first_day"], comps=known["comps"]).fingerprint
    row: DistributorReturn = of_cinema(
        sale,
        lambda s, cinema: send_return(
            s, cinema=cinema, film_id=film_id, seen=seen, actor="anna", now=now, **known
        ),
    )
    return row


def show(sale: Sale, film_id: int, day: date, time: str) -> int:
    def work(session: Session) -> int:
        price_list = session.get_one(Screening, sale.house.lettered).price_list_id
        hall = session.scalars(select(Hall).where(Hall.name == "Hall 2")).one()
        film = session.get_one(Film, film_id)
        return add_screening(session, hall=hall, film=film, day=day, time=time, price_list_id=price_list).id

    return sale.write(work)


@pytest.mark.parametrize(
    ("day", "begins_on", "first_day"),
    [(TODAY, 4, WEEK), (WEEK, 4, WEEK), (date(2030, 5, 22), 4, WEEK), (date(2030, 5, 23), 4, date(2030, 5, 23)),
     (TODAY, 5, TODAY), (TODAY, 1, date(2030, 5, 13)), (date(2031, 1, 1), 4, date(2030, 12, 26))],
)  # fmt: skip
def test_a_week_begins_on_the_weekday_of_the_cinema(day: date, begins_on: int, first_day: date) -> None:
    assert week_of(day, begins_on=begins_on) == Week(first_day)


def test_a_return_tells_admissions_by_type_and_price(sale: Sale, cafe: int) -> None:
    of_cinema(sale, lambda s, cinema: s.add(TaxRate(cinema_id=cinema.id, valid_from=WEEK, basis_points=2000)))
    sale.promo("TENTH", value=10)
    cheap = sale.hold("A3", types=["adult"])
    sale.apply(cheap, "TENTH")
    sale.pay(cheap)
    sale.sold("A1", "A2", "B1", types=["adult", "child", "adult"])
    sale.hold("A4")
    figures = state(sale, cafe).now.figures
    found = [(line.type_name, line.price, line.admissions, line.gross) for line in figures.lines]
    assert found == [
        ("Adult", PRICE_B, 1, PRICE_B), ("Adult", PRICE_A, 1, PRICE_A), ("Adult", PRICE_A * 9 // 10, 1, PRICE_A * 9 // 10),
        ("Child", 100, 1, 100),
    ]  # fmt: skip
    # Each ticket is rounded by itself.
    assert figures.tax == sum(tax_in(line.price, 2000) for line in figures.lines)
    # Yesterday, tomorrow, and the day after tomorrow after midnight.
    assert (figures.shows, figures.admissions) == (3, 4)
    assert figures.rental == (figures.net * 5000 + 5000) // 10_000


def test_fees_are_no_takings_of_the_film(sale: Sale, cafe: int) -> None:
    sale.change_cinema(booking_fee_amount=150)
    sale.sold("A1")
    assert state(sale, cafe).now.figures.gross == PRICE_A


def test_a_screening_belongs_to_the_day_on_the_wall_at_its_start(sale: Sale, cafe: int) -> None:
    """Half past midnight on Thursday is the new week; it was sold in the old one."""
    last_evening = show(sale, cafe, date(2030, 5, 22), "23:59")
    after_midnight = show(sale, cafe, date(2030, 5, 23), "00:00")
    sale.sold("1", screening=last_evening)
    sale.sold("1", "2", screening=after_midnight)
    assert state(sale, cafe).now.figures.admissions == 1
    following = state(sale, cafe, date(2030, 5, 23)).now
    assert (following.figures.admissions, following.number) == (2, 2)


def test_what_came_back_and_what_is_due_is_no_admission(sale: Sale, cafe: int) -> None:
    order_id = sale.sold("A1", "A2")
    sale.refund_some(order_id, "A2", now=NOW + timedelta(hours=1))
    due = sale.sold("A3")
    sale.exchange(due, sale.house.lettered, "B2")
    assert state(sale, cafe).now.figures.admissions == 1


def test_complimentary_tickets_are_in_or_out_as_it_was_sent(sale: Sale, cafe: int) -> None:
    sale.promo("GIFT", value=100)
    given = sale.hold("A1")
    sale.apply(given, "GIFT")
    sale.pay(given)
    sale.write(
        lambda s: s.execute(update(Order).where(Order.id == given).values(comp_reason="press")).rowcount
    )
    sale.sold("A2")
    assert [state(sale, cafe, comps=comps).now.figures.admissions for comps in ("in", "out")] == [2, 1]
    send(sale, cafe, comps="out")
    # What was told first decides for all that comes later.
    assert state(sale, cafe, comps="in").comps == "out"
    assert state(sale, cafe, comps="in").is_up_to_date


def test_what_was_sent_stays_and_changes_are_adjustments(sale: Sale, cafe: int) -> None:
    order_id = sale.sold("A1", "A2", "B1")
    first = send(sale, cafe)
    assert (first.number, first.sent_by, first.sent_at) == (0, "anna", OVER)
    told = figures_of(first.figures)
    assert (told.admissions, told.gross, told.shows) == (3, 2 * PRICE_A + PRICE_B, 3)
    assert state(sale, cafe).is_up_to_date

    sale.refund_some(order_id, "A2", now=OVER + timedelta(hours=1))
    later = state(sale, cafe)
    assert not later.is_up_to_date
    assert [(line.price, line.admissions, line.gross) for line in later.unsent.lines] == [
        (PRICE_A, -1, -PRICE_A)
    ]
    assert (later.unsent.shows, later.unsent.rental) == (0, -PRICE_A // 2)

    second = send(sale, cafe, now=OVER + timedelta(days=1))
    assert second.number == 1
    assert figures_of(second.figures).gross == -PRICE_A
    after = state(sale, cafe)
    assert after.is_up_to_date
    assert after.told == after.now.figures
    kept = of_cinema(
        sale, lambda s, cinema: find_sent(s, cinema=cinema, film_id=cafe, first_day=WEEK, number=0).figures
    )
    assert kept == first.figures


def test_a_screening_that_is_cancelled_after_it_was_told_is_taken_back_whole(sale: Sale, cafe: int) -> None:
    sale.sold("A1")
    send(sale, cafe)
    sale.cancel(sale.house.lettered, now=OVER + timedelta(hours=1))
    row = send(sale, cafe, now=OVER + timedelta(hours=2))
    told = figures_of(row.figures)
    assert (told.shows, told.admissions, told.gross) == (-1, -1, -PRICE_A)


def test_names_of_then_stay_on_what_was_sent(sale: Sale, cafe: int) -> None:
    sale.sold("A1")
    row = send(sale, cafe)
    sale.write(lambda s: setattr(s.get_one(Film, cafe), "title", "Coffee"))
    assert row.figures["film"] == "Café"
    assert row.figures["distributor"] == {"name": "Kinomania", "address": ADDRESS, "email": EMAIL}
    assert row.figures["terms"]["basis_points"] == 5000


def test_the_week_before_is_no_reason_to_count_a_ticket_twice(sale: Sale, cafe: int) -> None:
    sale.sold("A1")
    assert state(sale, cafe, WEEK - timedelta(days=7)).now.figures.admissions == 0


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (
            lambda sale, film: send(sale, film, now=datetime(2030, 5, 22, 20, 59, 59, tzinfo=NOW.tzinfo)),
            WeekNotOver,
        ),
        (lambda sale, film: send(sale, film, seen="something else"), FiguresChanged),
        (lambda sale, film: send(sale, film, first_day=WEEK - timedelta(days=7)), NothingToSend),
        (lambda sale, film: (send(sale, film), send(sale, film)), NothingToSend),
        (lambda sale, film: send(sale, film, first_day=TODAY), NoWeekBegins),
        (lambda sale, _film: send(sale, 999), FilmNotFound),
        (
            lambda sale, film: (
                sale.write(lambda s: setattr(s.get_one(Film, film), "distributor_id", None)),
                send(sale, film),
            ),
            FilmWithoutDistributor,
        ),
        (
            lambda sale, film: of_cinema(
                sale, lambda s, c: find_sent(s, cinema=c, film_id=film, first_day=WEEK, number=0)
            ),
            ReturnNotFound,
        ),
    ],
    ids=[
        "too soon",
        "seen another",
        "nothing shown",
        "twice",
        "no week",
        "no film",
        "no distributor",
        "not sent",
    ],
)
def test_what_cannot_be_sent_is_refused(
    sale: Sale, cafe: int, prepare: Callable[[Sale, int], object], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        prepare(sale, cafe)


def test_a_week_can_be_sent_from_the_midnight_after_it_on(sale: Sale, cafe: int) -> None:
    assert send(sale, cafe, now=datetime(2030, 5, 22, 21, 0, tzinfo=NOW.tzinfo)).number == 0


def test_of_two_who_send_in_the_same_moment_one_is_refused(sale: Sale, cafe: int) -> None:
    sale.sold("A1")
    seen = state(sale, cafe).fingerprint
    first_has_sent = Event()

    def first(session: Session) -> None:
        cinema = session.get_one(Cinema, sale.house.cinema)
        send_return(
            session, cinema=cinema, film_id=cafe, first_day=WEEK, comps="in", seen=seen, actor="a", now=OVER
        )
        first_has_sent.set()
        # The second begins, and sees nothing of it before it is committed.
        sleep(0.3)

    def second() -> type[DomainError] | None:
        first_has_sent.wait()
        try:
            send(sale, cafe, seen=seen)
        except (FiguresChanged, NothingToSend) as error:
            return type(error)
        return None

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(second)
        sale.write(first)
        assert other.result() is not None
    assert len(state(sale, cafe).sent) == 1


def test_admissions_are_read_by_the_index_on_valid_tickets(sale: Sale) -> None:
    """A return costs what its screenings sold, however much was ever sold."""
    wanted = paid_tickets([sale.house.lettered])

    def plan(session: Session) -> str:
        text = str(
            select(Ticket.id)
            .where(wanted)
            .compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        )
        if session.get_bind().dialect.name == "sqlite":
            return str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        return str(session.connection().exec_driver_sql(f"EXPLAIN {text}").all())

    assert "uq_ticket_valid_seat" in sale.read(plan)


def test_the_films_of_a_week_stand_by_their_titles(sale: Sale, cafe: int) -> None:
    found: list[ReturnState] = of_cinema(
        sale, lambda s, cinema: returns_of_week(s, cinema=cinema, week=Week(WEEK))
    )
    assert [one.film.title for one in found] == ["Café", "Амели"]


def test_a_return_that_was_sent_is_found_though_its_film_is_not_shown_any_more(sale: Sale, cafe: int) -> None:
    sale.sold("A1")
    send(sale, cafe)
    sale.write(
        lambda s: s.execute(update(Screening).where(Screening.film_id == cafe).values(draft=True)).rowcount
    )
    found: list[ReturnState] = of_cinema(
        sale, lambda s, cinema: returns_of_week(s, cinema=cinema, week=Week(WEEK))
    )
    assert [one.film.title for one in found] == ["Café", "Амели"]


def test_a_cinema_that_chooses_another_weekday_keeps_what_it_sent(sale: Sale, cafe: int) -> None:
    sale.sold("A1")
    send(sale, cafe)
    sale.change_cinema(week_starts_on=1)
    assert state(sale, cafe).is_up_to_date


@pytest.mark.parametrize(
    ("terms", "net", "owed"),
    [
        (Terms(1, "percentage", 4000, 0, 0), 100_001, 40_000),
        (Terms(1, "percentage", 5000, 0, 0), 3, 2),
        (Terms(1, "percentage", 4000, 0, 50_000), 100_000, 50_000),
        (Terms(1, "fixed", 0, 25_000, 0), 1_000_000, 25_000),
        (Terms(1, "sliding", 3000, 0, 0, [(50_000, 4000), (100_000, 5000)]), 49_999, 15_000),
        (Terms(1, "sliding", 3000, 0, 0, [(50_000, 4000), (100_000, 5000)]), 50_000, 20_000),
        (Terms(1, "sliding", 3000, 0, 0, [(50_000, 4000), (100_000, 5000)]), 100_000, 50_000),
        (Terms(1, "sliding", 3000, 0, 60_000, [(50_000, 4000)]), 100_000, 60_000),
    ],
)
def test_what_is_owed_goes_by_the_terms(terms: Terms, net: int, owed: int) -> None:
    assert terms.rental(net) == owed


def test_the_terms_of_the_week_of_the_film_count(sale: Sale, cafe: int) -> None:
    """Sliding from the second week on, with a minimum that is owed though nobody came."""
    show(sale, cafe, date(2030, 5, 25), "18:00")
    second = state(sale, cafe, date(2030, 5, 23)).now
    assert second.number == 2
    assert second.terms is not None
    assert second.terms.steps == [(50_000, 4200)]
    assert second.figures.rental == 10_000
    # In the third nothing is shown, and nothing owed.
    assert state(sale, cafe, date(2030, 5, 30)).now.figures.rental == 0


def test_without_terms_nothing_is_owed(sale: Sale, cafe: int) -> None:
    def clear(session: Session) -> None:
        for row in [*session.scalars(select(FilmTermsStep)), *session.scalars(select(FilmTerms))]:
            session.delete(row)
            session.flush()

    sale.write(clear)
    sale.sold("A1")
    found = state(sale, cafe).now
    assert (found.terms, found.figures.rental) == (None, 0)
