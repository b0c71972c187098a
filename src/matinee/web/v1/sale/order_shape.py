"""What the API tells about an order, from a hold to what was given back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from matinee.web.v1.sale import examples
from matinee.web.v1.shapes import Moment, Money, Shape

OrderState = Literal["held", "paying", "due", "paid", "refunded", "cancelled", "expired"]
TicketState = Literal["valid", "refunded", "cancelled", "exchanged"]
PaymentState = Literal["starting", "pending", "settled", "failed"]


class OrderScreeningShape(Shape, example=examples.SCREENING):
    """The screening that an order or a ticket is for."""

    id: int
    film: str = Field(description="The title.")
    starts_at: Moment
    ends_at: Moment
    hall: str
    cinema: str = Field(description="The cinema's slug.")
    cancelled: bool


class OrderSeatShape(Shape):
    """A seat that the order is for."""

    label: str
    row: str
    place: str
    kind: str
    zone: str
    ticket_type: str | None
    amount: Money = Field(description="Before any discount and fee.")


class OrderTicketShape(Shape):
    """A ticket that was issued for the order. Whoever knows its id has it."""

    id: str | None = Field(
        description="Null for one that the buyer handed over to somebody: its holder knows it, and staff that may read all "
        "orders."
    )
    state: TicketState
    seat: str = Field(description="The seat's label.")
    ticket_type: str | None
    amount: Money = Field(description="With its part of the discount taken off.")
    fee: Money = Field(description="Its part of the booking fee.")


class OrderPaymentShape(Shape):
    """A payment that was begun for the order."""

    id: str
    provider: str
    state: PaymentState
    amount: Money
    refunded: Money


class OrderShape(Shape, example=examples.ORDER):
    """Seats of one screening that one buyer holds or has bought."""

    code: str = Field(description="What people read out at the counter.")
    state: OrderState = Field(
        description="`held`: seats are kept. `paying`: a payment has begun. `due`: the tickets are issued, the counter "
        "takes the money. `expired`: the time was over before it was paid."
    )
    created_at: Moment
    expires_at: Moment | None = Field(
        description="When the seats are free again, unless they are sold by then."
    )
    warn_at: Moment | None = Field(description="When to ask whether more time is wanted: two minutes before.")
    extensions_left: int = Field(description="How often the hold can still be extended.")
    channel: str = Field(description="Through which surface it was made.")
    email: str | None = Field(description="Where its mail goes.")
    promo_code: str | None
    screening: OrderScreeningShape
    seats: list[OrderSeatShape]
    subtotal: Money = Field(description="What the seats cost together.")
    discount: Money = Field(description="What the promo code takes off.")
    fee: Money = Field(description="The booking fee.")
    total: Money = Field(
        description="`subtotal` - `discount` + `fee`. Once tickets were given back: what the valid ones cost and what "
        "was refunded, together."
    )
    paid: Money
    refunded: Money
    outstanding: Money = Field(description="What is left to pay.")
    payments: list[OrderPaymentShape]
    tickets: list[OrderTicketShape]
    links: dict[str, str] = Field(description="The order, its screening, and the steps that it allows now.")
