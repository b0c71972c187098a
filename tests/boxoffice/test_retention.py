"""Forgetting who bought long ago"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary, cast, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from matinee.accounts.audit import record_audit
from matinee.accounts.models import AuditEntry, User
from matinee.accounts.roles import grant_role
from matinee.boxoffice.hand_overs import hand_over_ticket
from matinee.boxoffice.models import Order, OrderEvent, OrderPayment, Ticket
from matinee.boxoffice.orders import record_note
from matinee.boxoffice.refunds import refund_order
from matinee.boxoffice.retention import (
    Forgettable,
    Forgotten,
    count_forgettable,
    forget_next,
    forgets_before,
)
from matinee.boxoffice.visits import past_tickets
from matinee.db.base import Base
from matinee.kernel.codes import hash_secret
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.payments.models import Payment, PaymentRefund
from matinee.payments.refunds import hand_out_refund
from matinee.programme.models import Screening
from tests.boxoffice.selling import GUEST, Sale
from tests.building import NOW, add_buyer

FRIEND = "friend@example.org"
CLERK = "clerk@example.org"
DAYS = 730
LATER = NOW + timedelta(days=DAYS + 3)
BEFORE = LATER - timedelta(days=DAYS)
SECRET_HASH = hash_secret("s3cret")


def forget_all(sale: Sale, *, before: datetime = BEFORE, now: datetime = LATER) -> list[Forgotten]:
    done: list[Forgotten] = []
    while True:
        behind = done[-1].place if done else None
        one = sale.write(lambda s, behind=behind: forget_next(s, before=before, behind=behind, now=now))
        if one is None:
            return done
        done.append(one)


def where_it_stands(session: Session, text: str) -> list[str]:
    """Every column of every table in which the text stands, whatever its type."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, LargeBinary):
                values = session.scalars(select(column).where(column.is_not(None))).all()
                holds = any(text.encode() in value for value in values)
            else:
                holds = session.scalar(
                    select(func.count()).select_from(table).where(cast(column, String).contains(text))
                )
            if holds:
                found.append(f"{table.name}.{column.name}")
    return found


def figures(session: Session) -> dict[str, Any]:
    """Everything that reports add up, row by row."""

    def rows(*columns: Any) -> list[Any]:
        return [tuple(row) for row in session.execute(select(*columns).order_by(*columns))]

    return {
        "tickets": rows(
            Ticket.id, Ticket.order_id, Ticket.screening_id, Ticket.seat_id, Ticket.state, Ticket.amount,
            Ticket.fee_amount, func.coalesce(Ticket.sold_at, NOW), func.coalesce(Ticket.returned_at, NOW),
        ),
        "orders": rows(
            Order.id, Order.code, Order.state, Order.channel, Order.total_amount, Order.paid_amount,
            Order.refunded_amount, Order.fee_amount, Order.discount_amount, func.coalesce(Order.clerk_id, 0),
        ),
        "payments": rows(
            Payment.id, Payment.provider, Payment.amount, Payment.refunded_amount, Payment.state,
            func.coalesce(Payment.settled_at, NOW),
        ),
        "refunds": rows(PaymentRefund.id, PaymentRefund.amount, PaymentRefund.state),
        "accepted": rows(OrderPayment.payment_id, OrderPayment.order_id, OrderPayment.accepted),
        "steps": rows(OrderEvent.id, OrderEvent.order_id, OrderEvent.to_state, OrderEvent.at),
    }  # fmt: skip


@pytest.fixture
def clerk(sale: Sale) -> int:
    def join(session: Session) -> int:
        member = add_buyer(session, CLERK)
        grant_role(session, user=session.get_one(User, member.id), role="counter")
        return member.id

    return sale.write(join)


@pytest.fixture
def endpoint(sale: Sale) -> None:
    sale.write(
        lambda s: s.add(
            WebhookEndpoint(public_id="e", url="https://x.example", secret="s",
                            events=" order.paid order.refunded ", created_at=NOW)
        )
    )  # fmt: skip


def settle_refunds(sale: Sale) -> None:
    """All money that goes back has arrived."""

    def work(session: Session) -> None:
        for refund in session.scalars(select(PaymentRefund)):
            refund.state = "succeeded"

    sale.write(work)


def a_guests_order(sale: Sale, clerk: int) -> int:
    """Bought, handed over in part, given back in part, looked after by staff who wrote the address down."""
    order_id = sale.sold("A1", "A2", "A3", known=False)
    code = sale.order(order_id).code

    def work(session: Session) -> None:
        order = session.get_one(Order, order_id)
        ticket_id = sale_ticket(session, order_id)
        hand_over_ticket(session, order=order, ticket_id=ticket_id, email=FRIEND, actor=GUEST, now=NOW)
        record_note(session, order=order, actor=CLERK, now=NOW, note=f"called {GUEST}")
        record_audit(
            session, actor=CLERK, action="order.contact", subject=f"order:{code}",
            summary=f"Mail goes to {GUEST}", details={"was": [FRIEND], "is": {"email": GUEST}}, now=NOW,
        )  # fmt: skip
        order.clerk_id = clerk

    sale.write(work)
    sale.refund_some(order_id, "A2")
    settle_refunds(sale)
    return order_id


def sale_ticket(session: Session, order_id: int) -> str:
    wanted = select(Ticket.id).where(Ticket.order_id == order_id, Ticket.state == "valid").order_by(Ticket.id)
    return session.scalars(wanted).first() or ""


@pytest.mark.usefixtures("endpoint")
def test_nothing_says_any_more_who_bought_and_every_figure_is_the_same(sale: Sale, clerk: int) -> None:
    order_id = a_guests_order(sale, clerk)
    places = sale.read(lambda s: where_it_stands(s, GUEST))
    assert {"sale_order.contact_email", "outbox.recipient", "audit_entry.summary", "audit_entry.details"} <= {
        *places
    }
    assert sale.read(lambda s: where_it_stands(s, SECRET_HASH)) == ["sale_order.secret_hash"]
    assert any("order_id" in one.payload for one in sale.read(lambda s: s.scalars(select(Message)).all()))
    before = sale.read(figures)
    assert before["refunds"]
    assert [one.orders for one in forget_all(sale) if one.orders] == [1]
    for gone in (GUEST, FRIEND, SECRET_HASH):
        assert sale.read(lambda s, gone=gone: where_it_stands(s, gone)) == []
    assert sale.read(figures) == before
    sale.check_books()
    # What was told to programs about it is gone, too.
    assert sale.read(lambda s: s.scalars(select(Message)).all()) == []
    assert {event.actor for event in sale.events(order_id)} >= {CLERK, "buyer"}
    assert sale.read(lambda s: s.scalars(select(AuditEntry)).one()).actor == CLERK


def test_an_account_loses_its_orders_of_long_ago_and_keeps_the_rest(sale: Sale) -> None:
    old = sale.sold("A1")
    name = sale.buyer.username
    sale.write(
        lambda s: record_note(s, order=s.get_one(Order, old), actor=name, now=NOW, note="looked at it")
    )
    young = sale.sold("1", screening=sale.house.elsewhere)
    sale.change_screening(sale.house.elsewhere, ends_at=LATER - timedelta(days=1))
    forget_all(sale)
    assert sale.order(old).user_id is None
    assert sale.order(young).user_id == sale.buyer.id
    assert {event.actor for event in sale.events(old)} & {name} == set()
    assert sale.events(young)
    told = sale.read(lambda s: s.scalars(select(Message.payload)).all())
    assert [one["order_id"] for one in told] == [young]


def test_what_ended_later_is_remembered(sale: Sale) -> None:
    order_id = sale.sold("A1", known=False)
    ends_at = sale.read(lambda s: s.get_one(Screening, sale.house.lettered)).ends_at
    forget_all(sale, before=ends_at)
    assert sale.order(order_id).contact_email == GUEST
    forget_all(sale, before=ends_at + timedelta(seconds=1))
    assert sale.order(order_id).contact_email is None


def test_a_screening_is_forgotten_once(sale: Sale) -> None:
    sale.sold("A1", known=False)
    assert len(forget_all(sale)) == 8, "every screening, with orders or without"
    assert forget_all(sale) == []
    assert sale.read(lambda s: s.get_one(Screening, sale.house.lettered)).forgotten_at == LATER


@pytest.mark.parametrize("state", ["pending", "by_hand", "failed"])
def test_an_order_whose_money_is_still_on_its_way_back_waits_for_it(sale: Sale, state: str) -> None:
    waiting, other = sale.sold("A1", known=False), sale.sold("A2", known=False)
    sale.write(
        lambda s: refund_order(s, order=s.get_one(Order, waiting), actor="counter", reason="", now=NOW)
    )

    def stop(session: Session) -> str:
        refund = session.scalars(select(PaymentRefund)).one()
        refund.state = state
        return refund.public_id

    public_id = sale.write(stop)
    done = forget_all(sale)
    assert sum(one.orders_waiting for one in done) == 1
    assert sale.order(waiting).contact_email == GUEST
    assert sale.order(other).contact_email is None
    assert sale.read(lambda s: s.get_one(Screening, sale.house.lettered)).forgotten_at is None
    assert sale.read(lambda s: count_forgettable(s, before=BEFORE)) == Forgettable(1, 1, 1)
    if state == "pending":
        settle_refunds(sale)
    else:
        sale.write(lambda s: hand_out_refund(s, public_id=public_id, now=LATER).id)
    forget_all(sale)
    assert sale.order(waiting).contact_email is None
    assert sale.read(lambda s: count_forgettable(s, before=BEFORE)) == Forgettable(0, 0, 0)


def test_an_order_that_is_being_paid_waits(sale: Sale) -> None:
    order_id = sale.hold("A1", known=False)
    sale.intend(order_id)
    forget_all(sale)
    assert sale.order(order_id).contact_email == GUEST


def test_an_order_that_nobody_ever_paid_is_forgotten(sale: Sale) -> None:
    order_id = sale.hold("A1", known=False)
    sale.sweep(NOW + timedelta(days=1))
    assert sale.state(order_id) == "expired"
    forget_all(sale)
    assert sale.order(order_id).contact_email is None


def test_staff_who_sold_stay_in_the_trail_also_when_they_left(sale: Sale, clerk: int) -> None:
    order_id = sale.sold("A1", known=False)
    names = ("left@example.org", "seller@example.org", CLERK, "worker", "key Website", GUEST)

    def work(session: Session) -> None:
        order = session.get_one(Order, order_id)
        for name in names:
            record_note(session, order=order, actor=name, now=NOW, note="")
        record_audit(session, actor="left@example.org", action="a.b", subject="x", summary="", now=NOW)
        order.clerk_id = add_buyer(session, "seller@example.org").id

    sale.write(work)
    forget_all(sale)
    actors = {event.actor for event in sale.events(order_id)}
    assert {*names} - {GUEST} <= actors
    assert GUEST not in actors


def test_a_member_of_the_staff_who_bought_is_a_buyer_there(sale: Sale) -> None:
    order_id = sale.sold("A1")
    name = sale.buyer.username

    def work(session: Session) -> None:
        grant_role(session, user=session.get_one(User, sale.buyer.id), role="usher")
        record_note(session, order=session.get_one(Order, order_id), actor=name, now=NOW, note="")

    sale.write(work)
    forget_all(sale)
    assert name not in {event.actor for event in sale.events(order_id)}


def test_the_account_shows_them_no_more(sale: Sale) -> None:
    sale.sold("A1")

    def past(session: Session) -> int:
        return len(past_tickets(session, user_id=sale.buyer.id, now=LATER, limit=10))

    assert sale.read(past) == 1
    forget_all(sale)
    assert sale.read(past) == 0


def test_for_no_days_nobody_is_ever_forgotten() -> None:
    assert forgets_before(days=0, now=NOW) is None
    assert forgets_before(days=730, now=LATER) == BEFORE
