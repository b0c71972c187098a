"""GET /: what a browser finds at the address of the box office: what is on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.errors import CinemaNotFound
from matinee.programme.models import Screening
from matinee.programme.queries import default_cinema, screenings_between
from matinee.web.shared.services import services

DAYS_SHOWN_MAX = 7

site = Blueprint("site", __name__, template_folder="templates")


@site.get("/")
def start() -> str:
    """The default cinema and its next days; how to begin where nothing was entered yet."""
    now = clock.now()

    def read(session: Session) -> dict[str, object]:
        try:
            cinema = default_cinema(session)
        except CinemaNotFound:
            return {"cinema": None, "days": []}
        today = now.astimezone(ZoneInfo(cinema.timezone)).date()
        screenings = screenings_between(session, cinema_id=cinema.id, first_day=today, last_day=None)
        return {"cinema": cinema, "days": _days(screenings)}

    return render_template("site/start.html", **services().transactions.read(read))


def _days(screenings: Iterable[Screening]) -> list[tuple[object, list[Screening]]]:
    days = [(day, list(shown)) for day, shown in groupby(screenings, key=lambda screening: screening.day)]
    return [*days[:DAYS_SHOWN_MAX]]
