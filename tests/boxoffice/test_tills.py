"""Tills: opening, what goes in and out, closing"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from matinee.accounts.models import User
from matinee.boxoffice.account_removal import delete_account
from matinee.boxoffice.errors import (
    InvalidTillAmount,
    NoTillOpen,
    ReasonMissing,
    TillAlreadyOpen,
    TillClosed,
    TillNotFound,
    TillTooEmpty,
    TooLittleReceived,
)
from matinee.boxoffice.till_entries import Tender
from matinee.boxoffice.till_models import TillEntry, TillSession
from matinee.boxoffice.tills import find_till, require_open_till
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.boxoffice.counter import CARD, FLOAT, Clerk
from tests.boxoffice.interleaving import at_once
from tests.boxoffice.selling import Sale
from tests.building import NOW, PRICE_A, PRICE_B


@pytest.fixture
def clerk(sale: Sale) -> Clerk:
    return Clerk.joining(sale).open()


def test_a_clerk_has_one_till_at_a_time(sale: Sale, clerk: Clerk) -> None:
    with pytest.raises(TillAlreadyOpen):
        clerk.open()
    with pytest.raises(TillAlreadyOpen):
        clerk.open(cinema=sale.read(lambda s: s.scalars(select(Cinema.id).where(Cinema.slug == "lux")).one()))
    Clerk.joining(sale, "boris@example.org").open()
    clerk.close(FLOAT)
    clerk.open()


def test_two_openings_at_once_open_one_till(sale: Sale, services: Services) -> None:
    clerk = Clerk.joining(sale)
    works: list[Callable[[], Clerk]] = [clerk.open, clerk.open]
    done = at_once(services, works)
    assert sorted(type(one).__name__ for one in done) == ["Clerk", "TillAlreadyOpen"]
    assert sale.count(TillSession) == 1


def test_a_till_is_found_in_its_cinema_alone(sale: Sale, clerk: Clerk) -> None:
    lux = sale.read(lambda s: s.scalars(select(Cinema.id).where(Cinema.slug == "lux")).one())
    with pytest.raises(TillNotFound):
        sale.read(lambda s: find_till(s, till_id=clerk.till_id, cinema_id=lux))
    with pytest.raises(NoTillOpen):
        sale.read(lambda s: require_open_till(s, clerk_id=clerk.id, cinema_id=lux))
    with pytest.raises(NoTillOpen):
        sale.read(lambda s: require_open_till(s, clerk_id=sale.buyer.id, cinema_id=sale.house.cinema))


def test_cash_is_the_float_and_what_came_and_went(sale: Sale, clerk: Clerk) -> None:
    sold = clerk.sell("A1", "A2", tender=Tender(received=50_000))
    clerk.sell("B1", tender=CARD)
    clerk.pay_in(2_000)
    clerk.pay_out(10_000)
    clerk.refund(sold, "A1")
    assert clerk.cash == FLOAT + 2 * PRICE_A + 2_000 - 10_000 - PRICE_A
    assert clerk.entries() == [
        ("sale", "cash", 2 * PRICE_A),
        ("sale", "card", PRICE_B),
        ("pay_in", "cash", 2_000),
        ("pay_out", "cash", -10_000),
        ("refund", "cash", -PRICE_A),
    ]
    assert sale.order(sold).clerk_id == clerk.id
    sale.check_books()


def test_what_was_handed_over_is_kept_and_must_be_enough(sale: Sale, clerk: Clerk) -> None:
    order_id = clerk.hold("A1")
    with pytest.raises(TooLittleReceived):
        clerk.take(order_id, Tender(received=PRICE_A - 1))
    assert (sale.state(order_id), clerk.entries()) == ("held", [])
    entry = clerk.take(order_id, Tender(received=PRICE_A + 500))
    assert (entry.received_amount, entry.amount) == (PRICE_A + 500, PRICE_A)


@pytest.mark.parametrize("amount", [0, -1, 1_000_000_001])
def test_amounts_that_no_till_has_are_refused(sale: Sale, clerk: Clerk, amount: int) -> None:
    with pytest.raises(InvalidTillAmount):
        clerk.pay_in(amount)
    with pytest.raises(InvalidTillAmount):
        clerk.pay_out(amount)
    if amount:
        with pytest.raises(InvalidTillAmount):
            clerk.close(amount)
        with pytest.raises(InvalidTillAmount):
            Clerk.joining(sale, "boris@example.org").open(amount)


def test_nothing_goes_in_or_out_without_a_reason_or_beyond_what_is_there(clerk: Clerk) -> None:
    with pytest.raises(ReasonMissing):
        clerk.pay_in(100, note=" ")
    with pytest.raises(TillTooEmpty):
        clerk.pay_out(FLOAT + 1)
    clerk.pay_out(FLOAT)
    assert clerk.cash == 0


def test_no_more_cash_is_given_back_than_is_in_the_till(sale: Sale, clerk: Clerk) -> None:
    sold = sale.sold("A1")
    clerk.pay_out(FLOAT)
    with pytest.raises(TillTooEmpty):
        clerk.refund(sold, way="cash")
    assert (sale.state(sold), sale.refunds()) == ("paid", [])


def test_a_closed_till_keeps_its_report_and_takes_nothing_more(sale: Sale, clerk: Clerk) -> None:
    sold = clerk.sell("A1", "A2", types=["adult", "child"])
    before = clerk.report()
    closed = clerk.close(FLOAT + PRICE_A, note="a coin is missing")
    assert (closed.number, closed.expected_cash, closed.counted_cash) == (
        1,
        FLOAT + PRICE_A + 100,
        FLOAT + PRICE_A,
    )
    for work in (lambda: clerk.pay_in(1), lambda: clerk.close(0), lambda: clerk.refund(sold)):
        with pytest.raises(TillClosed):
            work()
    other = Clerk.joining(sale, "boris@example.org").open()
    other.refund(sold)
    report = clerk.report()
    assert report.closed_by == clerk.name
    assert (report.sold, report.moved, report.returned) == (before.sold, before.moved, [])
    assert [(one.type_name, one.count, one.amount) for one in report.sold] == [
        ("Adult", 1, PRICE_A),
        ("Child", 1, 100),
    ]
    assert other.report().returned == report.sold


def test_two_closings_at_once_get_different_numbers_without_a_gap(sale: Sale, services: Services) -> None:
    for round_ in range(3):
        clerks = [Clerk.joining(sale, f"clerk{round_}{number}@example.org").open() for number in range(3)]
        done = at_once(services, [lambda clerk=clerk: clerk.close(FLOAT) for clerk in clerks])  # type: ignore[misc]
        numbers = sorted(one.number for one in done if isinstance(one, TillSession) and one.number)
        assert numbers == list(range(round_ * 3 + 1, round_ * 3 + 4))


def test_a_till_that_two_close_at_once_is_closed_once(sale: Sale, services: Services, clerk: Clerk) -> None:
    done = at_once(services, [lambda: clerk.close(1), lambda: clerk.close(2)])
    assert sorted(type(one).__name__ for one in done) == ["TillClosed", "TillSession"]
    next_one = Clerk.joining(sale, "boris@example.org").open().close(FLOAT)
    assert next_one.number == 2


def test_each_cinema_counts_its_own(sale: Sale, clerk: Clerk) -> None:
    clerk.close(FLOAT)
    lux = sale.read(lambda s: s.scalars(select(Cinema.id).where(Cinema.slug == "lux")).one())
    assert Clerk.joining(sale, "boris@example.org").open(cinema=lux).close(0).number == 1


def test_a_closing_and_a_sale_at_once_lose_no_money(sale: Sale, services: Services, clerk: Clerk) -> None:
    order_id = clerk.hold("A1")
    done = at_once(services, [lambda: clerk.close(FLOAT), lambda: clerk.take(order_id)])
    closed = next(one for one in done if isinstance(one, TillSession))
    sold = any(isinstance(one, TillEntry) for one in done)
    assert closed.expected_cash == clerk.cash == FLOAT + (PRICE_A if sold else 0)
    assert sale.state(order_id) == ("paid" if sold else "held")


def test_a_till_outlives_the_account_of_its_clerk(sale: Sale, clerk: Clerk) -> None:
    clerk.close(FLOAT)
    sale.write(lambda s: delete_account(s, user=s.get_one(User, clerk.id), now=NOW))
    kept = sale.read(lambda s: s.get_one(TillSession, clerk.till_id))
    assert (kept.clerk_id, kept.clerk_name) == (None, clerk.name)


def test_the_api_takes_money_without_a_till(sale: Sale) -> None:
    order_id = sale.hold("A1")
    assert sale.take_money(order_id, now=NOW) == PRICE_A
    assert (sale.count(TillEntry), sale.order(order_id).clerk_id) == (0, None)
