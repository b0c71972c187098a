"""GET /backoffice/at/<cinema>/halls: the halls of a cinema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.kernel.natural import natural_key
from matinee.programme.hall_outline import HallOutline, halls_in_outline
from matinee.programme.models import HELD_BACK, SEAT_KINDS
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.halls.words import held_back_name, kind_name
from matinee.web.backoffice.listing import Column, Listing, Wanted, in_order, show_listing
from matinee.web.shared.languages import _


@staff_page("/at/<cinema>/halls", power="plan")
def halls(cinema: str) -> ResponseReturnValue:
    """The halls, with their seats and what is planned in them."""
    columns: list[Column[HallOutline]] = [
        Column("name", _("Hall"), lambda hall: hall.name, _link, sorts=True),
        Column("seats", _("Seats"), lambda hall: hall.seats, sorts=True, at_end=True),
        Column("kinds", _("Kinds"), lambda hall: _counts(hall.kinds, SEAT_KINDS, kind_name)),
        Column("held_back", _("Kept back"), lambda hall: _counts(hall.held_back, HELD_BACK, held_back_name)),
        Column(
            "turnaround", _("Turnaround, min"), lambda hall: hall.turnaround_minutes, sorts=True, at_end=True
        ),
        Column(
            "coming", _("Coming screenings"), lambda hall: hall.coming_screenings, sorts=True, at_end=True
        ),
    ]
    return show_listing(
        Listing(
            name="halls",
            title=_("Halls"),
            columns=columns,
            source=_halls,
            sort="name",
            nothing=_("There is no hall yet. Make the first one."),
        ),
        template="backoffice/halls/halls.html",
    )


def _halls(session: Session, wanted: Wanted) -> Sequence[HallOutline]:
    found = halls_in_outline(session, cinema_id=this_house().id, now=clock.now())
    by = {
        "name": lambda hall: natural_key(hall.name),
        "seats": lambda hall: hall.seats,
        "turnaround": lambda hall: hall.turnaround_minutes,
        "coming": lambda hall: hall.coming_screenings,
    }
    return in_order(found, wanted, by)


def _link(hall: HallOutline) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("hall", hall_id=hall.id), hall.name)


def _counts(counts: Mapping[str, int], order: Sequence[str], name: Any) -> str:
    return " · ".join(f"{name(one)} {counts[one]}" for one in order if one in counts) or "–"
