"""What an order costs: the lines, less the promo code's discount, plus the booking fee. All in minor units.

The server computes it whenever an order changes, and the buyer sees it before paying.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matinee.boxoffice.lines import lines_of
from matinee.boxoffice.models import Order, PromoCode
from matinee.kernel.money import allocate
from matinee.programme.models import Cinema, Screening

# At the counter nothing is booked.
CHANNELS_WITHOUT_FEE = ("counter", "given")


@dataclass(frozen=True, slots=True)
class Totals:
    """An order's sums. `total` = the lines' amounts - `discount` + `fee`."""

    discount: int
    fee: int
    total: int


def discount_on(subtotal: int, promo: PromoCode | None) -> int:
    """What the promo code takes off; half a unit is rounded up, and never more than there is."""
    if promo is None:
        return 0
    if promo.kind == "percentage":
        return (subtotal * promo.value + 50) // 100
    return min(promo.value, subtotal)


def fee_on(amounts: Sequence[int], *, discount: int, cinema: Cinema, channel: str) -> int:
    """The booking fee: for each ticket that costs something, or once for an order that does.

    None where the discount leaves nothing to pay for the seats: what is given away is given away whole.
    """
    if channel in CHANNELS_WITHOUT_FEE or sum(amounts) <= discount:
        return 0
    priced = sum(1 for amount in amounts if amount)
    times = priced if cinema.booking_fee_per == "ticket" else min(priced, 1)
    return times * cinema.booking_fee_amount


def reprice_order(session: Session, *, order: Order) -> None:
    """Work out discount, fee and total of an order from its lines, and keep them on it."""
    amounts = [line.amount for line in lines_of(session, order=order)]
    cinema = session.get_one(Cinema, session.get_one(Screening, order.screening_id).cinema_id)
    promo = session.get(PromoCode, order.promo_code_id) if order.promo_code_id is not None else None
    order.discount_amount = discount_on(sum(amounts), promo)
    order.fee_amount = fee_on(amounts, discount=order.discount_amount, cinema=cinema, channel=order.channel)
    order.total_amount = sum(amounts) - order.discount_amount + order.fee_amount
    session.flush()


@dataclass(frozen=True, slots=True)
class Share:
    """What one seat costs in the end: its amount less its part of the discount, and its part of the fee."""

    amount: int
    fee: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.amount + self.fee


def shares_of(amounts: Sequence[int], *, discount: int, fee: int) -> list[Share]:
    """The parts of an order's total that its seats with these amounts have; they add up to the total exactly."""
    discounts = allocate(discount, amounts)
    fees = allocate(fee, [1 if amount else 0 for amount in amounts])
    return [
        Share(amount - off, charged) for amount, off, charged in zip(amounts, discounts, fees, strict=True)
    ]
