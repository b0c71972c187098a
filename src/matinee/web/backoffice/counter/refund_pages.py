"""GET /backoffice/at/<cinema>/refunds: money that no provider gives back, and that a person hands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.till_refunds import hand_out_at_till
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.payments.errors import RefundNotFound
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Screening
from matinee.web.backoffice.blueprint import here, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.counter.cells import link_cell
from matinee.web.backoffice.counter.clerks import lead_to_till, my_till
from matinee.web.backoffice.csv_file import money_value
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _, page_language

BY_HAND = ("by_hand", "failed")


@dataclass(frozen=True, slots=True)
class ListedRefund:
    """A refund with the order that it belongs to."""

    public_id: str
    order_code: str
    amount: int
    currency: str
    provider: str
    state: str
    reason: str
    error: str
    created_at: datetime
    finished_at: datetime | None


@staff_page("/at/<cinema>/refunds", power="sell")
def refunds(cinema: str) -> ResponseReturnValue:
    """The refunds of the cinema; those that wait for a person, unless others are asked for."""
    zone = ZoneInfo(this_house().timezone)
    words = _state_words()
    columns: list[Column[ListedRefund]] = [
        Column("created", _("Since"), lambda one: one.created_at.astimezone(zone), _since, sorts=True),
        Column("order", _("Order"), lambda one: one.order_code, _order),
        Column("provider", _("Was paid by"), lambda one: one.provider),
        Column("reason", _("Reason"), lambda one: one.reason),
        Column("state", _("State"), lambda one: words[one.state]),
        Column("error", _("What the provider said"), lambda one: one.error),
        Column("amount", _("Amount"), lambda one: money_value(one.amount, one.currency), _amount, sorts=True, at_end=True),
        Column("action", _("What to do"), lambda one: "", _action),
    ]  # fmt: skip
    return show_listing(
        Listing(
            name="refunds",
            title=_("Money to hand out"),
            columns=columns,
            filters=(
                Filter("order", _("Code of the order")),
                Filter(
                    "state",
                    _("State"),
                    kind="choice",
                    options=(("waits", _("Waits for a person")), *words.items()),
                    default="waits",
                ),
            ),
            source=_refunds,
            sort="created",
            nothing=_("No money waits to be handed out."),
        )
    )


@staff_page("/at/<cinema>/refunds/<refund_id>", power="sell")
def refund_hand_out(cinema: str, refund_id: str) -> ResponseReturnValue:
    """Whether somebody is sure to have handed the money out."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    found = read(lambda session: _refund(session, refund_id))
    return ask_sure(
        title=_("Hand this money out?"),
        facts=[
            (_("Order"), found.order_code),
            (_("In cash out of the till"), _amount(found)),
            (_("Reason"), found.reason),
        ],
        word=_("refund"),
        action=here("refund_handed_out", refund_id=refund_id),
        button=_("It is handed out"),
        back=here("refunds"),
    )


@staff_page("/at/<cinema>/refunds/<refund_id>", power="sell", methods=("POST",))
def refund_handed_out(cinema: str, refund_id: str) -> ResponseReturnValue:
    """The money is handed out, in cash out of the till."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    if not is_sure(_("refund")):
        return redirect(here("refund_hand_out", refund_id=refund_id), code=303)
    now = clock.now()

    def work(session: Session, trail: Trail) -> str:
        found = _refund(session, refund_id)
        hand_out_at_till(session, public_id=refund_id, till=my_till(session), actor=staff_name(), now=now)
        said = f"Handed out {Money(found.amount, found.currency)}"
        trail("refund.hand_out", f"order:{found.order_code}", said, cinema_id=this_house().id)
        return _amount(found)

    try:
        amount = change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("%(amount)s went out of the till.", amount=amount), "good")
    return redirect(here("refunds"), code=303)


def _refunds(session: Session, wanted: Wanted) -> Sequence[ListedRefund]:
    found = _of_this_cinema()
    state = wanted.filters.get("state")
    if state == "waits":
        found = found.where(PaymentRefund.state.in_(BY_HAND))
    elif state is not None:
        found = found.where(PaymentRefund.state == state)
    if "order" in wanted.filters:
        found = found.where(Order.code == wanted.filters["order"].upper())
    by = {"created": PaymentRefund.created_at, "amount": PaymentRefund.amount}
    rows = session.execute(ordered(found, wanted, by, last=PaymentRefund.id))
    return [_listed(*row) for row in rows]


def _refund(session: Session, public_id: str) -> ListedRefund:
    """A refund of this cinema. Raises RefundNotFound."""
    row = None
    if public_id.isascii() and public_id.isalnum():
        row = session.execute(_of_this_cinema().where(PaymentRefund.public_id == public_id)).one_or_none()
    if row is None:
        raise RefundNotFound
    return _listed(*row)


def _of_this_cinema() -> Select[Any]:
    found = (
        select(PaymentRefund, Payment, Order.code)
        .join(Payment, Payment.id == PaymentRefund.payment_id)
        .join(OrderPayment, OrderPayment.payment_id == Payment.id)
        .join(Order, Order.id == OrderPayment.order_id)
        .join(Screening, Screening.id == Order.screening_id)
        .where(Screening.cinema_id == this_house().id)
    )
    return cast("Select[Any]", found)


def _listed(refund: PaymentRefund, payment: Payment, code: str) -> ListedRefund:
    return ListedRefund(
        public_id=refund.public_id,
        order_code=code,
        amount=refund.amount,
        currency=payment.currency,
        provider=payment.provider,
        state=refund.state,
        reason=refund.reason,
        error=refund.last_error,
        created_at=refund.created_at,
        finished_at=refund.finished_at,
    )


def _state_words() -> dict[str, str]:
    return {
        "pending": _("on its way"),
        "by_hand": _("to be handed out"),
        "succeeded": _("done"),
        "failed": _("failed: to be handed out"),
    }


def _since(one: ListedRefund) -> str:
    return one.created_at.astimezone(ZoneInfo(this_house().timezone)).strftime("%Y-%m-%d %H:%M")


def _order(one: ListedRefund) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("counter_order", code=one.order_code), one.order_code)


def _amount(one: ListedRefund) -> str:
    return money_text(Money(one.amount, one.currency), page_language())


def _action(one: ListedRefund) -> Markup | str:
    if one.state not in BY_HAND:
        return ""
    return link_cell(here("refund_hand_out", refund_id=one.public_id), _("Hand out"))
