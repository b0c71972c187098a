"""Paying for an order: through a provider, with a voucher, and thinking better of it."""

from __future__ import annotations

from datetime import datetime

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.checkout import PaymentTerms, ask_provider, begin_payment, provider_named
from matinee.boxoffice.errors import CompanionAlone, OrphanLeft
from matinee.boxoffice.holds import check_held_choice
from matinee.boxoffice.models import Order
from matinee.boxoffice.open_payments import payments_under_way, stop_payment
from matinee.boxoffice.orders import UNPAID
from matinee.boxoffice.rules import PUBLIC_RULES
from matinee.boxoffice.vouchers import pay_with_voucher
from matinee.kernel import clock
from matinee.payments.errors import PaymentRefused
from matinee.payments.models import Payment
from matinee.web.shared.address import caller_address
from matinee.web.shared.languages import _
from matinee.web.shared.origins import written_origin
from matinee.web.shared.refusals import flash_refusal
from matinee.web.shared.services import services
from matinee.web.site.blueprint import full_url, page, to
from matinee.web.site.checkout.acting import act_on, order_form
from matinee.web.site.checkout.order_page import seen_order
from matinee.web.site.checkout.ways_to_pay import STRIPE_PAGES

VOUCHER_CHARACTERS_MAX = 100


@page("/orders/<code>/payment", access="everybody", methods=("POST",))
@order_form
def pay_order(code: str) -> ResponseReturnValue | None:
    """Lead the payer to the provider's page, or to the tickets where none is needed. A second click does nothing new."""
    name = request.form.get("provider", "")
    service = services()
    provider_named(service.payments, name)

    def begin(session: Session, order: Order, now: datetime) -> str:
        if order.state in UNPAID:
            check_held_choice(session, order=order, rules=PUBLIC_RULES, now=now)
        payment = begin_payment(
            session, order=order, provider=name, lifetime=service.payment_lifetime, now=now
        )
        return payment.public_id

    try:
        public_id = act_on(code, begin)
    except (CompanionAlone, OrphanLeft) as error:
        flash_refusal(error)
        return redirect(to("screening", screening_id=seen_order(code).order.screening_id), code=303)
    return _lead_to(_asked(public_id, code))


@page("/orders/<code>/voucher", access="everybody", methods=("POST",))
@order_form
def use_voucher(code: str) -> None:
    """Pay as much as the voucher has."""
    typed = request.form.get("voucher", "")[:VOUCHER_CHARACTERS_MAX]
    services().throttle.count_attempt("try_code", account=code, address=caller_address())
    act_on(code, lambda session, order, now: pay_with_voucher(session, order=order, code=typed, now=now))
    flash(_("The voucher was used."), "good")


@page("/orders/<code>/payment/end", access="everybody", methods=("POST",))
@order_form
def end_payment(code: str) -> None:
    """End the payments that are under way, so that the order can be changed or paid another way."""

    def find(session: Session, order: Order, _now: datetime) -> list[Payment]:
        return list(payments_under_way(session, order=order))

    for payment in act_on(code, find):
        stop_payment(
            services().transactions,
            services().payments,
            public_id=payment.public_id,
            provider=payment.provider,
            provider_ref=payment.provider_ref,
            now=clock.now(),
        )


def _asked(public_id: str, code: str) -> Payment:
    """The payment when the provider was asked. Raises PaymentRefused and ProviderUnavailable."""
    service = services()
    back = full_url("order", language=g.language if g.get("language_in_address") else None, code=code)
    asked = ask_provider(
        service.transactions,
        service.payments,
        public_id=public_id,
        terms=PaymentTerms(service.payment_lifetime, return_url=back, cancel_url=f"{back}?back=1"),
        now=clock.now(),
    )
    if asked.state == "failed":
        raise PaymentRefused(asked.failure or None)
    return asked


def _lead_to(payment: Payment) -> ResponseReturnValue | None:
    if payment.state != "pending" or not payment.redirect_url:
        return None
    if written_origin(payment.redirect_url) not in (written_origin(services().base_url), STRIPE_PAGES):
        # The policy of the page that the form stood on does not let it end there; the link on the next page does.
        return None
    return redirect(payment.redirect_url, code=303)
