"""Two cinemas to try Matinee with, and a programme for two weeks, of films from the first decades of cinema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme import demo_halls
from matinee.programme.cinemas import create_cinema
from matinee.programme.demo_films import FILMS
from matinee.programme.demo_plan import AURORA, CINEMAS, DemoCinema, DemoHall, prices_of, screenings_of
from matinee.programme.halls import store_layout
from matinee.programme.layouts import HallLayout, parse_layout
from matinee.programme.models import Cinema, Hall, Screening
from matinee.programme.programme_import import ImportReport, import_programme
from matinee.programme.schedule import Schedule

SLUG = AURORA.slug
DAYS = 14


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demonstration holds now: its first cinema, the name of the other, and what is new in both."""

    cinema_name: str
    address: str
    slug: str
    hall_names: tuple[str, ...]
    other_cinema_names: tuple[str, ...]
    screenings_new: int
    first_day: date
    last_day: date


def store_demo_programme(session: Session, *, timezone: str, currency: str, now: datetime) -> DemoReport:
    """Make the demonstration's cinemas and their programme for two weeks from today, by the clock on their walls.

    What is there already stays: on a later day the missing days are added. Raises what `import_programme` raises.
    """
    screenings_new = 0
    first: Cinema | None = None
    for planned in CINEMAS:
        cinema = _cinema(session, planned, timezone, currency)
        first = first or cinema
        today = now.astimezone(ZoneInfo(cinema.timezone)).date()
        days = [today + timedelta(days=number) for number in range(DAYS)]
        screenings_new += _import(session, cinema, planned, days, now).screenings_new
    assert first is not None, "the demonstration has cinemas"
    return DemoReport(
        cinema_name=first.name,
        address=first.address,
        slug=first.slug,
        hall_names=tuple(hall.name for hall in AURORA.halls),
        other_cinema_names=tuple(planned.name for planned in CINEMAS[1:]),
        screenings_new=screenings_new,
        first_day=days[0],
        last_day=days[-1],
    )


def demo_layouts() -> list[HallLayout]:
    """The halls of the demonstration."""
    return [_layout(hall) for planned in CINEMAS for hall in planned.halls]


def _cinema(session: Session, planned: DemoCinema, timezone: str, currency: str) -> Cinema:
    """The cinema with its halls."""
    cinema = session.scalars(
        select(Cinema).where(Cinema.slug == planned.slug)
    ).one_or_none() or create_cinema(
        session,
        slug=planned.slug,
        name=planned.name,
        address=planned.address,
        timezone=timezone,
        currency=currency,
        accent_color=planned.accent_color,
        phone=planned.phone,
        email=planned.email,
    )
    for layout in map(_layout, planned.halls):
        known = select(Hall.id).where(Hall.cinema_id == cinema.id, Hall.name == layout.name)
        if session.scalar(known) is None:
            store_layout(session, cinema=cinema, layout=layout)
    return cinema


def _layout(hall: DemoHall) -> HallLayout:
    data = files(demo_halls).joinpath(hall.file_name).read_bytes()
    return parse_layout(data, file_name=hall.file_name)


def _import(
    session: Session, cinema: Cinema, planned: DemoCinema, days: list[date], now: datetime
) -> ImportReport:
    taken = (
        select(Screening.day, Screening.time, Hall.name).join(Hall).where(Screening.cinema_id == cinema.id)
    )
    there = {(day, time, hall) for day, time, hall in session.execute(taken.where(Screening.day >= days[0]))}
    # Whoever changed the demonstration's programme by hand keeps the change.
    missing = [
        each
        for day in days
        for each in screenings_of(planned, day)
        if (day, each.time, each.hall) not in there
    ]
    films = tuple(film.details for film in FILMS.values())
    return import_programme(
        session,
        files=[Schedule("demo", films, tuple(missing), prices_of(planned))],
        cinema_slug=planned.slug,
        timezone=cinema.timezone,
        currency=cinema.currency,
        now=now,
    )
