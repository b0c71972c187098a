"""GET /backoffice/at/<cinema>/screenings: every screening of a cinema, to be found by day, film, hall and state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from matinee.boxoffice.queries import tickets_per_screening
from matinee.kernel import clock
from matinee.languages.formats import moment_text
from matinee.programme.models import Film, Hall, PriceList, Screening
from matinee.programme.queries import halls_of
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.days import FIRST, LAST, day_of
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.programme.films import films_titled
from matinee.web.shared.languages import _, page_language

# A day that has one before it.
_FIRST_MIN = date.min + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Row:
    screening: Screening
    film: str
    hall: str
    price_list: str | None
    tickets: int
    state: str


@staff_page("/at/<cinema>/screenings", power="plan")
def screenings(cinema: str) -> ResponseReturnValue:
    """The screenings, from today on unless another day is asked for."""
    house, now = this_house(), clock.now()
    zone = ZoneInfo(house.timezone)
    halls = read(
        lambda session: [(str(each.id), each.name) for each in halls_of(session, cinema_id=house.id)]
    )
    columns: list[Column[_Row]] = [
        Column("when", _("When"), lambda row: row.screening.starts_at.astimezone(zone), _when, sorts=True),
        Column("film", _("Film"), lambda row: row.film, _film, sorts=True),
        Column("hall", _("Hall"), lambda row: row.hall, sorts=True),
        Column("manner", _("How"), _manner),
        Column("prices", _("Prices"), _prices),
        Column("tickets", _("Sold"), lambda row: row.tickets, at_end=True),
        Column("state", _("State"), lambda row: state_words(row.state)),
    ]
    return show_listing(
        Listing(
            name="screenings",
            title=_("Screenings"),
            columns=columns,
            filters=(
                Filter(FIRST, _("From"), kind="day", default=now.astimezone(zone).date().isoformat()),
                Filter(LAST, _("Until"), kind="day"),
                Filter("film", _("Film")),
                Filter("hall", _("Hall"), kind="choice", options=halls),
                Filter(
                    "state",
                    _("State"),
                    kind="choice",
                    options=[(state, state_words(state)) for state in ("draft", "published", "cancelled")],
                ),
            ),
            source=lambda session, wanted: _rows(session, wanted, now),
            sort="when",
            nothing=_("No screening fits."),
        ),
        template="backoffice/programme/screenings.html",
    )


def state_of(screening: Screening, *, now: datetime) -> str:
    """ "cancelled", "draft", "over", or "published"."""
    if screening.cancelled_at is not None:
        return "cancelled"
    if screening.draft:
        return "draft"
    return "over" if screening.ends_at <= now else "published"


def state_words(state: str) -> str:
    """What a state is called."""
    return {
        "draft": _("Draft"),
        "published": _("Published"),
        "cancelled": _("Cancelled"),
        "over": _("Over"),
    }[state]


def _rows(session: Session, wanted: Wanted, now: datetime) -> Sequence[_Row]:
    statement: Any = (
        select(Screening, Film.title, Hall.name, PriceList.name)
        .join(Film, Film.id == Screening.film_id)
        .join(Hall, Hall.id == Screening.hall_id)
        .outerjoin(PriceList, PriceList.id == Screening.price_list_id)
        .where(Screening.cinema_id == this_house().id, *_conditions(session, wanted))
    )
    by = {"when": Screening.starts_at, "film": Film.title, "hall": Hall.name}
    found: Sequence[Any] = session.execute(ordered(statement, wanted, by, last=Screening.id)).all()
    tickets = tickets_per_screening(session, screening_ids=[row[0].id for row in found])
    return [
        _Row(one, film, hall, price_list, tickets[one.id], state_of(one, now=now))
        for one, film, hall, price_list in found
    ]


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    filters, found = wanted.filters, []
    # Those of the wall: they are stored.
    if FIRST in filters:
        first = day_of(filters[FIRST], default=clock.now().date())
        # No clock is a day ahead of that of UTC: bounds the index on the start, along which the database goes.
        earliest = datetime.combine(max(first, _FIRST_MIN) - timedelta(days=1), time.min, UTC)
        found += [Screening.day >= first, Screening.starts_at >= earliest]
    if LAST in filters:
        found.append(Screening.day <= day_of(filters[LAST], default=clock.now().date()))
    if "film" in filters:
        found.append(Screening.film_id.in_(films_titled(session, filters["film"])))
    if "hall" in filters:
        found.append(Screening.hall_id == int(filters["hall"]))
    states = {
        "draft": and_(Screening.draft, Screening.cancelled_at.is_(None)),
        "published": and_(~Screening.draft, Screening.cancelled_at.is_(None)),
        "cancelled": Screening.cancelled_at.is_not(None),
    }
    if "state" in filters:
        found.append(states[filters["state"]])
    return found


def _when(row: _Row) -> Markup:
    said = moment_text(row.screening.starts_at, this_house().timezone, page_language())
    return Markup('<a href="{}">{}</a>').format(here("screening_page", screening_id=row.screening.id), said)


def _film(row: _Row) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("film_page", film_id=row.screening.film_id), row.film)


def _manner(row: _Row) -> str:
    of = row.screening
    parts = [
        of.format,
        of.language,
        _("subtitles %(language)s", language=of.subtitles) if of.subtitles else "",
    ]
    return ", ".join(part for part in parts if part)


def _prices(row: _Row) -> str:
    if row.price_list is None:
        return _("Free of charge")
    return (
        _("%(name)s, by the time", name=row.price_list)
        if row.screening.price_list_by_time
        else row.price_list
    )
