"""Holds, and what becomes of them"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matinee.boxoffice.errors import (
    ContactMissing,
    HoldExpired,
    HouseSellingOut,
    NoSeats,
    PaymentUnderWay,
    SalesClosed,
    SeatNamedTwice,
    SeatsNotFree,
    StepNotAllowed,
    TicketTypeNotSold,
    TooManyExtensions,
    TooManySeats,
)
from matinee.boxoffice.models import Order, OrderEvent, OrderLine, SeatClaim, Ticket
from matinee.kernel.codes import hash_secret
from matinee.kernel.errors import DomainError
from matinee.outbox.models import Message
from matinee.programme.errors import ScreeningNotFound
from tests.boxoffice.interleaving import at_once
from tests.boxoffice.selling import END, HOLD, PAYMENT, TERMS, Sale
from tests.building import HOUSE_SEAT, LETTERED, NOW, PRICE_A, PRICE_B

SECOND = timedelta(seconds=1)


def test_a_hold_keeps_the_seats_for_some_minutes(sale: Sale) -> None:
    order = sale.order(sale.hold("A1", "B1"))
    assert (order.state, order.hold_expires_at, order.total_amount) == ("held", END, PRICE_A + PRICE_B)
    assert sale.claimed(order.id) == {"A1": END, "B1": END}
    (event,) = sale.events(order.id)
    assert (event.from_state, event.to_state, event.actor, event.at) == (
        None,
        "held",
        "user@example.com",
        NOW,
    )
    with pytest.raises(SeatsNotFree) as refused:
        sale.hold("A2", "A1")
    assert refused.value.labels == ("A1",)
    assert (sale.count(Order), sale.count(SeatClaim), sale.count(Ticket)) == (1, 2, 0)


def test_a_hold_becomes_a_sale_with_tickets_and_one_mail(sale: Sale) -> None:
    order_id = sale.hold("A1", "B1")
    sale.pay(order_id, now=END - SECOND)
    assert {label: ticket.amount for label, ticket in sale.tickets(order_id).items()} == {
        "A1": PRICE_A,
        "B1": PRICE_B,
    }
    order = sale.order(order_id)
    assert (order.state, order.hold_expires_at, order.paid_amount) == ("paid", None, PRICE_A + PRICE_B)
    assert sale.steps(order_id)[1:] == [("held", "paying"), ("paying", "paid")]
    (mail,) = sale.messages()
    assert (mail.kind, mail.recipient, mail.payload) == (
        "tickets",
        sale.buyer.username,
        {"order_id": order_id},
    )
    assert set(sale.claimed(order_id).values()) == {None}
    # Not even much later.
    with pytest.raises(SeatsNotFree):
        sale.hold("A1", now=NOW + timedelta(hours=12))


def test_a_hold_without_an_account_belongs_to_whoever_knows_its_secret(sale: Sale) -> None:
    order = sale.order(sale.hold("A1", known=False))
    assert (order.user_id, order.secret_hash) == (None, hash_secret("s3cret"))
    assert sale.order(sale.hold("A2")).secret_hash is None


def test_nobody_pays_before_it_is_known_where_the_tickets_go(sale: Sale) -> None:
    order_id = sale.hold("A1", known=False, email=None)
    with pytest.raises(ContactMissing):
        sale.intend(order_id)
    with pytest.raises(ContactMissing):
        sale.use_voucher(order_id, sale.voucher(PRICE_A))
    # At the counter they go from hand to hand.
    sale.pay(sale.hold("A2", known=False, email=None, channel="counter"))
    assert sale.mails() == []


def test_two_clicks_sell_once(sale: Sale) -> None:
    order_id = sale.hold("A1")
    payment = sale.pay(order_id)
    assert not sale.settle(payment)
    with pytest.raises(StepNotAllowed):
        sale.intend(order_id)
    assert (sale.count(Ticket), sale.count(Message)) == (1, 1)


@pytest.mark.parametrize("swept", [False, True])
def test_a_hold_that_ran_out_is_free_at_that_instant_swept_or_not(sale: Sale, swept: bool) -> None:
    order_id = sale.hold("A1")
    if swept:
        assert sale.sweep(END) == 1
    for act in (sale.intend, sale.extend):
        with pytest.raises(HoldExpired):
            act(order_id, now=END)
    with pytest.raises(HoldExpired):
        sale.change(order_id, "A2", now=END)
    second = sale.hold("A1", now=END)
    with pytest.raises(HoldExpired):
        sale.intend(order_id, now=END)
    assert sale.claimed(second) == {"A1": END + HOLD}
    assert sale.claimed(order_id) == {}


def test_a_request_that_was_slow_gets_no_seat_that_somebody_took_meanwhile(sale: Sale) -> None:
    slow = sale.hold("A1", "A2")
    second = sale.hold("A2", now=END)
    # It began a moment before its hold ended, by the clock that it read.
    for act in (sale.extend, sale.intend):
        with pytest.raises(HoldExpired):
            act(slow, now=END - SECOND)
    assert sale.claimed(second) == {"A2": END + HOLD}
    assert sale.claimed(slow) == {"A1": END}
    assert (sale.order(slow).extensions, sale.state(slow)) == (0, "held")


def test_the_sweeper_takes_only_what_ran_out_and_is_still_the_holds_own(sale: Sale) -> None:
    first = sale.hold("A1", "A2")
    assert sale.sweep(END - timedelta(microseconds=1)) == 0
    second = sale.hold("A1", now=END)
    assert sale.sweep(END) == 1
    assert (sale.state(first), sale.state(second)) == ("expired", "held")
    assert [(event.to_state, event.actor) for event in sale.events(first)][1:] == [("expired", "worker")]
    assert sale.count(SeatClaim) == 1
    assert sale.sweep(END) == 0
    assert sale.mails() == []
    sale.pay(second, now=END)


def test_the_sweeper_leaves_what_is_being_paid_until_that_runs_out(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.intend(order_id)
    assert sale.sweep(END) == 0
    assert sale.sweep(NOW + PAYMENT) == 1
    assert sale.steps(order_id)[-1] == ("paying", "expired")


def test_a_hold_may_be_given_back(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.release(order_id)
    assert sale.state(order_id) == "cancelled"
    assert sale.count(SeatClaim) == 0
    sale.hold("A1")
    for late in (sale.release, sale.intend, sale.extend):
        with pytest.raises(StepNotAllowed):
            late(order_id)
    assert sale.sums(order_id).outstanding == 0


def test_what_is_sold_is_no_hold_any_more(sale: Sale) -> None:
    order_id = sale.sold("A1")
    for act in (sale.release, sale.extend):
        with pytest.raises(StepNotAllowed):
            act(order_id)
    with pytest.raises(StepNotAllowed):
        sale.change(order_id, "A2")
    assert sale.tickets(order_id).keys() == {"A1"}


def test_refusals_have_their_order_and_leave_nothing(sale: Sale) -> None:
    house = sale.house
    sale.hold("2", screening=house.first_hall)
    before = [sale.count(model) for model in (Order, SeatClaim, OrderLine, OrderEvent)]
    two = replace(TERMS, seats_max=2)
    refusals: list[tuple[type[DomainError], list[str], dict[str, object]]] = [
        (NoSeats, [], {"screening": 10_000}),
        (SeatNamedTwice, ["1", "3", "1"], {"terms": two}),
        (TooManySeats, ["1", "3", "4"], {"terms": two, "screening": 10_000}),
        (ScreeningNotFound, ["1"], {"screening": 10_000}),
        (SalesClosed, ["99"], {"screening": house.closed}),
        (SalesClosed, ["1"], {"screening": house.begun}),
        (SeatsNotFree, ["99"], {"screening": house.first_hall}),
        (SeatsNotFree, [HOUSE_SEAT], {"screening": house.first_hall}),
        (SeatsNotFree, ["1", "2"], {"screening": house.first_hall, "types": ["adult", "pensioner"]}),
        (TicketTypeNotSold, ["A1"], {"types": ["pensioner"]}),
    ]
    for error, labels, more in refusals:
        with pytest.raises(error):
            sale.hold(*labels, **more)  # type: ignore[arg-type]
    assert [sale.count(model) for model in (Order, SeatClaim, OrderLine, OrderEvent)] == before


def test_who_is_refused_is_told_which_seats_are_not_free(sale: Sale) -> None:
    sale.hold("2", "10", screening=sale.house.first_hall)
    with pytest.raises(SeatsNotFree) as taken:
        sale.hold("10", "1", "2", screening=sale.house.first_hall)
    assert taken.value.labels == ("10", "2")
    with pytest.raises(SeatsNotFree) as not_for_sale:
        sale.hold("1", HOUSE_SEAT, "2", "99", screening=sale.house.first_hall)
    assert not_for_sale.value.labels == (HOUSE_SEAT, "99")


def test_a_hold_may_be_for_other_seats_and_ends_when_it_would_have(sale: Sale) -> None:
    order_id = sale.hold("A1", "A2")
    sale.change(order_id, "A2", "B1", "B2", now=NOW + SECOND)
    order = sale.order(order_id)
    assert sale.claimed(order_id) == {"A2": END, "B1": END, "B2": END}
    assert (order.total_amount, order.seats_asked) == (PRICE_A + 2 * PRICE_B, 3)
    sale.hold("A1")
    sale.change(order_id, "A2", types=["child"], now=NOW + SECOND)
    assert sale.order(order_id).total_amount == 100
    sale.pay(order_id)
    assert sale.tickets(order_id).keys() == {"A2"}


def test_a_change_that_is_refused_changes_nothing(sale: Sale) -> None:
    order_id = sale.hold("A1", "A2")
    sale.hold("A3")
    for labels, types, error in (
        (["A1", "A3"], None, SeatsNotFree),
        (["B1", "Z9"], None, SeatsNotFree),
        (["B1"], ["pensioner"], TicketTypeNotSold),
        ([], None, NoSeats),
        (["B1", "B1"], None, SeatNamedTwice),
    ):
        with pytest.raises(error):
            sale.change(order_id, *labels, types=types)
    with pytest.raises(TooManySeats):
        sale.change(order_id, *LETTERED, terms=replace(TERMS, seats_max=5))
    assert sale.claimed(order_id) == {"A1": END, "A2": END}
    assert sale.order(order_id).total_amount == 2 * PRICE_A


def test_what_is_being_paid_cannot_be_changed_or_extended(sale: Sale) -> None:
    order_id = sale.hold("A1")
    payment = sale.intend(order_id)
    with pytest.raises(PaymentUnderWay):
        sale.change(order_id, "A2")
    with pytest.raises(PaymentUnderWay):
        sale.extend(order_id)
    assert sale.fail(payment)
    sale.extend(order_id)
    sale.change(order_id, "A2")
    sale.use_voucher(order_id, sale.voucher(1))
    with pytest.raises(PaymentUnderWay):
        sale.change(order_id, "A1")


def test_a_hold_lives_a_whole_lifetime_from_its_extension_on(sale: Sale) -> None:
    order_id = sale.hold("A1", "A2")
    later = END - SECOND
    sale.extend(order_id, now=later)
    assert sale.order(order_id).hold_expires_at == later + HOLD
    assert set(sale.claimed(order_id).values()) == {later + HOLD}
    with pytest.raises(SeatsNotFree):
        sale.hold("A1", now=END)
    assert sale.sweep(END) == 0
    # A shorter lifetime never takes minutes away.
    sale.extend(order_id, now=later, terms=replace(TERMS, lifetime=SECOND))
    assert sale.order(order_id).hold_expires_at == later + HOLD


def test_a_hold_is_extended_as_often_as_the_terms_say(sale: Sale) -> None:
    order_id = sale.hold("A1")
    for number in range(TERMS.extensions_max):
        sale.extend(order_id, now=NOW + number * HOLD / 2)
    with pytest.raises(TooManyExtensions):
        sale.extend(order_id, now=NOW + 5 * HOLD)
    assert sale.order(order_id).extensions == TERMS.extensions_max == 10


def test_a_hold_is_not_extended_where_the_house_is_selling_out(sale: Sale) -> None:
    sale.change_cinema(selling_out_percent=50)
    order_id = sale.hold("A1", "A2")
    sale.extend(order_id)
    third = sale.hold("A3")
    with pytest.raises(HouseSellingOut):
        sale.extend(order_id)
    assert sale.order(order_id).hold_expires_at == END
    # What ran out counts no more, swept or not.
    sale.extend(sale.hold("A3", now=END), now=END)
    assert sale.state(third) == "held"


def test_a_hold_is_not_extended_once_the_sale_has_ended(sale: Sale) -> None:
    order_id = sale.hold("A1")
    sale.change_screening(sale.house.lettered, sales_end_at=NOW + SECOND)
    sale.extend(order_id)
    with pytest.raises(SalesClosed):
        sale.extend(order_id, now=NOW + SECOND)
    # Who holds may still pay.
    sale.pay(order_id, now=NOW + SECOND)


def test_holders_of_the_same_seats_get_all_of_them_or_none(sale: Sale) -> None:
    wishes = [("A1", "A2"), ("A2", "A3"), ("A3", "A4"), ("A4", "A1")]
    answers = at_once(sale.services, [lambda w=wish: sale.hold(*w) for wish in wishes])  # type: ignore[misc]
    held = {
        order_id: wish for order_id, wish in zip(answers, wishes, strict=True) if isinstance(order_id, int)
    }
    assert 1 <= len(held) <= 2
    assert all(isinstance(answer, int | SeatsNotFree) for answer in answers)
    for order_id, wish in held.items():
        assert sale.claimed(order_id).keys() == set(wish)
    assert sale.count(SeatClaim) == 2 * len(held)
    assert sale.count(Order) == len(held)


def test_clicks_at_once_extend_one_after_the_other(sale: Sale) -> None:
    order_id = sale.hold("A1")
    at_once(sale.services, [lambda: sale.extend(order_id)] * 4)
    assert sale.order(order_id).extensions == 4
