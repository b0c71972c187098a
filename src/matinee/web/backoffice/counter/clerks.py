"""Who stands at the till, in which cinema, with which till."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import NoTillOpen, OrderNotFound
from matinee.boxoffice.holds import HoldTerms
from matinee.boxoffice.models import Order
from matinee.boxoffice.orders import find_order
from matinee.boxoffice.till_entries import REFERENCE_CHARACTERS_MAX, Tender
from matinee.boxoffice.till_models import TillSession
from matinee.boxoffice.tills import require_open_till
from matinee.kernel.money import minor_digits
from matinee.programme.models import Cinema, Screening
from matinee.web.backoffice.blueprint import backoffice, here, lead_to, staff_id, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.counter.amounts import parse_amount
from matinee.web.shared.languages import _
from matinee.web.shared.services import services

# A class of a school comes at once.
SEATS_MAX = 100


def cinema_here(session: Session) -> Cinema:
    """The cinema that this page is about."""
    return session.get_one(Cinema, this_house().id)


def my_till(session: Session) -> TillSession:
    """The till that whoever is at work has open here. Raises NoTillOpen."""
    return require_open_till(session, clerk_id=staff_id(), cinema_id=this_house().id)


def lead_to_till() -> ResponseReturnValue | None:
    """Lead to the page that opens a till where whoever is at work has none; None where he has one."""
    house = this_house()
    try:
        read(lambda session: require_open_till(session, clerk_id=staff_id(), cinema_id=house.id))
    except NoTillOpen:
        flash(_("Open your till first: no money is taken without one."), "info")
        return lead_to(here("till"))
    return None


def order_here(session: Session, code: str) -> Order:
    """The order of this code, of a screening of this cinema. Raises OrderNotFound."""
    order = find_order(session, code=code.strip()[:40])
    if session.get_one(Screening, order.screening_id).cinema_id != this_house().id:
        raise OrderNotFound
    return order


def counter_terms() -> HoldTerms:
    """As everybody's holds, for more seats at once."""
    return replace(services().hold_terms, seats_max=SEATS_MAX)


def typed_tender(currency: str) -> Tender:
    """How the money changes hands, as the form says. Raises NotAnAmount."""
    if request.form.get("tender") == "card":
        return Tender("card", reference=typed("reference", REFERENCE_CHARACTERS_MAX))
    received = typed("received", 40)
    return Tender("cash", received=parse_amount(received, currency) if received else None)


def typed(name: str, characters_max: int) -> str:
    """What was typed into a field, without what no database takes."""
    return request.form.get(name, "").replace("\0", "").strip()[:characters_max]


@backoffice.context_processor
def _digits() -> dict[str, object]:
    # Scripts add up minor units.
    return {"money_digits": minor_digits}
