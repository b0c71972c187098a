"""The figures of a day, held against counting every row by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderPayment, SeatClaim, Ticket
from matinee.door.models import Admission
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import HouseSeat, Screening, Seat
from matinee.reports.today.house_today import HouseToday, house_today
from matinee.reports.today.money import DayMoney
from matinee.reports.today.sales import DaySales, Sum
from matinee.web.shared.services import Services
from tests.building import KYIV, TODAY
from tests.query_plans import statements_of, tables_read_whole
from tests.reports.today.random_house import RandomHouse

WALL = ZoneInfo(KYIV)
# An ordinary day, and those on which clocks are put forward and back.
DAYS = (TODAY, date(2030, 3, 31), date(2030, 10, 27))
CINEMA = 1
on_an_ordinary_day = pytest.mark.parametrize("day", [TODAY], indirect=True)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=WALL).astimezone(UTC)


@pytest.fixture(params=DAYS, ids=str)
def day(request: pytest.FixtureRequest, services: Services) -> date:
    wanted: date = request.param
    services.transactions.write(
        lambda session: RandomHouse(session, seed=wanted.toordinal(), day=wanted).build()
    )
    return wanted


def figures(services: Services, now: datetime) -> HouseToday:
    return services.transactions.read(lambda session: house_today(session, cinema_id=CINEMA, now=now))


def count_all(services: Services, work: Callable[[Session], Any]) -> Any:
    return services.transactions.read(work)


def wall_day(moment: datetime | None) -> date | None:
    return moment.astimezone(WALL).date() if moment else None


def sum_of(tickets: Iterable[Ticket]) -> Sum:
    found = Sum()
    for ticket in tickets:
        found.add(1, ticket.amount + ticket.fee_amount)
    return found


def sales_by_hand(session: Session, on: date, until: datetime) -> DaySales:
    own = {one.id for one in session.scalars(select(Screening)) if one.cinema_id == CINEMA}
    tickets = [one for one in session.scalars(select(Ticket)) if one.screening_id in own]
    sold = [one for one in tickets if wall_day(one.sold_at) == on]
    returned = [one for one in tickets if wall_day(one.returned_at) == on]
    hours = [Sum() for _ in range(24)]
    for one in sold:
        hours[one.sold_at.astimezone(WALL).hour].add(1, one.amount + one.fee_amount)  # type: ignore[union-attr]
    for one in returned:
        hours[one.returned_at.astimezone(WALL).hour].add(-1, -one.amount - one.fee_amount)  # type: ignore[union-attr]
    return DaySales(
        hours=hours,
        sold=sum_of(sold),
        returned=sum_of(returned),
        sold_before=sum_of(one for one in sold if one.sold_at < until),  # type: ignore[operator]
        returned_before=sum_of(one for one in returned if one.returned_at < until),  # type: ignore[operator]
    )


def money_by_hand(session: Session, on: date, until: datetime) -> dict[str, dict[str, tuple[int, int]]]:
    found: dict[str, dict[str, tuple[int, int]]] = {"paid": {}, "refunded": {}}
    # Kept, so that each is read once.
    known: list[object] = []

    def count(kind: str, payment: Payment, amount: int, moment: datetime | None) -> None:
        link = session.get_one(OrderPayment, payment.id)
        order = session.get_one(Order, link.order_id)
        if session.get_one(Screening, order.screening_id).cinema_id != CINEMA or wall_day(moment) != on:
            return
        assert moment
        whole, before = found[kind].get(payment.provider, (0, 0))
        found[kind][payment.provider] = (whole + amount, before + (amount if moment < until else 0))

    for model in (OrderPayment, Order, Screening):
        known.extend(session.scalars(select(model)))
    for payment in session.scalars(select(Payment)).all():
        count("paid", payment, payment.amount, payment.settled_at)
    for refund in session.scalars(select(PaymentRefund)):
        count("refunded", session.get_one(Payment, refund.payment_id), refund.amount, refund.created_at)
    return found


def told(money: DayMoney) -> dict[str, dict[str, tuple[int, int]]]:
    return {
        kind: {name: (flow.amount, flow.before) for name, flow in flows.items()}
        for kind, flows in (("paid", money.paid), ("refunded", money.refunded))
    }


def test_sales_are_those_that_one_counts_by_hand(services: Services, day: date) -> None:
    now = at(day, 14, 37)
    found = figures(services, now)
    week_before = day - timedelta(days=7)
    assert found.sales == count_all(services, lambda s: sales_by_hand(s, day, now))
    assert found.sales_before == count_all(
        services, lambda s: sales_by_hand(s, week_before, at(week_before, 14, 37))
    )
    assert found.sales.sold.tickets > 20
    assert found.sales.returned_before.tickets > 5
    assert found.sales.net.amount == sum(hour.amount for hour in found.sales.hours)


def test_money_is_what_one_counts_by_hand(services: Services, day: date) -> None:
    now = at(day, 0, 1)
    found = figures(services, now)
    week_before = day - timedelta(days=7)
    assert told(found.money) == count_all(services, lambda s: money_by_hand(s, day, now))
    assert told(found.money_before) == count_all(
        services, lambda s: money_by_hand(s, week_before, at(week_before, 0, 1))
    )
    assert set(found.money.paid) == {"counter", "stripe", "voucher"}
    assert found.money.paid_in_all.amount == sum(flow.amount for flow in found.money.paid.values())
    assert found.money.refunded


@on_an_ordinary_day
def test_seats_are_counted_once_each(services: Services, day: date) -> None:
    now = at(day, 1, 10)
    found = {one.id: one for one in figures(services, now).screenings}

    def by_hand(session: Session) -> dict[int, Counter[str]]:
        counts = {}
        for show in session.scalars(select(Screening).where(Screening.cinema_id == CINEMA)):
            late = show.day == day - timedelta(days=1) and show.ends_at > now
            if show.draft or show.cancelled_at or not (show.day == day or late):
                continue
            counts[show.id] = seats_by_hand(session, show, now)
        return counts

    expected = count_all(services, by_hand)
    assert expected.keys() == found.keys()
    assert any(one.starts_at < at(day, 0) for one in found.values()), "one of yesterday still runs"
    for show_id, counts in expected.items():
        seats = found[show_id].counts
        assert (seats.seats, seats.sold, seats.held, seats.house, seats.free, seats.inside) == tuple(
            counts[name] for name in ("seats", "sold", "held", "house", "free", "inside")
        )
        assert seats.percent == counts["sold"] * 100 // 12


def seats_by_hand(session: Session, show: Screening, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter()
    claims = {one.seat_id: one for one in session.scalars(select(SeatClaim)) if one.screening_id == show.id}
    house = {one.seat_id for one in session.scalars(select(HouseSeat)) if one.screening_id == show.id}
    for seat in session.scalars(select(Seat.id).where(Seat.hall_id == show.hall_id)):
        claim = claims.get(seat)
        if claim and claim.expires_at and claim.expires_at <= now:
            claim = None
        state = (
            ("sold" if claim.expires_at is None else "held")
            if claim
            else "house"
            if seat in house
            else "free"
        )
        counts[state] += 1
        counts["seats"] += 1
    valid = select(Ticket.id).where(Ticket.screening_id == show.id, Ticket.state == "valid")
    inside = set(session.scalars(select(Admission.ticket_id)))
    counts["inside"] = sum(one in inside for one in session.scalars(valid))
    return counts


@on_an_ordinary_day
def test_what_runs_and_what_comes_next_is_told_apart(services: Services, day: date) -> None:
    now = at(day, 18, 0)
    found = figures(services, now)
    assert all(one.starts_at <= now < one.ends_at for one in found.running)
    assert all(one.starts_at > now for one in found.next_ones)
    halls = [one.hall for one in found.screenings if one.starts_at == at(day, 14, 30)]
    assert halls == sorted(halls, key=len), "as people count"


def test_no_table_is_read_whole_and_the_statements_stay_few(services: Services) -> None:
    services.transactions.write(lambda session: RandomHouse(session, seed=1, day=TODAY).build())

    def work(session: Session) -> object:
        return house_today(session, cinema_id=CINEMA, now=at(TODAY, 18))

    with statements_of(services.engine) as asked:
        services.transactions.read(work)
    assert len(asked) <= 14
    assert tables_read_whole(services, work) <= {"cinema", "hall", "film", "seat", "screening"}
