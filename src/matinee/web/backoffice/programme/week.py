"""GET /backoffice/at/<cinema>/week: the week of the halls as a timeline on which one plans."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.languages.formats import weekday_text
from matinee.programme.models import Film, PriceList
from matinee.programme.price_lists import price_lists_of
from matinee.programme.week_plan import films_to_plan
from matinee.programme.weeks import DAYS_PER_WEEK, first_day_of_week
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.days import day_of
from matinee.web.backoffice.programme.here import cinema_here
from matinee.web.backoffice.programme.week_board import HUES, Week, read_week
from matinee.web.shared.languages import _, page_language

BOARD = "week-board"
TITLE_CHARACTERS_MAX = 100


class _Seen(NamedTuple):
    week: Week
    first_day: date
    adverts_minutes: int
    films: list[Film]
    price_lists: list[PriceList]


@staff_page("/at/<cinema>/week", power="plan")
def week(cinema: str) -> ResponseReturnValue:
    """The week that the day `start` is in; for scripts, the board of it alone."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(this_house().timezone)).date()
    asked = day_of(request.args.get("start"), default=today)
    part = request.headers.get("HX-Target") == BOARD

    def look(session: Session) -> _Seen:
        found = cinema_here(session)
        first_day = first_day_of_week(asked, starts_on=found.week_starts_on)
        return _Seen(
            read_week(session, cinema=found, first_day=first_day, now=now),
            first_day,
            found.adverts_minutes,
            [] if part else films_to_plan(session, cinema_id=found.id, around=first_day),
            [] if part else price_lists_of(session, cinema_id=found.id),
        )

    seen = read(look)
    page = render_template(
        "backoffice/programme/week_board.html" if part else "backoffice/programme/week.html",
        week=seen.week,
        first_day=seen.first_day,
        last_day=seen.first_day + timedelta(days=DAYS_PER_WEEK - 1),
        before=here("week", start=(seen.first_day - timedelta(days=DAYS_PER_WEEK)).isoformat()),
        after=here("week", start=(seen.first_day + timedelta(days=DAYS_PER_WEEK)).isoformat()),
        next_week=seen.first_day + timedelta(days=DAYS_PER_WEEK),
        one_day=timedelta(days=1),
        today=today,
        adverts_minutes=seen.adverts_minutes,
        films=seen.films,
        price_lists=seen.price_lists,
        hues=HUES,
        weekdays=weekday_names(seen.first_day),
        lines=lane_words(),
    )
    response = make_response(page)
    response.vary.add("HX-Target")
    return response


@staff_page("/at/<cinema>/week/shelf", power="plan")
def week_shelf(cinema: str) -> ResponseReturnValue:
    """The films of the shelf whose titles contain `title`: a part of the page."""
    title = request.args.get("title", "").strip()[:TITLE_CHARACTERS_MAX].replace("\0", "")
    day = day_of(request.args.get("start"), default=clock.now().date())
    films = read(
        lambda session: films_to_plan(session, cinema_id=cinema_here(session).id, around=day, title=title)
    )
    return render_template("backoffice/programme/week_shelf.html", films=films, hues=HUES)


def weekday_names(first_day: date) -> list[tuple[int, str]]:
    """The weekdays (ISO numbers) in the order of the cinema's week, each with its short name."""
    days = (first_day + timedelta(days=number) for number in range(DAYS_PER_WEEK))
    return [(day.isoweekday(), weekday_text(day, page_language())) for day in days]


def lane_words() -> dict[str, str]:
    """What is said of blocks; asked for once, since a week has hundreds."""
    return {"draft": _("Draft"), "sold": _("sold"), "turnaround": _("Turnaround"), "adverts": _("Adverts")}
