"""The mail that opens an order for whoever has lost the way to it, in the language of the order."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.boxoffice.access_codes import LIFETIME
from matinee.boxoffice.models import Order
from matinee.languages.catalogs import translations
from matinee.languages.formats import day_text
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail
from matinee.tickets.queries import order_to_tell_of


def compose_order_access(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The code that opens an order; without one, that its account opens it. Raises NothingToSend."""
    order = order_to_tell_of(session, order_id=payload["order_id"])
    if "code" not in payload:
        # Somebody has a mail tried again that was given up.
        raise NothingToSend("its code was forgotten when it was given up")
    _ = translations(order.language).gettext
    code = str(payload["code"])
    what = _("Your order %(code)s") % {"code": order.code}
    return render_mail(
        "matinee.tickets",
        "order_access",
        subject=what,
        language=order.language,
        values={
            **_screening(order),
            **_sentences(order.language, has_code=bool(code)),
            "what": what,
            "code": code,
            # It carries no code: it would open the order to whoever sees the address, in a history or a log.
            "link": f"{context.base_url}/{order.language}/orders/"
            + (f"open?code={order.code}" if code else order.code),
            "sender": _("Sent by %(host)s.") % {"host": urlsplit(context.base_url).netloc},
        },
    )


def _sentences(language: str, *, has_code: bool) -> dict[str, str]:
    _, ngettext = translations(language).gettext, translations(language).ngettext
    excuse = _("If it was not you, do nothing.")
    if not has_code:
        reason = _(
            "Somebody, we hope you, wants to see this order. It belongs to your account: sign in, and it opens."
        )
        return {"reason": reason, "lasts": "", "excuse": excuse, "action": _("Sign in")}
    minutes = int(LIFETIME.total_seconds() // 60)
    lasts = ngettext(
        "It works for %(num)d minute, and once.", "It works for %(num)d minutes, and once.", minutes
    )
    return {
        "reason": _("Somebody, we hope you, wants to see this order. Type this code in:"),
        "lasts": lasts % {"num": minutes},
        "excuse": f"{excuse} {_('Give the code to nobody; we never ask for it.')}",
        "action": _("Open the order"),
    }


def _screening(order: Order) -> dict[str, str]:
    screening = order.screening
    told = {
        "title": screening.film.title,
        "day": day_text(screening.day, order.language),
        "time": screening.time,
        "hall": screening.hall.name,
        "cinema": screening.hall.cinema.name,
        "address": screening.hall.cinema.address.replace("\n", ", "),
    }
    return {name: " ".join(text.split()) for name, text in told.items()}


COMPOSERS: dict[str, Composer] = {"order_access": compose_order_access}
