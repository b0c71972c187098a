"""A cinema to try Matinee with: four halls and a programme for two weeks, of films from the first decades of cinema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme import demo_halls
from matinee.programme.cinemas import create_cinema
from matinee.programme.halls import store_layout
from matinee.programme.layouts import HallLayout, parse_layout
from matinee.programme.models import Cinema, Hall, Screening
from matinee.programme.programme_import import ImportReport, import_programme
from matinee.programme.schedule import FilmDetails, PlannedPrice, PlannedScreening, Schedule

SLUG = "aurora"
DAYS = 14
HALL_FILES = ("atrium.txt", "winter_garden.txt", "studio.txt", "courtyard.txt")

# Title, minutes, year and who made it. All were shown before 1931.
FILMS = {
    title: FilmDetails(title, minutes, certificate=certificate, synopsis=synopsis)
    for title, minutes, certificate, synopsis in (
        ("Metropolis", 153, "12", "A city above, a city below, and a machine in a woman's shape. Fritz Lang, 1927."),
        ("Nosferatu", 94, "12", "A clerk travels to sell a house to a count who sleeps by day. F. W. Murnau, 1922."),
        ("The General", 75, "6", "An engine driver goes after his stolen locomotive. Buster Keaton, 1926."),
        ("Safety Last!", 73, "6", "A shop assistant climbs the shop he works in. Harold Lloyd, 1923."),
        ("Sherlock Jr.", 45, "0", "A projectionist walks into the film that he shows. Buster Keaton, 1924."),
        ("Das Cabinet des Dr. Caligari", 74, "12", "A sleepwalker tells a fair's visitors how long they will live. "
         "Robert Wiene, 1920."),
        ("Людина з кіноапаратом", 68, "0", "Один день міста, побачений камерою. Дзиґа Вертов, 1929."),
        ("Земля", 75, "12", "Трактор приїздить у село. Олександр Довженко, 1930."),
        ("The Adventures of Prince Achmed", 65, "0", "Silhouettes cut with scissors fly on a magic horse. "
         "Lotte Reiniger, 1926."),
        ("Le Voyage dans la Lune", 13, "0", "Astronomers fire themselves at the moon. Georges Méliès, 1902."),
    )
}  # fmt: skip

# What each hall shows at which time; the films change places from day to day.
_LONG = ("Metropolis", "Nosferatu", "The General", "Das Cabinet des Dr. Caligari", "Земля", "Safety Last!")
_SHORT = ("Людина з кіноапаратом", "The Adventures of Prince Achmed", "Sherlock Jr.")
_PLAN: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str | None], ...] = (
    ("Atrium", ("14:00", "17:00", "20:00"), _LONG, "Evening"),
    ("Winter Garden", ("13:30", "16:30", "19:30", "22:15"), _LONG[1:], "Standard"),
    ("Studio", ("11:00", "12:30", "15:00", "18:00", "20:30"), _SHORT, "Standard"),
    ("Courtyard", ("21:30", "22:15", "23:00", "23:40"), ("Le Voyage dans la Lune",), None),
)
# List, zone, ticket type, amount. The first ticket type is the one that is meant when none is named.
_PRICES = (
    ("Standard", "standard", "adult", "8"), ("Standard", "standard", "child", "5"),
    ("Standard", "sofa", "adult", "12"), ("Standard", "sofa", "child", "9"),
    ("Evening", "standard", "adult", "11"), ("Evening", "standard", "child", "7"),
    ("Evening", "balcony", "adult", "14"), ("Evening", "balcony", "child", "10"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demonstration holds now."""

    cinema_name: str
    address: str
    slug: str
    hall_names: tuple[str, ...]
    screenings_new: int
    first_day: date
    last_day: date


def store_demo_programme(session: Session, *, timezone: str, currency: str, now: datetime) -> DemoReport:
    """Make the demonstration's cinema and its programme for two weeks from today, by the clock on its wall.

    What is there already stays: on a later day the missing days are added. Raises what `import_programme` raises.
    """
    cinema = session.scalars(select(Cinema).where(Cinema.slug == SLUG)).one_or_none() or create_cinema(
        session,
        slug=SLUG,
        name="Aurora",
        address="Aurora Picture House\n12 Lantern Street\nOld Town",
        timezone=timezone,
        currency=currency,
    )
    for layout in demo_layouts():
        known = select(Hall.id).where(Hall.cinema_id == cinema.id, Hall.name == layout.name)
        if session.scalar(known) is None:
            store_layout(session, cinema=cinema, layout=layout)
    today = now.astimezone(ZoneInfo(cinema.timezone)).date()
    days = [today + timedelta(days=number) for number in range(DAYS)]
    report = _import(session, cinema, days, now)
    return DemoReport(
        cinema.name, cinema.address, cinema.slug, tuple(hall for hall, *_ in _PLAN), report.screenings_new, today,
        days[-1],
    )  # fmt: skip


def demo_layouts() -> list[HallLayout]:
    """The halls of the demonstration."""
    folder = files(demo_halls)
    return [parse_layout(folder.joinpath(name).read_bytes(), file_name=name) for name in HALL_FILES]


def _import(session: Session, cinema: Cinema, days: list[date], now: datetime) -> ImportReport:
    taken = (
        select(Screening.day, Screening.time, Hall.name).join(Hall).where(Screening.cinema_id == cinema.id)
    )
    there = {(day, time, hall) for day, time, hall in session.execute(taken.where(Screening.day >= days[0]))}
    # Whoever changed the demonstration's programme by hand keeps the change.
    missing = [
        each for day in days for each in _screenings_of(day) if (day, each.time, each.hall) not in there
    ]
    prices = tuple(PlannedPrice("demo", *price) for price in _PRICES)
    schedule = Schedule("demo", tuple(FILMS.values()), tuple(missing), prices)
    return import_programme(
        session,
        files=[schedule],
        cinema_slug=SLUG,
        timezone=cinema.timezone,
        currency=cinema.currency,
        now=now,
    )


def _screenings_of(day: date) -> list[PlannedScreening]:
    """The plan of a day: the same for the same date, whenever it is asked for."""
    return [
        PlannedScreening(
            where=f"demo, {day}, {hall} at {time}",
            day=day,
            time=time,
            title=(title := films[(day.toordinal() + position) % len(films)]),
            film=FILMS[title],
            hall=hall,
            states_price=True,
            price_list=price_list,
        )
        for hall, times, films, price_list in _PLAN
        for position, time in enumerate(times)
    ]
