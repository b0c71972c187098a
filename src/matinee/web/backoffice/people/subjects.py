"""The page of what an audit row is about, where there is one that whoever looks may see."""

from __future__ import annotations

from flask import current_app
from werkzeug.routing import BuildError, Rule

from matinee.accounts.models import AuditEntry
from matinee.web.backoffice.blueprint import NAME, here, may_here
from matinee.web.shared.house import House, every_house

# The first word of a subject -> endpoints of pages about it, the best one first. One that does not exist is passed by.
PAGES: dict[str, tuple[str, ...]] = {
    "cinema": ("cinema_settings",),
    "distributor": ("distributor_page",),
    "film": ("film_page",),
    "hall": ("hall",),
    "invitation": ("people",),
    "message": ("outbox_message",),
    "order": ("order",),
    "price_list": ("price_list_page",),
    "promo": ("promo_code_page",),
    "promo_code": ("promo_codes",),
    "screening": ("screening_page",),
    "ticket_type": ("ticket_type_page",),
    "till": ("till_report",),
    "voucher": ("vouchers",),
}
OF_STAFF, OF_CUSTOMERS = ("person", "customer"), ("customer", "person")


def subject_url(entry: AuditEntry) -> str | None:
    """The address of the page about the entry's subject ("hall:7"); None where there is none."""
    kind, _colon, key = entry.subject.partition(":")
    pages = PAGES.get(kind, ())
    if kind == "user":
        pages = OF_STAFF if entry.action.startswith("staff.") else OF_CUSTOMERS
    house = _house_of(kind, key, entry.cinema_id)
    for endpoint in pages:
        power = getattr(current_app.view_functions.get(f"{NAME}.{endpoint}"), "power", None)
        if key and power is not None and may_here(power):
            address = _address(endpoint, key, house)
            if address is not None:
                return address
    return None


def _house_of(kind: str, key: str, cinema_id: int | None) -> House | None:
    # A cinema is named by its id or by its short name.
    wanted = (key, key) if kind == "cinema" else (str(cinema_id), "")
    return next(
        (house for house in every_house() if str(house.id) == wanted[0] or house.slug == wanted[1]), None
    )


def _address(endpoint: str, key: str, house: House | None) -> str | None:
    for rule in _pages_at(endpoint):
        values: dict[str, object] = dict.fromkeys(rule.arguments - {"cinema"}, key)
        if "cinema" in rule.arguments:
            if house is None:
                continue
            values["cinema"] = house.slug
        try:
            return here(endpoint, **values)
        except (BuildError, ValueError):
            # A key that the address has no room for, as of a row that is older than the page.
            continue
    return None


def _pages_at(endpoint: str) -> list[Rule]:
    rules = current_app.url_map.iter_rules(f"{NAME}.{endpoint}")
    return [rule for rule in rules if "GET" in (rule.methods or ()) and len(rule.arguments - {"cinema"}) <= 1]
