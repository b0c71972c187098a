"""Ending a sale at the counter: money, vouchers, discounts, an address for the tickets, or giving them away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.errors import NotAnAddress
from matinee.accounts.users import normal_username
from matinee.boxoffice.contacts import set_contact
from matinee.boxoffice.models import Order
from matinee.boxoffice.orders import outstanding_amount
from matinee.boxoffice.promo_codes import apply_promo_code, remove_promo_code
from matinee.boxoffice.resending import resend_tickets
from matinee.boxoffice.till_sales import (
    REASON_CHARACTERS_MAX,
    give_away,
    give_out_free,
    take_at_till,
    use_voucher_at_till,
)
from matinee.kernel import clock
from matinee.kernel.money import Money
from matinee.web.backoffice.blueprint import here, lead_to, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.counter.clerks import lead_to_till, my_till, order_here, typed, typed_tender
from matinee.web.backoffice.counter.sale_page import answer_sale, answer_sold
from matinee.web.shared.languages import _

CODE_CHARACTERS_MAX = 60
ADDRESS_CHARACTERS_MAX = 320


@staff_page("/at/<cinema>/counter/sales/<code>/pay", power="sell", methods=("POST",))
def counter_pay(cinema: str, code: str) -> ResponseReturnValue:
    """Take the money (`tender`, `received`, `reference`), or nothing where nothing is to pay."""

    def work(session: Session, trail: Trail, order: Order, now: datetime) -> None:
        till = my_till(session)
        if outstanding_amount(order) == 0 and order.state in ("held", "paying"):
            give_out_free(session, order=order, till=till, actor=staff_name(), now=now)
            trail(
                "counter.sell",
                f"order:{order.code}",
                "Gave out tickets that cost nothing",
                cinema_id=this_house().id,
            )
            return
        tender = typed_tender(order.currency)
        entry = take_at_till(session, order=order, till=till, tender=tender, actor=staff_name(), now=now)
        said = f"Took {Money(entry.amount, order.currency)}, {tender.kind}"
        trail("counter.sell", f"order:{order.code}", said, cinema_id=this_house().id)

    return _with_order(code, work)


@staff_page("/at/<cinema>/counter/sales/<code>/away", power="sell", methods=("POST",))
def counter_give_away(cinema: str, code: str) -> ResponseReturnValue:
    """Give the seats away, for a `reason`."""

    def work(session: Session, trail: Trail, order: Order, now: datetime) -> None:
        reason = typed("reason", REASON_CHARACTERS_MAX)
        give_away(session, order=order, till=my_till(session), reason=reason, actor=staff_name(), now=now)
        said = f"Gave {order.seats_asked} tickets away: {reason}"
        trail("counter.give_away", f"order:{order.code}", said, cinema_id=this_house().id)

    return _with_order(code, work)


@staff_page("/at/<cinema>/counter/sales/<code>/promo", power="sell", methods=("POST",))
def counter_promo(cinema: str, code: str) -> ResponseReturnValue:
    """Let the hold have a discount (`promo`), or none any more."""

    def work(session: Session, trail: Trail, order: Order, now: datetime) -> None:
        promo = typed("promo", CODE_CHARACTERS_MAX)
        if promo:
            apply_promo_code(session, order=order, code=promo, now=now)
        else:
            remove_promo_code(session, order=order, now=now)
        trail(
            "counter.promo",
            f"order:{order.code}",
            f"Promo code {promo}" if promo else "No promo code",
            cinema_id=this_house().id,
        )

    return _with_order(code, work)


@staff_page("/at/<cinema>/counter/sales/<code>/voucher", power="sell", methods=("POST",))
def counter_voucher(cinema: str, code: str) -> ResponseReturnValue:
    """Pay with a voucher as much as it has."""

    def work(session: Session, trail: Trail, order: Order, now: datetime) -> None:
        voucher = typed("voucher", CODE_CHARACTERS_MAX)
        payment = use_voucher_at_till(session, order=order, code=voucher, till=my_till(session), now=now)
        said = f"Voucher paid {Money(payment.amount, order.currency)}"
        trail("counter.voucher", f"order:{order.code}", said, cinema_id=this_house().id)

    return _with_order(code, work)


@staff_page("/at/<cinema>/counter/sales/<code>/mail", power="sell", methods=("POST",))
def counter_mail(cinema: str, code: str) -> ResponseReturnValue:
    """Mail the tickets to an address: when they are sold, or again at once where they are."""
    if not typed("email", ADDRESS_CHARACTERS_MAX):
        raise NotAnAddress
    address = normal_username(typed("email", ADDRESS_CHARACTERS_MAX))

    def work(session: Session, trail: Trail, order: Order, now: datetime) -> None:
        set_contact(session, order=order, email=address, now=now)
        if order.state in ("due", "paid"):
            resend_tickets(session, order=order, now=now)
        trail("counter.mail", f"order:{order.code}", "Tickets go by mail", cinema_id=this_house().id)

    now = clock.now()
    state, screening_id = change(lambda s, trail: _do(s, trail, code, work, now), now=now)
    if state in ("due", "paid"):
        flash(_("The tickets are on their way to %(address)s.", address=address), "good")
        return lead_to(here("counter_order", code=code))
    return answer_sale(screening_id, now=now)


def _with_order(code: str, work: Callable[[Session, Trail, Order, datetime], None]) -> ResponseReturnValue:
    """Do it with an open till; then show the sale as it is, or that it is done."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now = clock.now()
    state, screening_id = change(lambda session, trail: _do(session, trail, code, work, now), now=now)
    if state in ("due", "paid"):
        return answer_sold(code)
    return answer_sale(screening_id, now=now)


def _do(
    session: Session,
    trail: Trail,
    code: str,
    work: Callable[[Session, Trail, Order, datetime], None],
    now: datetime,
) -> tuple[str, int]:
    order = order_here(session, code)
    work(session, trail, order, now)
    return order.state, order.screening_id
