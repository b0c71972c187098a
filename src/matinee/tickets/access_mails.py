"""The mail that opens an order for whoever has lost the way to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.boxoffice.access_codes import LIFETIME
from matinee.languages.catalogs import translations
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail
from matinee.tickets.facts import screening_facts
from matinee.tickets.queries import order_with_screening


def compose_order_access(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The code that opens an order; without one, that its account opens it. Raises NothingToSend.

    The link carries no code: it would open the order to whoever sees the address, in a history or a log.
    """
    order = order_with_screening(session, order_id=payload["order_id"])
    if order is None:
        raise NothingToSend("the order does not exist any more")
    if "code" not in payload:
        # Somebody has a mail tried again that was given up.
        raise NothingToSend("its code was forgotten when it was given up")
    code = str(payload["code"])
    link = (
        f"{context.base_url}/orders/open?code={order.code}"
        if code
        else f"{context.base_url}/orders/{order.code}"
    )
    language = order.language
    words = translations(language)
    _ = words.gettext
    minutes = int(LIFETIME.total_seconds() // 60)
    excuse = _("If it was not you, do nothing.")
    if code:
        reason = _("Somebody, we hope you, wants to see this order. Type this code in:")
        excuse = f"{excuse} {_('Give the code to nobody; we never ask for it.')}"
    else:
        reason = _(
            "Somebody, we hope you, wants to see this order. It belongs to your account: sign in, and it opens."
        )
    lifetime = words.ngettext(
        "It works for %(num)d minute, and once.", "It works for %(num)d minutes, and once.", minutes
    )
    return render_mail(
        "matinee.tickets",
        "order_access",
        subject=_("Your order %(code)s") % {"code": order.code},
        language=language,
        values={
            **screening_facts(order.screening, language=language),
            "code": code,
            "link": link,
            "reason": reason,
            "excuse": excuse,
            "lifetime": lifetime % {"num": minutes},
            "order_code": order.code,
            "host": urlsplit(context.base_url).netloc,
        },
    )


COMPOSERS: dict[str, Composer] = {"order_access": compose_order_access}
