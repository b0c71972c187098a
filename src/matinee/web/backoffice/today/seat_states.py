"""GET /backoffice/at/<cinema>/today/screenings/<id>: who has the seats of a screening, on the plan of its hall."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import render_template
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.reports.seats.of_screening import ScreeningSeats, SeatNow, SeatState, screening_seats
from matinee.web.backoffice.blueprint import may_here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.shared.languages import _
from matinee.web.site.picker.drawing import draw
from matinee.web.site.picker.words import seat_name

# In the order in which they are counted and explained.
STATES: tuple[SeatState, ...] = ("inside", "sold", "held", "free", "house", "blocked", "broken")


@staff_page("/at/<cinema>/today/screenings/<id:screening_id>", power="house_today")
def screening_figures(cinema: str, screening_id: int) -> ResponseReturnValue:
    """A screening's seats and tickets. Money is shown to those who may see figures. Raises ScreeningNotFound."""
    now, house = clock.now(), this_house()
    found = read(
        lambda session: screening_seats(session, cinema_id=house.id, screening_id=screening_id, now=now)
    )
    return render_template(
        "backoffice/today/screening.html",
        found=found,
        show=found.screening,
        drawing=draw([one.seat for one in found.seats]) if found.seats else None,
        by_label={one.seat.label: one for one in found.seats},
        counts=[(state, state_name(state), found.count(state)) for state in STATES],
        percent=_percent(found),
        with_money=may_here("figures"),
        state_name=state_name,
        seat_name=seat_name,
        said=lambda one: _said(one, house.timezone),
    )


def state_name(state: SeatState) -> str:
    """What has become of a seat, in a word or two."""
    return {
        "inside": _("sold, and in"),
        "sold": _("sold, not in yet"),
        "held": _("held for a buyer"),
        "free": _("free"),
        "house": _("kept by the house"),
        "blocked": _("blocked"),
        "broken": _("broken"),
    }[state]


def _said(one: SeatNow, zone: str) -> str:
    name = seat_name(one.seat.row, one.seat.place)
    if one.admitted_at and one.state == "inside":
        at = one.admitted_at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
        return _("%(seat)s: in since %(time)s", seat=name, time=at)
    return _("%(seat)s: %(state)s", seat=name, state=state_name(one.state))


def _percent(found: ScreeningSeats) -> int:
    return found.count("sold", "inside") * 100 // max(1, len(found.seats))
