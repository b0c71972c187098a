"""Orders: how one is made and the one function through which its state changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.boxoffice.errors import StepNotAllowed
from matinee.boxoffice.models import ORDER_CODE_LENGTH, Order, OrderEvent
from matinee.kernel.codes import TYPEABLE, random_code

# `due`: the tickets are issued, the money is taken at the counter.
ALLOWED_STEPS: dict[str | None, frozenset[str]] = {
    None: frozenset({"held", "due", "paid"}),
    "held": frozenset({"paying", "due", "paid", "cancelled", "expired"}),
    "paying": frozenset({"held", "paid", "cancelled", "expired"}),
    "due": frozenset({"paid", "cancelled"}),
    "paid": frozenset({"refunded", "cancelled"}),
    # A payment that arrives after the hold ran out takes the seats again if they are free.
    "expired": frozenset({"paid"}),
    "refunded": frozenset(),
    "cancelled": frozenset(),
}


def new_order_code() -> str:
    """A code that people can read out: 10 characters of 30, 49 bits."""
    return random_code(ORDER_CODE_LENGTH, TYPEABLE)


def record_step(
    session: Session, *, order: Order, to_state: str, actor: str, now: datetime, note: str = ""
) -> None:
    """Move the order on and write down when, who and what. Raises StepNotAllowed."""
    if to_state not in ALLOWED_STEPS[order.state]:
        raise StepNotAllowed(f"An order that is {order.state} cannot become {to_state}.")
    event = OrderEvent(
        order_id=order.id, at=now, actor=actor, from_state=order.state, to_state=to_state, note=note
    )
    order.state = to_state
    if to_state not in ("held", "paying"):
        order.hold_expires_at = None
    session.add(event)
    session.flush()


def record_start(session: Session, *, order: Order, actor: str, now: datetime) -> None:
    """Write down that the order was made in the state it has. Raises StepNotAllowed."""
    if order.state not in ALLOWED_STEPS[None]:
        raise StepNotAllowed(f"An order cannot begin as {order.state}.")
    session.add(OrderEvent(order_id=order.id, at=now, actor=actor, from_state=None, to_state=order.state))
    session.flush()
