"""POST /orders/{code}/payments, GET /payments/{payment_id}, GET /payment-providers"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.access import Asker, order_changed_by, payment_seen_by
from matinee.boxoffice.checkout import (
    PaymentTerms,
    intend_payment_of_locked,
    provider_named,
    start_payment,
    take_money,
)
from matinee.boxoffice.errors import (
    ContactMissing,
    HoldExpired,
    NothingToPay,
    OrderNotFound,
    PaidTooLate,
    PromoCodeUsedUp,
    SomethingToPay,
    StepNotAllowed,
    VoucherEmpty,
    VoucherNotValid,
)
from matinee.boxoffice.payment_time import COUNTER
from matinee.boxoffice.vouchers import pay_with_voucher
from matinee.payments.errors import (
    PaymentNotFound,
    PaymentRefused,
    ProviderNotForYou,
    ProviderNotFound,
    ProviderUnavailable,
)
from matinee.payments.protocol import VOUCHER
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer, created
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.errors import InvalidValues
from matinee.web.v1.idempotency import idempotent, idempotent_in_steps
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.sale.askers import CHANGE_ALL, WHOEVER_HAS_IT, changing, reading
from matinee.web.v1.sale.payment_shape import PaymentShape, payment_path, told_payment
from matinee.web.v1.sale.return_urls import return_url
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import SALE
from matinee.web.v1.values import Code, Text, Values

# The provider's own address has to hold it, too.
URL_CHARACTERS_MAX = 300
PaymentUrl = Annotated[str, Field(min_length=1, max_length=URL_CHARACTERS_MAX)]
PROVIDERS = {"items": [{"name": "counter"}, {"name": "free"}, {"name": "stripe"}, {"name": "voucher"}]}


class NewPayment(Values, example={"provider": "stripe", "return_url": "https://tickets.example.org/"}):
    """By which way the order is paid."""

    provider: Annotated[Text, Field(max_length=20)] = Field(
        description="A name of `GET /payment-providers`; `free` where nothing is to pay."
    )
    voucher_code: Code | None = Field(default=None, description="With the provider `voucher`.")
    return_url: PaymentUrl | None = Field(
        default=None,
        description="Where the payer's browser goes afterwards: on this site, or on one that calls may come from.",
    )
    cancel_url: PaymentUrl | None = Field(default=None, description="Where it goes when the payer gives up.")
    received: bool = Field(
        default=False, description="For staff, with the provider `counter`: the money is in the till."
    )


class ProviderShape(Shape):
    """A way to pay."""

    name: str


class ProviderList(Shape, example=PROVIDERS):
    """Every way to pay here."""

    items: list[ProviderShape]


class OrderPayments(MethodView):
    """Paying for an order."""

    @operation(
        "pay_order",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={201: Returns(PaymentShape, "The payment", headers={"Location": "Where it is."})},
        refusals=(
            OrderNotFound,
            StepNotAllowed,
            HoldExpired,
            ContactMissing,
            NothingToPay,
            SomethingToPay,
            PaidTooLate,
            PromoCodeUsedUp,
            VoucherNotValid,
            VoucherEmpty,
            ProviderNotFound,
            ProviderNotForYou,
            PaymentRefused,
            ProviderUnavailable,
        ),
        keyed=True,
    )
    def post(self, code: str, body: NewPayment, caller: Caller, now: datetime) -> Answer:
        """Pay for an order

        Asks for all that is left to pay; its seats are kept for as long as paying takes. Where there is a `redirect_url`,
        the payer's browser goes there, and the order is paid once the provider has told us. `counter` keeps the seats
        until a time before the start that the cinema sets. A voucher pays as much as it has; the rest is left. When the
        answer is 503, send the same request with the same key again: nothing is charged twice.
        """
        _check(body)
        urls = (
            return_url(body.return_url, field="return_url"),
            return_url(body.cancel_url, field="cancel_url"),
        )
        if body.provider == VOUCHER:
            return _pay_with_voucher(code, body.voucher_code or "", caller, now=now)
        if body.received:
            return _take_money(code, caller, now=now)
        return _pay_through_provider(code, body.provider, urls, caller, now=now)


class OnePayment(MethodView):
    """One payment."""

    @operation(
        "get_payment",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(PaymentShape, "The payment")},
        refusals=(PaymentNotFound,),
    )
    def get(self, payment_id: str, caller: Caller) -> Answer:
        """Look at a payment"""

        def read(session: Session) -> Answer:
            payment, order = payment_seen_by(session, public_id=payment_id, asker=reading(caller))
            return Answer(told_payment(session, payment=payment, order=order))

        return services().transactions.read(read)


class PaymentProviders(MethodView):
    """The ways to pay."""

    @operation(
        "list_payment_providers",
        tag=SALE,
        access=PUBLIC,
        answers={200: Returns(ProviderList, "The ways to pay")},
    )
    def get(self) -> Answer:
        """List the ways to pay"""
        names = sorted({*services().payments, VOUCHER})
        return Answer(ProviderList(items=[ProviderShape(name=name) for name in names]))


def _check(body: NewPayment) -> None:
    faults = []
    if (body.provider == VOUCHER) != (body.voucher_code is not None):
        faults.append({"field": "voucher_code", "message": "goes with the provider voucher"})
    if body.received and body.provider != COUNTER:
        faults.append({"field": "received", "message": "goes with the provider counter"})
    if faults:
        raise InvalidValues(faults)


def _pay_with_voucher(code: str, voucher_code: str, caller: Caller, *, now: datetime) -> Answer:
    def pay(session: Session) -> Answer:
        order = order_changed_by(session, code=code, asker=changing(caller))
        payment = pay_with_voucher(session, order=order, code=voucher_code, now=now)
        return created(told_payment(session, payment=payment, order=order), location=payment_path(payment))

    return idempotent(pay, caller=caller, now=now)


def _take_money(code: str, caller: Caller, *, now: datetime) -> Answer:
    if not caller.may(CHANGE_ALL):
        raise ProviderNotForYou

    def take(session: Session) -> Answer:
        order = order_changed_by(session, code=code, asker=changing(caller))
        payment = take_money(session, order=order, actor=caller.name, now=now, clerk_id=caller.user_id)
        return created(told_payment(session, payment=payment, order=order), location=payment_path(payment))

    return idempotent(take, caller=caller, now=now)


def _pay_through_provider(
    code: str, provider: str, urls: tuple[str, str], caller: Caller, *, now: datetime
) -> Answer:
    service = services()
    provider_named(service.payments, provider)

    def begin(session: Session) -> str:
        order = order_changed_by(session, code=code, asker=changing(caller))
        payment = intend_payment_of_locked(
            session, order=order, provider=provider, lifetime=service.payment_lifetime, now=now
        )
        return payment.public_id

    def carry_on(public_id: str) -> Answer:
        terms = PaymentTerms(service.payment_lifetime, *urls)
        start_payment(service.transactions, service.payments, public_id=public_id, terms=terms, now=now)
        return service.transactions.read(lambda session: _told(session, public_id))

    return idempotent_in_steps(begin, carry_on, caller=caller, now=now)


def _told(session: Session, public_id: str) -> Answer:
    # Whoever began it may see it.
    payment, order = payment_seen_by(session, public_id=public_id, asker=Asker(is_staff=True))
    if payment.state == "failed":
        raise PaymentRefused(payment.failure or None)
    return created(told_payment(session, payment=payment, order=order), location=payment_path(payment))


v1.add_url_rule("/orders/<code>/payments", view_func=OrderPayments.as_view("order_payments"))
v1.add_url_rule("/payments/<payment_id>", view_func=OnePayment.as_view("payment"))
v1.add_url_rule("/payment-providers", view_func=PaymentProviders.as_view("payment_providers"))
