"""GET /backoffice/customers: who buys here."""

from __future__ import annotations

from collections.abc import Sequence

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.errors import NotAnAddress
from matinee.accounts.models import User
from matinee.accounts.search import address_has
from matinee.accounts.users import normal_username
from matinee.boxoffice.customers import Customer, customers_with_account, guests
from matinee.kernel import clock
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.orders.money import told_sums
from matinee.web.shared.languages import _

GUESTS = "guests"


@staff_page("/customers", power="orders")
def customers() -> ResponseReturnValue:
    """Customers with an account, the newest first; a guest is found by the whole address, or in the list of guests."""
    return show_listing(
        Listing(
            name="customers",
            title=_("Customers"),
            columns=_columns(),
            filters=(
                Filter("address", _("Mail address")),
                Filter(
                    "kind", _("Who"), "choice", [("accounts", _("With an account")), (GUESTS, _("Guests"))]
                ),
            ),
            source=_customers,
            sort="-since",
            nothing=_("Nobody has such an address. Guests are found by their whole address."),
        ),
        template="backoffice/orders/customers.html",
    )


def _columns() -> list[Column[Customer]]:
    return [
        Column("address", _("Mail address"), lambda one: one.address, _link, sorts=True),
        Column("account", _("Account"), _account),
        Column("since", _("Since"), lambda one: one.user.created_at.date() if one.user else "", sorts=True),
        Column("orders", _("Orders"), lambda one: one.figures.orders, at_end=True),
        Column("coming", _("Tickets to come"), lambda one: one.figures.coming, at_end=True),
        Column("kept", _("Paid"), lambda one: told_sums(one.figures.kept), at_end=True),
    ]


def _customers(session: Session, wanted: Wanted) -> Sequence[Customer]:
    now, typed = clock.now(), wanted.filters.get("address", "").lower()
    address = _whole_address(typed)
    kind = wanted.filters.get("kind")
    if kind == GUESTS:
        if typed and address is None:
            return []
        return guests(session, address=address, offset=wanted.offset, limit=wanted.limit, now=now)
    found: list[Customer] = []
    if kind is None and address is not None and wanted.offset == 0:
        found += guests(session, address=address, offset=0, limit=1, now=now)
    users = select(User)
    if typed:
        anywhere = User.username.contains(typed, autoescape=True)
        users = users.where(anywhere if wanted.as_file else address_has(session, typed))
    by = {"address": User.username, "since": User.id}
    accounts = session.scalars(ordered(users, wanted, by, last=User.id)).all()
    return [*customers_with_account(session, users=accounts, now=now), *found][: wanted.limit]


def _whole_address(typed: str) -> str | None:
    try:
        return normal_username(typed)
    except NotAnAddress:
        return None


def _account(one: Customer) -> str:
    if one.user is None:
        return _("Guest")
    return _("Confirmed") if one.user.email_confirmed_at is not None else _("Not confirmed")


def _link(one: Customer) -> Markup:
    url = here("guest", address=one.address) if one.user is None else here("customer", user_id=one.user.id)
    return Markup('<a href="{}">{}</a>').format(url, one.address)
