"""GET /backoffice/at/<cinema>/prices: the price lists of a cinema."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.models import PriceList, Screening
from matinee.programme.price_choice import is_flat_name
from matinee.programme.price_lists import price_lists_of
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, in_order, show_listing
from matinee.web.backoffice.programme.here import cinema_here
from matinee.web.backoffice.programme.validity_words import validity_words
from matinee.web.shared.languages import _


@dataclass(frozen=True, slots=True)
class _Row:
    price_list: PriceList
    to_come: int
    is_flat: bool


@staff_page("/at/<cinema>/prices", power="plan")
def price_lists(cinema: str) -> ResponseReturnValue:
    """The price lists, the one that was entered first at the front."""
    now = clock.now()
    columns: list[Column[_Row]] = [
        Column("name", _("Name"), lambda row: row.price_list.name, _name, sorts=True),
        Column("valid", _("Valid"), lambda row: validity_words(row.price_list)),
        Column("kind", _("Entered by"), lambda row: _("An import") if row.is_flat else _("Staff")),
        Column("to_come", _("Screenings to come"), lambda row: row.to_come, sorts=True, at_end=True),
        Column("entered", _("Number"), lambda row: row.price_list.id, sorts=True, at_end=True),
    ]
    return show_listing(
        Listing(
            name="prices",
            title=_("Prices"),
            columns=columns,
            filters=(Filter("name", _("Name")),),
            source=lambda session, wanted: _rows(session, wanted, now),
            sort="entered",
            nothing=_("There is no price list."),
        ),
        template="backoffice/programme/price_lists.html",
    )


def _rows(session: Session, wanted: Wanted, now: datetime) -> Sequence[_Row]:
    found = cinema_here(session)
    counted = select(Screening.price_list_id, func.count()).where(
        Screening.cinema_id == this_house().id, Screening.starts_at > now, Screening.cancelled_at.is_(None)
    )
    counts = dict(session.execute(counted.group_by(Screening.price_list_id)).all())
    part = wanted.filters.get("name", "").casefold()
    rows = [
        _Row(each, counts.get(each.id, 0), is_flat_name(each.name, currency=found.currency))
        for each in price_lists_of(session, cinema_id=found.id)
        if part in each.name.casefold()
    ]
    return in_order(
        rows,
        wanted,
        {
            "name": lambda row: (row.price_list.name.casefold(), row.price_list.id),
            "to_come": lambda row: (row.to_come, row.price_list.id),
            "entered": lambda row: row.price_list.id,
        },
    )


def _name(row: _Row) -> Markup:
    address = here("price_list_page", price_list_id=row.price_list.id)
    return Markup('<a href="{}">{}</a>').format(address, row.price_list.name)
