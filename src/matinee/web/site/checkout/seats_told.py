"""Seats in words."""

from __future__ import annotations

from matinee.web.shared.languages import ngettext
from matinee.web.site.checkout.order_view import OrderView


def told_seats(view: OrderView) -> str:
    """ "Seats A5, A6": of the tickets that are valid, else of what was held."""
    seats = [one.seat.label for one in view.tickets or view.details.seats]
    return ngettext("Seat %(seats)s", "Seats %(seats)s", len(seats), seats=", ".join(seats))
