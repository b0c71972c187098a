"""A customer's data on the customer's request: handed out as a file, or deleted."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Response, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.account_removal import delete_account
from matinee.boxoffice.customers import Figures, figures_of_guests, figures_of_users
from matinee.boxoffice.guests import forget_guest, guest_data
from matinee.boxoffice.personal_data import personal_data
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.backoffice.blueprint import here, lead_to, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.orders.customer_page import find_customer, typed_address
from matinee.web.backoffice.orders.money import told_sums
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _


@staff_page("/customers/<int:user_id>/data", power="people", methods=("POST",))
def export_customer(user_id: int) -> ResponseReturnValue:
    """Everything that is known of a customer, as one file. The log keeps that it was taken. Raises UserNotFound."""
    now = clock.now()

    def work(session: Session, trail: Trail) -> dict[str, Any]:
        data = personal_data(session, user=find_customer(session, user_id), now=now)
        trail("user.export", f"user:{user_id}", f"Account {user_id}: data handed out")
        return data

    return _file(change(work, now=now), now)


@staff_page("/guest/data", power="people", methods=("POST",))
def export_guest() -> ResponseReturnValue:
    """The same of a guest."""
    now, address = clock.now(), typed_address(request.form.get("address", ""))

    def work(session: Session, trail: Trail) -> dict[str, Any]:
        data = guest_data(session, address=address)
        trail("guest.export", "guest", f"Data of a guest handed out: {len(data['orders'])} orders")
        return data

    return _file(change(work, now=now), now)


@staff_page("/customers/<int:user_id>/delete", power="people", methods=("GET", "POST"))
def delete_customer(user_id: int) -> ResponseReturnValue:
    """Delete an account, once it was typed that this is meant. Raises UserNotFound."""
    now, word = clock.now(), _("delete")
    if request.method == "GET":
        return read(lambda session: _ask_about_account(session, user_id, word, now))
    if not is_sure(word):
        return lead_to(here("delete_customer", user_id=user_id))

    def work(session: Session, trail: Trail) -> None:
        delete_account(session, user=find_customer(session, user_id), now=now)
        trail("user.delete", f"user:{user_id}", f"Account {user_id}: deleted at its owner's request")

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
        return lead_to(here("customer", user_id=user_id))
    flash(_("The account is deleted."), "good")
    return lead_to(here("customers"))


@staff_page("/guest/delete", power="people", methods=("GET", "POST"))
def delete_guest() -> ResponseReturnValue:
    """Take a guest's address off all orders, once it was typed that this is meant."""
    now, word = clock.now(), _("delete")
    address = typed_address(request.values.get("address", ""))
    if request.method == "GET":
        return read(lambda session: _ask_about_guest(session, address, word, now))
    if not is_sure(word):
        return lead_to(here("delete_guest", address=address))

    def work(session: Session, trail: Trail) -> int:
        count = forget_guest(session, address=address, now=now)
        trail("guest.delete", "guest", f"A guest's address taken off {count} orders at the guest's request")
        return count

    change(work, now=now)
    flash(_("The address is on no order any more."), "good")
    return lead_to(here("customers"))


def _ask_about_account(session: Session, user_id: int, word: str, now: datetime) -> str:
    user = find_customer(session, user_id)
    figures = figures_of_users(session, user_ids=[user.id], now=now).get(user.id, Figures())
    return ask_sure(
        title=_("Delete the account %(address)s?", address=user.username),
        facts=_facts(figures),
        word=word,
        action=here("delete_customer", user_id=user_id),
        button=_("Delete"),
        back=here("customer", user_id=user_id),
        warning=_("This cannot be undone. Do it only if the owner asked for it."),
    )


def _ask_about_guest(session: Session, address: str, word: str, now: datetime) -> str:
    figures = figures_of_guests(session, addresses=[address], now=now).get(address, Figures())
    return ask_sure(
        title=_("Forget the guest %(address)s?", address=address),
        facts=_facts(figures),
        word=word,
        action=here("delete_guest"),
        button=_("Delete"),
        back=here("guest", address=address),
        warning=_("This cannot be undone. Do it only if the owner asked for it."),
        fields={"address": address},
    )


def _facts(figures: Figures) -> list[tuple[str, str]]:
    return [
        (_("Orders"), _("%(num)d, which stay without a name", num=figures.orders)),
        (_("Tickets to come"), _("%(num)d, which stay valid for whoever has them", num=figures.coming)),
        (_("Paid"), told_sums(figures.kept) or _("nothing")),
        (_("Holds"), _("Their seats are free again.")),
    ]


def _file(data: dict[str, Any], now: datetime) -> Response:
    whole = {"made_at": now.isoformat(), **data}
    response = Response(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="customer-data.json"'
    return response
