"""GET / and /cinemas/<slug>: what is on."""

from __future__ import annotations

from itertools import groupby
from zoneinfo import ZoneInfo

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.queries import cinema_by_slug, screenings_between
from matinee.web.shared.services import services
from matinee.web.site.blueprint import page
from matinee.web.site.house import House, default_house, house_of

DAYS_SHOWN_MAX = 7


@page("/", access="everybody")
def start() -> ResponseReturnValue:
    """The default cinema; how to begin where nothing was entered yet."""
    return _show(default_house())


@page("/cinemas/<slug>", access="everybody")
def cinema(slug: str) -> ResponseReturnValue:
    """One of several cinemas."""
    return _show(house_of(slug))


def _show(house: House) -> str:
    now = clock.now()

    def read(session: Session) -> list[tuple[object, list[object]]]:
        if not house.slug:
            return []
        found = cinema_by_slug(session, house.slug)
        today = now.astimezone(ZoneInfo(found.timezone)).date()
        screenings = screenings_between(session, cinema_id=found.id, first_day=today, last_day=None)
        days = [(day, list(shown)) for day, shown in groupby(screenings, key=lambda screening: screening.day)]
        return days[:DAYS_SHOWN_MAX]  # type: ignore[return-value]

    return render_template("site/start.html", house=house, days=services().transactions.read(read))
