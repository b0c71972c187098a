"""Sales and tax by days on the wall, whatever clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.hand_overs import hand_over_ticket
from matinee.boxoffice.models import Order, Ticket
from matinee.programme.models import Cinema, TaxRate
from matinee.reports.periods import Period
from matinee.reports.sales import GROUPINGS, Grouping, SalesReport, sales_report
from matinee.reports.tax import TaxReport, tax_report
from matinee.reports.tax_rates import tax_in
from tests.boxoffice.selling import Sale
from tests.building import KYIV, NOW, PRICE_A, PRICE_B, TODAY


def on(day: date, last: date | None = None) -> Period:
    return Period(day, last or day, KYIV)


def sales(sale: Sale, period: Period, by: Grouping = "day", **more: object) -> SalesReport:
    return sale.read(
        lambda s: sales_report(s, cinema=s.get_one(Cinema, sale.house.cinema), period=period, by=by, **more)  # type: ignore[arg-type]
    )


def taxes(sale: Sale, period: Period) -> TaxReport:
    return sale.read(
        lambda s: tax_report(s, cinema=s.get_one(Cinema, sale.house.cinema), period=period, by="day")
    )


def tax_from(sale: Sale, day: date, rate: int) -> None:
    row = TaxRate(cinema_id=sale.house.cinema, valid_from=day, basis_points=rate)
    sale.write(lambda session: session.add(row))


def at(day: date, time: str) -> datetime:
    """A moment on the wall in Kyiv."""
    hour, minute = map(int, time.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(KYIV)).astimezone(UTC)


def test_a_ticket_counts_on_the_day_on_which_it_was_paid_for_and_on_which_it_came_back(sale: Sale) -> None:
    order_id = sale.hold("A1", "B1")
    sale.pay(order_id, now=NOW + timedelta(minutes=1))
    sale.refund_some(order_id, "B1", now=NOW + timedelta(days=1))
    first = sales(sale, on(TODAY)).total
    assert (first.sold, first.returned, first.gross) == (2, 0, PRICE_A + PRICE_B)
    second = sales(sale, on(TODAY + timedelta(days=1))).total
    assert (second.sold, second.returned, second.tickets, second.gross) == (0, 1, -1, -PRICE_B)
    both = sales(sale, on(TODAY, TODAY + timedelta(days=1)))
    assert [row.of[0] for row in both.rows] == [TODAY, TODAY + timedelta(days=1)]
    assert both.total.gross == PRICE_A


def test_what_is_not_paid_for_is_not_sold(sale: Sale) -> None:
    sale.hold("A1")
    sale.intend(sale.hold("A2"))
    assert sales(sale, on(TODAY)).rows == []


def test_a_ticket_that_was_handed_over_is_sold_once(sale: Sale) -> None:
    order_id = sale.sold("A1")
    ticket_id = sale.tickets(order_id)["A1"].id
    sale.write(
        lambda s: hand_over_ticket(
            s, order=s.get_one(Order, order_id), ticket_id=ticket_id, email="f@example.org", actor="b",
            now=NOW + timedelta(days=1),
        )
    )  # fmt: skip
    assert sales(sale, on(TODAY)).total.sold == 1
    assert sales(sale, on(TODAY + timedelta(days=1))).rows == []


def test_days_begin_and_end_at_midnight_on_the_wall(sale: Sale) -> None:
    """Kyiv is three hours ahead: at half past nine in the evening in UTC the next day has begun."""
    eve = at(TODAY, "23:59")
    sale.sold("A1", now=eve)
    sale.sold("A2", now=eve + timedelta(minutes=1))
    assert sales(sale, on(TODAY)).total.gross == PRICE_A
    rows = sales(sale, on(TODAY, TODAY + timedelta(days=1))).rows
    assert [(row.of[0], row.takings.sold) for row in rows] == [(TODAY, 1), (TODAY + timedelta(days=1), 1)]


@pytest.mark.parametrize(
    ("day", "hours"),
    # The nights in which clocks are set forward and back.
    [(date(2031, 3, 30), 23), (date(2030, 10, 27), 25)],
)
def test_a_day_on_which_clocks_are_changed_is_as_long_as_it_is(sale: Sale, day: date, hours: int) -> None:
    period = on(day)
    assert period.ends_at - period.begins_at == timedelta(hours=hours)
    order_id = sale.sold("A1", "A2", "A3", "A4")
    ids = [ticket.id for ticket in sale.tickets(order_id).values()]
    moments = [
        period.begins_at, period.ends_at - timedelta(seconds=1), period.begins_at - timedelta(seconds=1),
        period.ends_at,
    ]  # fmt: skip

    def move(session: Session) -> None:
        for ticket_id, moment in zip(ids, moments, strict=True):
            session.execute(update(Ticket).where(Ticket.id == ticket_id).values(sold_at=moment))

    sale.write(move)
    assert sales(sale, period).total.sold == 2
    around = sales(sale, on(day - timedelta(days=1), day + timedelta(days=1)))
    assert [(row.of[0], row.takings.sold) for row in around.rows] == [
        (day - timedelta(days=1), 1), (day, 2), (day + timedelta(days=1), 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "rate", "tax"),
    [(0, 2000, 0), (15000, 2000, 2500), (100, 0, 0), (3, 2000, 1), (2, 2000, 0), (15, 1000, 1), (16, 1000, 1),
     (17, 1000, 2), (1, 10_000, 1), (2_000_000_000, 1370, 240_985_048)],
)  # fmt: skip
def test_the_tax_in_a_price_is_rounded_half_up(amount: int, rate: int, tax: int) -> None:
    assert tax_in(amount, rate) == tax


def test_what_comes_back_brings_the_tax_of_its_day_of_selling(sale: Sale) -> None:
    tomorrow = TODAY + timedelta(days=1)
    tax_from(sale, TODAY, 2000)
    tax_from(sale, tomorrow, 1000)
    first = sale.sold("A1")
    sale.refund(first, now=NOW + timedelta(days=1))
    sale.sold("A2", now=NOW + timedelta(days=1))
    assert sales(sale, on(TODAY)).total.tax == tax_in(PRICE_A, 2000)
    second = sales(sale, on(tomorrow)).total
    assert second.tax == tax_in(PRICE_A, 1000) - tax_in(PRICE_A, 2000)
    report = taxes(sale, on(TODAY, tomorrow))
    assert [(rate, takings.ticket_tax) for rate, takings in report.rates] == [
        (1000, tax_in(PRICE_A, 1000)), (2000, 0),
    ]  # fmt: skip
    assert [(row.day, row.basis_points) for row in report.rows] == [
        (TODAY, 2000), (tomorrow, 1000), (tomorrow, 2000),
    ]  # fmt: skip


def test_before_the_first_rate_there_is_no_tax(sale: Sale) -> None:
    tax_from(sale, TODAY + timedelta(days=1), 2000)
    sale.sold("A1", now=at(TODAY, "23:59"))
    assert sales(sale, on(TODAY)).total.tax == 0


def test_complimentary_tickets_are_counted_left_out_or_alone(sale: Sale) -> None:
    sale.sold("A1")
    given = sale.sold("1", screening=sale.house.second_hall)
    sale.write(
        lambda s: s.execute(update(Order).where(Order.id == given).values(comp_reason="press")).rowcount
    )
    found = [sales(sale, on(TODAY), comps=comps).total.sold for comps in ("in", "out", "only")]
    assert found == [2, 1, 1]


def test_rows_are_called_what_people_call_them(sale: Sale) -> None:
    order_id = sale.sold("A1", "B1", channel="counter", types=["child", "adult"])
    sale.write(
        lambda s: s.execute(update(Order).where(Order.id == order_id).values(clerk_id=sale.buyer.id)).rowcount
    )
    sale.sold("A2", types=[None])
    found = {by: [row.of for row in sales(sale, on(TODAY), by).rows] for by in GROUPINGS}
    assert found["film"] == [("Café",)]
    assert found["hall"] == [("Hall 10",)]
    # Who names no type gets the cinema's first.
    assert found["type"] == [("Adult",), ("Child",)]
    assert found["channel"] == [("counter",), ("site",)]
    assert found["clerk"] == [(sale.buyer.username,), (None,)]
    assert found["screening"] == [(date(2030, 5, 18), "20:30", "Café", "Hall 10")]
    assert found["month"] == [(date(2030, 5, 1),)]


def test_the_figures_of_a_clerk_outlive_the_account(sale: Sale) -> None:
    order_id = sale.sold("A1")
    sale.write(lambda s: s.execute(update(Order).where(Order.id == order_id).values(clerk_id=999)).rowcount)
    assert [row.of for row in sales(sale, on(TODAY), "clerk").rows] == [("#999",)]


def test_another_cinema_has_its_own_figures(sale: Sale) -> None:
    sale.sold("1", screening=sale.house.elsewhere)
    assert sales(sale, on(TODAY)).rows == []


def test_figures_are_read_by_the_indexes_on_their_moments(sale: Sale) -> None:
    """Nothing grows with all tickets that were ever sold."""

    def plan(session: Session, column: str) -> str:
        wanted = select(Ticket.id).where(on(TODAY).holds(getattr(Ticket, column)))
        text = str(wanted.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        if session.get_bind().dialect.name == "sqlite":
            return str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        return str(session.connection().exec_driver_sql(f"EXPLAIN {text}").all())

    for column in ("sold_at", "returned_at"):
        assert f"ix_ticket_{column}" in sale.read(lambda session, column=column: plan(session, column))  # type: ignore[misc]
