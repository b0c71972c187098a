"""What an order costs"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import TicketTypeNotSold
from matinee.boxoffice.models import OrderLine, PromoCode
from matinee.boxoffice.pricing import discount_on, fee_on, shares_of
from matinee.programme.models import Cinema, Price
from tests.boxoffice.selling import END, Sale
from tests.building import NOW, PRICE_A, PRICE_B

AMOUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=10)
CHILD = 100


def percentage(value: int) -> PromoCode:
    return PromoCode(kind="percentage", value=value)


def amount_off(value: int) -> PromoCode:
    return PromoCode(kind="amount", value=value)


@pytest.mark.parametrize(
    ("subtotal", "promo", "discount"),
    [
        (1000, None, 0), (1000, percentage(10), 100), (1000, percentage(100), 1000), (5, percentage(10), 1),
        (4, percentage(10), 0), (15, percentage(50), 8), (0, percentage(50), 0), (1000, amount_off(300), 300),
        (200, amount_off(300), 200), (0, amount_off(300), 0),
    ],
)  # fmt: skip
def test_a_discount_is_rounded_half_up_and_never_more_than_there_is(
    subtotal: int, promo: PromoCode | None, discount: int
) -> None:
    assert discount_on(subtotal, promo) == discount


@pytest.mark.parametrize(
    ("amounts", "per", "channel", "fee"),
    [
        ([500, 500, 0], "ticket", "site", 200), ([500, 500, 0], "order", "site", 100), ([0, 0], "ticket", "v1", 0),
        ([0, 0], "order", "v1", 0), ([500], "ticket", "counter", 0), ([500], "order", "given", 0),
    ],
)  # fmt: skip
def test_the_booking_fee_is_for_what_costs_something_and_is_booked_online(
    amounts: list[int], per: str, channel: str, fee: int
) -> None:
    cinema = Cinema(booking_fee_amount=100, booking_fee_per=per)
    assert fee_on(amounts, discount=0, cinema=cinema, channel=channel) == fee


@given(amounts=AMOUNTS, percent=st.integers(0, 100), per=st.sampled_from(["ticket", "order"]))
def test_there_is_no_fee_where_nothing_is_left_to_pay_for_the_seats(
    amounts: list[int], percent: int, per: str
) -> None:
    discount = discount_on(sum(amounts), percentage(percent) if percent else None)
    cinema = Cinema(booking_fee_amount=100, booking_fee_per=per)
    fee = fee_on(amounts, discount=discount, cinema=cinema, channel="site")
    assert (fee == 0) == (sum(amounts) == discount)


@given(amounts=AMOUNTS, percent=st.integers(0, 100), fee=st.integers(0, 5000))
def test_the_parts_of_an_order_add_up_to_its_total(amounts: list[int], percent: int, fee: int) -> None:
    discount = discount_on(sum(amounts), percentage(percent) if percent else None)
    shares = shares_of(amounts, discount=discount, fee=fee)
    assert sum(share.total for share in shares) == sum(amounts) - discount + fee
    assert sum(share.fee for share in shares) == fee
    assert all(0 <= share.amount <= amount for share, amount in zip(shares, amounts, strict=True))
    if any(amounts):
        assert all(share.fee == 0 for share, amount in zip(shares, amounts, strict=True) if amount == 0)


def test_each_seat_costs_what_its_zone_and_ticket_type_do(sale: Sale) -> None:
    order_id = sale.hold("A1", "A2", "B1", "B2", types=[None, "child", "adult", "child"])
    wanted = select(OrderLine.amount).where(OrderLine.order_id == order_id).order_by(OrderLine.seat_id)
    # Children pay in the sofas what they pay elsewhere: that zone has no price of its own for them.
    assert list(sale.read(lambda s: s.scalars(wanted).all())) == [PRICE_A, CHILD, PRICE_B, CHILD]
    assert sale.sums(order_id).total == PRICE_A + PRICE_B + 2 * CHILD


def test_what_the_price_list_does_not_sell_cannot_be_held(sale: Sale) -> None:
    with pytest.raises(TicketTypeNotSold, match="no ticket type 'senior'"):
        sale.hold("A1", types=["senior"])
    sale.write(lambda s: s.execute(update(Price).where(Price.amount == CHILD).values(zone="sofa")))
    sale.release(sale.hold("B1", types=["child"]))
    with pytest.raises(TicketTypeNotSold, match="A1: no price for child"):
        sale.hold("A1", types=["child"])


def test_without_a_price_list_everything_is_free_for_everybody(sale: Sale) -> None:
    sale.change_cinema(booking_fee_amount=100)
    order_id = sale.hold("1", "2", screening=sale.house.second_hall, types=["child", None])
    assert sale.sums(order_id).total == 0
    with pytest.raises(TicketTypeNotSold):
        sale.hold("3", screening=sale.house.second_hall, types=["senior"])


@pytest.mark.parametrize(("per", "fee", "fees"), [("ticket", 100, [50, 50]), ("order", 50, [25, 25])])
def test_the_buyer_sees_the_total_before_paying_and_the_tickets_add_up_to_it(
    sale: Sale, per: str, fee: int, fees: list[int]
) -> None:
    sale.change_cinema(booking_fee_amount=50, booking_fee_per=per)
    sale.promo("THIRD", value=33)
    order_id = sale.hold("A1", "B1")
    sale.apply(order_id, "THIRD")
    order = sale.order(order_id)
    discount = (33 * (PRICE_A + PRICE_B) + 50) // 100
    assert (order.fee_amount, order.discount_amount) == (fee, discount)
    assert order.total_amount == PRICE_A + PRICE_B - discount + fee
    sale.pay(order_id)
    tickets = sale.tickets(order_id).values()
    assert [ticket.fee_amount for ticket in tickets] == fees
    assert sum(ticket.amount + ticket.fee_amount for ticket in tickets) == order.total_amount
    assert sale.order(order_id).paid_amount == order.total_amount


def test_what_a_promo_code_gives_away_is_given_away_whole(sale: Sale) -> None:
    sale.change_cinema(booking_fee_amount=50)
    sale.promo("GUEST", value=100)
    order_id = sale.hold("A1", "B1")
    sale.apply(order_id, "GUEST")
    assert (sale.order(order_id).fee_amount, sale.sums(order_id).total) == (0, 0)
    sale.pay(order_id)
    assert {(one.amount, one.fee_amount) for one in sale.tickets(order_id).values()} == {(0, 0)}
    kept = sale.hold("A2")
    sale.apply(kept, "GUEST")
    sale.remove_promo(kept)
    assert sale.sums(kept).total == PRICE_A + 50
    sale.check_books()


def test_nothing_is_booked_at_the_counter(sale: Sale) -> None:
    sale.change_cinema(booking_fee_amount=50)
    assert sale.sums(sale.hold("A1", channel="counter")).total == PRICE_A
    assert sale.sums(sale.hold("A2")).total == PRICE_A + 50


def double_the_prices(session: Session) -> None:
    session.execute(update(Price).values(amount=Price.amount * 2))


def test_prices_that_change_do_not_change_what_is_held(sale: Sale) -> None:
    order_id = sale.hold("A1", types=["adult"])
    payment = sale.intend(sale.hold("A2"))
    sale.write(double_the_prices)
    sale.change_screening(sale.house.lettered, price_list_id=None)
    sale.extend(order_id)
    sale.promo("TENTH")
    sale.apply(order_id, "TENTH")
    assert sale.sums(order_id).total == PRICE_A * 9 // 10
    sale.pay(order_id)
    assert sale.tickets(order_id)["A1"].amount == PRICE_A * 9 // 10
    # Late, too.
    assert sale.settle(payment, now=END + (END - NOW))
    assert sale.sums(sale.hold("A3")).total == 0
    sale.check_books()


def test_whoever_chooses_anew_pays_the_new_price(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.write(double_the_prices)
    sale.change(order_id, "A1", "A2")
    assert sale.sums(order_id).total == 4 * PRICE_A
