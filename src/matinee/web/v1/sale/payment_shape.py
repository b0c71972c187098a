"""A payment as the API tells it."""

from __future__ import annotations

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order
from matinee.payments.models import Payment
from matinee.programme.models import Cinema, Screening
from matinee.web.v1.blueprint import PREFIX
from matinee.web.v1.sale import examples
from matinee.web.v1.sale.order_shape import PaymentState
from matinee.web.v1.shapes import Moment, Money, Shape, in_zone


class PaymentShape(Shape, example=examples.PAYMENT):
    """Money for an order, through one provider."""

    id: str
    order: str = Field(description="The code of its order.")
    provider: str
    state: PaymentState = Field(
        description="`starting`: the provider has not answered yet. `pending`: the payer is at it, or is awaited at the "
        "counter. `settled`: the money is there."
    )
    amount: Money
    refunded: Money
    redirect_url: str | None = Field(
        description="Where the payer's browser goes to pay, where there is such a page."
    )
    failure: str | None = Field(description="Why no money came.")
    created_at: Moment
    expires_at: Moment | None = Field(description="Until when it can be paid.")
    settled_at: Moment | None
    links: dict[str, str]


def told_payment(session: Session, *, payment: Payment, order: Order) -> PaymentShape:
    """The payment as it is now."""
    zone = session.execute(
        select(Cinema.timezone)
        .join(Screening, Screening.cinema_id == Cinema.id)
        .where(Screening.id == order.screening_id)
    ).scalar_one()
    return PaymentShape(
        id=payment.public_id,
        order=order.code,
        provider=payment.provider,
        state=payment.state,
        amount=Money(amount=payment.amount, currency=payment.currency),
        refunded=Money(amount=payment.refunded_amount, currency=payment.currency),
        redirect_url=payment.redirect_url or None,
        failure=payment.failure or None,
        created_at=in_zone(payment.created_at, zone),
        expires_at=in_zone(payment.expires_at, zone) if payment.expires_at else None,
        settled_at=in_zone(payment.settled_at, zone) if payment.settled_at else None,
        links={"self": payment_path(payment), "order": f"{PREFIX}/orders/{order.code}"},
    )


def payment_path(payment: Payment) -> str:
    """Where the payment is."""
    return f"{PREFIX}/payments/{payment.public_id}"
