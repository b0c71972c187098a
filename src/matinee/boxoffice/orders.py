"""Orders: finding and locking one, and the one function through which its state changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import HoldExpired, OrderNotFound, StepNotAllowed
from matinee.boxoffice.locks import join_buyers
from matinee.boxoffice.models import ORDER_CODE_LENGTH, Order, OrderEvent
from matinee.db.counting import count_when_committed
from matinee.kernel.codes import TYPEABLE, random_code
from matinee.outbox.webhooks.events import announce_event
from matinee.programme.models import Screening

# `due`: the tickets are issued, money is still to be taken.
ALLOWED_STEPS: dict[str | None, frozenset[str]] = {
    None: frozenset({"held", "due", "paid"}),
    "held": frozenset({"paying", "due", "paid", "cancelled", "expired"}),
    "paying": frozenset({"held", "paid", "cancelled", "expired"}),
    "due": frozenset({"paid", "refunded", "cancelled"}),
    # `due`: it was exchanged for something dearer.
    "paid": frozenset({"due", "refunded", "cancelled"}),
    # A payment that arrives after the hold ran out takes the seats again if they are free.
    # `cancelled`: what it was for is shown no more as it was then.
    "expired": frozenset({"paid", "cancelled"}),
    "refunded": frozenset(),
    "cancelled": frozenset(),
}
# What other programs are told when an order gets there.
EVENTS = {"paid": "order.paid", "refunded": "order.refunded"}
UNPAID = ("held", "paying")
SOLD = ("due", "paid")


def new_order_code() -> str:
    """A code that people can read out: 10 characters of 30, 49 bits."""
    return random_code(ORDER_CODE_LENGTH, TYPEABLE)


def find_order(session: Session, *, code: str) -> Order:
    """The order of this code, in whatever state. Raises OrderNotFound."""
    if not (code.isascii() and code.isalnum()):
        # Not a question for the database, which would refuse some characters.
        raise OrderNotFound
    found = session.scalars(select(Order).where(Order.code == code.upper())).one_or_none()
    if found is None:
        raise OrderNotFound
    return found


def lock_order(session: Session, order: Order) -> Screening:
    """Wait for whoever changes the order or its screening, then keep them out until the transaction ends.

    Everything that changes an order begins with this, so that two clicks at once are one after the other. The screening
    comes first, as with everybody who changes one: nobody waits for another in a circle. Return the screening.
    """
    while True:
        screening = join_buyers(session, screening_id=order.screening_id)
        session.refresh(order, with_for_update=True)
        if screening.id == order.screening_id:
            return screening
        # The order was exchanged meanwhile.


def require_live_hold(order: Order, *, now: datetime) -> None:
    """Raise StepNotAllowed for an order that is no hold, HoldExpired for one whose time is over, swept or not."""
    if has_run_out(order, now=now):
        raise HoldExpired
    if order.state not in UNPAID:
        raise StepNotAllowed(f"An order that is {order.state} is no hold.")


def has_run_out(order: Order, *, now: datetime) -> bool:
    """Whether the order was a hold and its time is over, swept or not."""
    return order.state == "expired" or (order.hold_expires_at is not None and order.hold_expires_at <= now)


def state_at(order: Order, *, now: datetime) -> str:
    """The order's state, in which a hold that ran out is `expired`, swept or not."""
    return "expired" if has_run_out(order, now=now) else order.state


def outstanding_amount(order: Order) -> int:
    """What is still to be paid, in minor units.

    What was paid for a hold that ended went back without a trace in the total. Of a sold order, the total is what its
    valid tickets cost and what was refunded for others together, so that refunds are in it already. For an order that was
    given back or cancelled nothing is to be paid; an expired one may still be paid late.
    """
    if order.state in SOLD:
        return order.total_amount - order.paid_amount
    if order.state in ("refunded", "cancelled"):
        return 0
    return order.total_amount - order.paid_amount + order.refunded_amount


def recipient_of(order: Order) -> str | None:
    """Where mail about the order goes; None where nobody said."""
    if order.contact_email:
        return order.contact_email
    return order.user.username if order.user is not None else None


def record_step(
    session: Session, *, order: Order, to_state: str, actor: str, now: datetime, note: str = ""
) -> None:
    """Move the order on, write down when, who and what, and tell those who asked for it. Raises StepNotAllowed."""
    if to_state not in ALLOWED_STEPS[order.state]:
        raise StepNotAllowed(f"An order that is {order.state} cannot become {to_state}.")
    event = OrderEvent(
        order_id=order.id, at=now, actor=actor, from_state=order.state, to_state=to_state, note=note
    )
    count_when_committed(
        session, "order_steps", from_state=order.state, to_state=to_state, channel=order.channel
    )
    order.state = to_state
    if to_state not in UNPAID:
        order.hold_expires_at = None
    session.add(event)
    session.flush()
    _announce(session, order, now=now)


def record_note(session: Session, *, order: Order, actor: str, now: datetime, note: str) -> None:
    """Write down what happened to the order without moving it on."""
    session.add(
        OrderEvent(
            order_id=order.id, at=now, actor=actor, from_state=order.state, to_state=order.state, note=note
        )
    )
    session.flush()


def record_start(session: Session, *, order: Order, actor: str, now: datetime) -> None:
    """Write down that the order was made in the state it has, and tell those who asked for it. Raises StepNotAllowed."""
    if order.state not in ALLOWED_STEPS[None]:
        raise StepNotAllowed(f"An order cannot begin as {order.state}.")
    session.add(OrderEvent(order_id=order.id, at=now, actor=actor, from_state=None, to_state=order.state))
    count_when_committed(
        session, "order_steps", from_state="new", to_state=order.state, channel=order.channel
    )
    session.flush()
    _announce(session, order, now=now)


def _announce(session: Session, order: Order, *, now: datetime) -> None:
    event = EVENTS.get(order.state)
    if event is not None:
        announce_event(session, event=event, payload={"order_id": order.id}, now=now)
