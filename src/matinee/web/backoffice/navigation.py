"""The ways of the back office: what its pages are called, and whom they are shown to."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from matinee.web.backoffice.blueprint import NAME, here, may_here
from matinee.web.shared.languages import N_, _
from matinee.web.shared.powers import Power

# Title of the group; then of each page the title, the endpoint and the power that it needs. A page that is opened from
# another one is not in it. An endpoint with a dot is that of another surface.
WAYS: tuple[tuple[str, tuple[tuple[str, str, Power], ...]], ...] = (
    (
        N_("Today"),
        (
            (N_("The house today"), "today", "house_today"),
            (N_("Door"), "door.page", "admit"),
            (N_("Conflicts at the door"), "door_conflicts", "conflicts"),
            (N_("Health"), "health", "system"),
        ),
    ),
    (
        N_("Counter"),
        (
            (N_("Sell tickets"), "counter", "sell"),
            (N_("My till"), "till", "sell"),
            (N_("Money to hand out"), "refunds", "sell"),
            (N_("Tills"), "tills", "figures"),
        ),
    ),
    (
        N_("Orders"),
        (
            (N_("Orders"), "orders", "orders"),
            (N_("Customers"), "customers", "orders"),
            (N_("Promo codes"), "promo_codes", "plan"),
            (N_("Vouchers"), "vouchers", "sell"),
        ),
    ),
    (
        N_("Programme"),
        (
            (N_("Week plan"), "week", "plan"),
            (N_("Screenings"), "screenings", "plan"),
            (N_("Films"), "films", "plan"),
            (N_("Distributors"), "distributors", "plan"),
            (N_("Prices"), "price_lists", "plan"),
            (N_("Halls"), "halls", "plan"),
        ),
    ),
    (
        N_("Figures"),
        (
            (N_("Sales"), "sales_report", "figures"),
            (N_("Distributors’ returns"), "returns", "figures"),
            (N_("Payments"), "settlement", "figures"),
            (N_("Tax"), "tax_report", "figures"),
        ),
    ),
    (
        N_("House"),
        (
            (N_("Cinema"), "cinema_settings", "system"),
            (N_("People"), "people", "people"),
            (N_("Audit log"), "audit_log", "trail"),
            (N_("Outbox"), "outbox", "system"),
            (N_("API keys"), "api_keys", "people"),
            (N_("Signed in"), "sessions", "people"),
            (N_("Locked out"), "throttled", "people"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Way:
    """One link."""

    title: str
    url: str
    is_here: bool


def ways() -> list[tuple[str, list[Way]]]:
    """The groups of links that whoever looks at this page may follow."""
    shown = request.endpoint or ""
    found = []
    for group, pages in WAYS:
        links = [
            Way(_(title), _address(endpoint), shown == f"{NAME}.{endpoint}")
            for title, endpoint, power in pages
            if may_here(power)
        ]
        if links:
            found.append((_(group), links))
    return found


def _address(endpoint: str) -> str:
    return url_for(endpoint) if "." in endpoint else here(endpoint)
