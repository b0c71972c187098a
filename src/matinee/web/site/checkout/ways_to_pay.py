"""The ways to pay that are set up here, in words that buyers understand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matinee.boxoffice.checkout import FREE
from matinee.boxoffice.payment_time import COUNTER
from matinee.languages.formats import moment_text
from matinee.web.shared.languages import _, page_language
from matinee.web.shared.origins import written_origin
from matinee.web.shared.services import services
from matinee.web.site.checkout.order_view import OrderView

STRIPE, DEMO = "stripe", "demo"
STRIPE_PAGES = "https://checkout.stripe.com"


@dataclass(frozen=True, slots=True)
class WayToPay:
    """A button: the name of the provider, what stands on it, and what it means."""

    provider: str
    label: str
    note: str


def ways_to_pay(view: OrderView) -> Sequence[WayToPay]:
    """The ways in which this order can be paid now, the usual one first; one alone where nothing is to pay."""
    if view.stage not in ("held", "paying", "reserved", "sold") or (
        view.stage == "sold" and not view.outstanding
    ):
        return []
    if view.outstanding <= 0:
        return [WayToPay(FREE, _("Get the tickets"), _("Nothing is to pay."))]
    known = {
        STRIPE: WayToPay(
            STRIPE, _("Pay by card"), _("On a secure page of Stripe’s. We never see your card.")
        ),
        DEMO: WayToPay(DEMO, _("Pay with play money"), _("For trying things out: no money moves.")),
    }
    ways = [way for name, way in known.items() if name in services().payments]
    if view.stage in ("held", "paying") and view.counter_until > view.now:
        until = moment_text(view.counter_until, view.details.at.cinema.timezone, page_language())
        note = _("Come to the till until %(until)s. So long the seats are yours.", until=until)
        ways.append(WayToPay(COUNTER, _("Pay at the till"), note))
    return ways


def payment_pages(view: OrderView) -> Sequence[str]:
    """The origins that the forms of the order's page lead to, beside our own."""
    pages = {STRIPE_PAGES} if STRIPE in services().payments else set()
    if view.under_way is not None and view.under_way.redirect_url:
        origin = written_origin(view.under_way.redirect_url)
        pages |= {origin} if origin is not None else set()
    return sorted(pages - {services().base_url})
