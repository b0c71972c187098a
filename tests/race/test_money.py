"""A thousand people fight for two hundred seats, pay late, twice or not at all: the money adds up, to the unit."""

from __future__ import annotations

import json
import select as system_select
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matinee.boxoffice.holds import release_expired_holds
from matinee.boxoffice.models import (
    Order,
    OrderEvent,
    OrderPayment,
    PromoCode,
    SeatClaim,
    Ticket,
    Voucher,
    VoucherEntry,
)
from matinee.boxoffice.promo_codes import create_promo_code
from matinee.boxoffice.vouchers import create_voucher
from matinee.kernel import clock
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Cinema, Price, PriceList, Screening, TicketType
from tests.race.ledger import build_house, opened
from tests.race.processes import ROOT

HOLDERS = 1000
SEATS = 200
PROCESSES = 4
# Half a minute on a quiet machine.
SECONDS_MAX = 200
PROMO, USES_MAX = "LAST", 15
VOUCHER_AMOUNT = 100_000


@dataclass(frozen=True)
class Played:
    """What the processes tell of."""

    happened: Counter[str]
    errors: list[str]


@contextmanager
def players(plan: dict[str, Any]) -> Iterator[list[subprocess.Popen[str]]]:
    started = []
    try:
        for number in range(PROCESSES):
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.race.holders"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            started.append(process)
            assert process.stdin is not None
            process.stdin.write(json.dumps({**plan, "seeds": list(range(number, HOLDERS, PROCESSES))}) + "\n")
            process.stdin.flush()
        for process in started:
            assert process.stdout is not None
            readable, _, _ = system_select.select([process.stdout], [], [], 30)
            assert readable, "a process of holders does not say that it is ready"
            assert process.stdout.readline() == "ready\n"
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def play(plan: dict[str, Any]) -> Played:
    happened: Counter[str] = Counter()
    errors: list[str] = []
    with players(plan) as started:
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in started:
            said, _ = process.communicate(timeout=SECONDS_MAX)
            assert process.returncode == 0
            told = json.loads(said)
            happened.update(told["happened"])
            errors += told["errors"]
    return Played(happened, errors)


def price_the_screening(session: Session) -> dict[str, Any]:
    """Give the one screening of the house prices, a booking fee, a promo code and a voucher; return the plan."""
    cinema, screening = session.scalars(select(Cinema)).one(), session.scalars(select(Screening)).one()
    cinema.booking_fee_amount = 35
    cinema.selling_out_percent = 100
    ticket_type = TicketType(cinema_id=cinema.id, code="adult", name="Adult")
    prices = PriceList(cinema_id=cinema.id, name="evening")
    session.add_all([ticket_type, prices])
    session.flush()
    session.add(Price(price_list_id=prices.id, zone="standard", ticket_type_id=ticket_type.id, amount=999))
    screening.price_list_id = prices.id
    now = clock.now()
    create_promo_code(
        session, cinema_id=cinema.id, code=PROMO, kind="percentage", value=7, uses_max=USES_MAX, now=now
    )
    _, code = create_voucher(session, cinema=cinema, amount=VOUCHER_AMOUNT, valid_until=None, now=now)
    return {"screening": screening.id, "seats": SEATS, "promo": PROMO, "voucher": code}


@pytest.mark.timeout(300)
def test_money_taken_is_valid_tickets_and_refunds(postgresql_url: str) -> None:
    build_house(postgresql_url, seats=SEATS, people=1)
    with opened(postgresql_url) as session:
        plan = price_the_screening(session)

    played = play({**plan, "url": postgresql_url})

    assert played.errors == []
    assert played.happened["held"] > HOLDERS / 4
    with opened(postgresql_url) as session:
        # Later than any hold can last: what is left of them is over.
        while release_expired_holds(session, now=clock.now() + timedelta(hours=1)):
            session.flush()
        check_seats(session)
        check_money(session)
        check_offers(session)
        told = what_became_of_payments(session)
    # The test would prove nothing if one of these never came about.
    assert min(told.values()) > 0, told
    for what in (
        "discounted",
        "paid by voucher",
        "extended",
        "released",
        "given back",
        "one given back",
        "swept",
    ):
        assert played.happened[what] > 0, played.happened


def check_seats(session: Session) -> None:
    valid = session.scalars(select(Ticket).where(Ticket.state == "valid")).all()
    assert len({ticket.seat_id for ticket in valid}) == len(valid), "a seat was sold twice"
    claims = session.scalars(select(SeatClaim)).all()
    assert {(claim.seat_id, claim.order_id, claim.expires_at) for claim in claims} == {
        (ticket.seat_id, ticket.order_id, None) for ticket in valid
    }


def check_money(session: Session) -> None:
    payments = session.scalars(select(Payment).where(Payment.state == "settled")).all()
    refunds = session.scalars(select(PaymentRefund)).all()
    worth: Counter[int] = Counter()
    for ticket in session.scalars(select(Ticket).where(Ticket.state == "valid")):
        worth[ticket.order_id] += ticket.amount + ticket.fee_amount
    taken = sum(payment.amount for payment in payments)
    assert taken == sum(worth.values()) + sum(refund.amount for refund in refunds)
    for order in session.scalars(select(Order)):
        assert order.state in ("paid", "refunded", "cancelled", "expired")
        assert order.paid_amount - order.refunded_amount == worth[order.id]
    links = {link.payment_id: link for link in session.scalars(select(OrderPayment))}
    for payment in payments:
        returned = sum(refund.amount for refund in refunds if refund.payment_id == payment.id)
        assert payment.refunded_amount == returned
        # What was not accepted went back whole.
        assert links[payment.id].accepted or returned == payment.amount


def check_offers(session: Session) -> None:
    promo = session.scalars(select(PromoCode)).one()
    used = session.scalars(select(Order).where(Order.promo_code_id == promo.id, Order.state == "paid")).all()
    assert 0 < len(used) <= USES_MAX
    voucher = session.scalars(select(Voucher)).one()
    entries = session.scalars(select(VoucherEntry)).all()
    assert voucher.balance == VOUCHER_AMOUNT + sum(entry.amount for entry in entries)


def what_became_of_payments(session: Session) -> dict[str, int]:
    steps = session.execute(select(Order.id).where(Order.state == "paid", Order.seats_asked > 0)).all()
    late = session.scalars(
        select(PaymentRefund.reason).where(PaymentRefund.reason.contains("its seats were taken"))
    ).all()
    twice = session.scalars(
        select(PaymentRefund.reason).where(PaymentRefund.reason == "The order was paid already.")
    ).all()
    retaken = session.execute(
        select(Order.id).where(Order.state.in_(("paid", "refunded")), Order.id.in_(expired_once()))
    ).all()
    return {"sold": len(steps), "late": len(late), "twice": len(twice), "late and sold": len(retaken)}


def expired_once() -> Select[tuple[int]]:
    return select(OrderEvent.order_id).where(OrderEvent.to_state == "expired")
