"""What the mails say that bring no tickets: money that goes back, a screening that does not take place.

In the order's language. What the box office gives as a reason is translated; what staff wrote stays as it was written.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order
from matinee.boxoffice.reasons import KNOWN, SCREENING_CANCELLED
from matinee.kernel.money import Money
from matinee.languages.catalogs import translations
from matinee.languages.formats import money_text, written_out_day_text
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.rendering import render_mail
from matinee.tickets.addresses import order_page_url
from matinee.tickets.facts import one_line, screening_facts
from matinee.tickets.queries import order_to_tell_of, valid_tickets


def compose_order_refunded(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """Tickets were given back. Raises NothingToSend."""
    order = _order(session, payload)
    _ = translations(order.language).gettext
    left = valid_tickets(session, order_id=order.id)
    sentences = [
        _("Some of your tickets are not valid any more.")
        if left
        else _("Your tickets are not valid any more.")
    ]
    if left:
        seats = ", ".join(ticket.seat.label for ticket in left)
        sentences.append(_("Still valid: %(seats)s.") % {"seats": seats})
    return _news(order, context, payload, what=_("Tickets given back"), sentences=sentences)


def compose_screening_cancelled(
    session: Session, payload: dict[str, Any], context: MailContext
) -> ComposedMail:
    """The screening does not take place. Raises NothingToSend."""
    order = _order(session, payload)
    _ = translations(order.language).gettext
    sentences = [
        _("We are sorry: this screening does not take place. Your tickets for it are not valid any more.")
    ]
    return _news(order, context, payload, what=_("Cancelled"), sentences=sentences)


def compose_payment_returned(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """Money goes back that was not accepted, or that was a part of the price. Raises NothingToSend."""
    order = _order(session, payload)
    _ = translations(order.language).gettext
    has_tickets = bool(valid_tickets(session, order_id=order.id))
    sentences = [_("Your tickets stay valid.") if has_tickets else _("There are no tickets for this order.")]
    return _news(order, context, payload, what=_("Your payment goes back"), sentences=sentences)


def _order(session: Session, payload: dict[str, Any]) -> Order:
    return order_to_tell_of(session, order_id=payload["order_id"])


def _news(
    order: Order, context: MailContext, payload: dict[str, Any], *, what: str, sentences: list[str]
) -> ComposedMail:
    language = order.language
    facts = screening_facts(order.screening, language=language)
    amount = payload["amount"]
    return render_mail(
        "matinee.tickets",
        "order_news",
        subject=f"{what}: {facts['title']}, {facts['short_day']}, {facts['time']}",
        language=language,
        values={
            **facts,
            "what": what,
            "sentences": [*sentences, *_money_sentences(order, payload), *_reason(order, payload)],
            "money_back": _money(order, amount) if amount else "",
            "order_code": order.code,
            "order_url": order_page_url(context.base_url, order.code, language=language),
            "host": urlsplit(context.base_url).netloc,
        },
    )


def _money_sentences(order: Order, payload: dict[str, Any]) -> list[str]:
    """How much goes back and how; what of it goes onto vouchers is said for each."""
    _ = translations(order.language).gettext
    if not payload["amount"]:
        return [_("No money goes back.")]
    sentences = [
        _("You get %(money)s back, the way it was paid.") % {"money": _money(order, payload["amount"])}
    ]
    for voucher in payload.get("vouchers", ()):
        values = {"money": _money(order, voucher["amount"]), "hint": voucher["hint"]}
        if voucher["by_hand"]:
            sentences.append(
                _(
                    "%(money)s of it was paid with the voucher that ends in %(hint)s, which is not in use any more. "
                    "The cinema hands this money out: ask at the counter."
                )
                % values
            )
            continue
        sentences.append(_("%(money)s of it is on the voucher that ends in %(hint)s again.") % values)
        if voucher["extended_until"]:
            until = datetime.fromisoformat(voucher["extended_until"]).date()
            sentences.append(
                _("This voucher is valid until %(day)s now.")
                % {"day": written_out_day_text(until, order.language)}
            )
    return sentences


def _money(order: Order, amount: int) -> str:
    return money_text(Money(amount, order.currency), order.language)


def _reason(order: Order, payload: dict[str, Any]) -> list[str]:
    _ = translations(order.language).gettext
    reason = one_line(str(payload.get("reason", "")))
    if not reason:
        return []
    typed = reason.removeprefix(SCREENING_CANCELLED)
    if typed != reason:
        # The house's own sentence, and what staff wrote after it.
        reason = f"{_(SCREENING_CANCELLED)}{typed}"
    elif reason in KNOWN:
        reason = _(reason)
    return [_("The reason: %(reason)s") % {"reason": reason}]


COMPOSERS: dict[str, Composer] = {
    "order_refunded": compose_order_refunded,
    "screening_cancelled": compose_screening_cancelled,
    "payment_returned": compose_payment_returned,
}
