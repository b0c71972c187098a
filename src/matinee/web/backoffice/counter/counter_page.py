"""GET /backoffice/at/<cinema>/counter: what can be sold now, each with a key."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.counter_holds import find_counter_hold
from matinee.boxoffice.order_details import details_of
from matinee.kernel import clock
from matinee.web.backoffice.blueprint import staff_id, staff_page
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.counter.clerks import cinema_here, lead_to_till, my_till
from matinee.web.backoffice.counter.coming import coming_screenings
from matinee.web.backoffice.days import day_of


@staff_page("/at/<cinema>/counter", power="sell")
def counter(cinema: str) -> ResponseReturnValue:
    """The next screenings, or those of a day (`?day=`). Leads to the till where none is open."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now = clock.now()

    def look(session: Session) -> str:
        house = cinema_here(session)
        today = now.astimezone(ZoneInfo(house.timezone)).date()
        day = day_of(request.args.get("day"), default=today)
        held = find_counter_hold(session, clerk_id=staff_id(), now=now)
        return render_template(
            "backoffice/counter/counter.html",
            till=my_till(session),
            coming=coming_screenings(session, cinema=house, day=None if day == today else day, now=now),
            held=details_of(session, orders=[held])[0] if held is not None else None,
            day=day,
            today=today,
            tomorrow=today + timedelta(days=1),
            zone=house.timezone,
        )

    return read(look)
