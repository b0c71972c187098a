"""The cinemas of the demonstration, and what each of their halls shows at which time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matinee.programme.demo_films import FILMS
from matinee.programme.schedule import PlannedPrice, PlannedScreening

LONG = ("Metropolis", "Nosferatu", "The General", "Das Cabinet des Dr. Caligari", "Земля", "Safety Last!")
SHORT = ("Людина з кіноапаратом", "The Adventures of Prince Achmed", "Sherlock Jr.")
SATURDAY, SUNDAY = 6, 7


@dataclass(frozen=True, slots=True)
class DemoHall:
    """A hall: the file with its plan, the times of a day, the films that take turns, the price list (None: free)."""

    name: str
    file_name: str
    times: tuple[str, ...]
    films: tuple[str, ...]
    price_list: str | None
    access_features: str = ""


@dataclass(frozen=True, slots=True)
class DemoCinema:
    """A cinema. Prices: list, zone, ticket type, amount; the first ticket type is meant when none is named."""

    slug: str
    name: str
    address: str
    accent_color: str
    phone: str
    email: str
    halls: tuple[DemoHall, ...]
    prices: tuple[tuple[str, str, str, str], ...]


AURORA = DemoCinema(
    slug="aurora",
    name="Aurora",
    address="Aurora Picture House\n12 Lantern Street\nOld Town",
    accent_color="",
    phone="+380 44 555 01 12",
    email="hello@aurora.example",
    halls=(
        DemoHall("Atrium", "atrium.txt", ("14:00", "17:00", "20:00"), LONG, "Evening", "hearing_loop"),
        DemoHall("Winter Garden", "winter_garden.txt", ("13:30", "16:30", "19:30", "22:15"), LONG[1:], "Standard"),
        DemoHall("Studio", "studio.txt", ("11:00", "12:30", "15:00", "18:00", "20:30"), SHORT, "Standard"),
        DemoHall(
            "Courtyard", "courtyard.txt", ("21:30", "22:15", "23:00", "23:40"), ("Le Voyage dans la Lune",), None
        ),
    ),
    prices=(
        ("Standard", "standard", "adult", "8"), ("Standard", "standard", "child", "5"),
        ("Standard", "sofa", "adult", "12"), ("Standard", "sofa", "child", "9"),
        ("Evening", "standard", "adult", "11"), ("Evening", "standard", "child", "7"),
        ("Evening", "balcony", "adult", "14"), ("Evening", "balcony", "child", "10"),
    ),
)  # fmt: skip
LOFT = DemoCinema(
    slug="loft",
    name="The Loft",
    address="The Loft\n3 Mill Lane, under the roof\nRiverside",
    accent_color="#3fb8a5",
    phone="+380 44 555 01 34",
    email="hello@loft.example",
    halls=(
        DemoHall("Attic", "attic.txt", ("16:00", "18:45", "21:30"), LONG[::-1], "House"),
        DemoHall("Parlour", "parlour.txt", ("15:00", "17:00", "19:15"), SHORT[::-1], "House", "hearing_loop"),
    ),
    prices=(
        ("House", "standard", "adult", "7"), ("House", "standard", "child", "4"), ("House", "sofa", "adult", "10"),
        ("House", "sofa", "child", "7"),
    ),
)  # fmt: skip
# The first is the default one.
CINEMAS = (AURORA, LOFT)


def prices_of(cinema: DemoCinema) -> tuple[PlannedPrice, ...]:
    """The price lists of a cinema."""
    return tuple(PlannedPrice("demo", *price) for price in cinema.prices)


def screenings_of(cinema: DemoCinema, day: date) -> list[PlannedScreening]:
    """The plan of a day: the same for the same date, whenever it is asked for. Films change places from day to day."""
    return [
        _screening(day, hall, time, hall.films[(day.toordinal() + position) % len(hall.films)])
        for hall in cinema.halls
        for position, time in enumerate(hall.times)
    ]


def _screening(day: date, hall: DemoHall, time: str, title: str) -> PlannedScreening:
    film = FILMS[title]
    return PlannedScreening(
        where=f"demo, {day}, {hall.name} at {time}",
        day=day,
        time=time,
        title=title,
        film=film.details,
        hall=hall.name,
        states_price=True,
        price_list=hall.price_list,
        format=film.format,
        language=film.language,
        subtitles=film.subtitles,
        access_features=_access_features(day, hall, time),
    )


def _access_features(day: date, hall: DemoHall, time: str) -> str:
    """What the hall has, and a few screenings of the week that are for those who hear, see or sit differently."""
    found = hall.access_features.split()
    is_early = time == min(hall.times)
    if is_early and day.isoweekday() == SUNDAY:
        found.append("relaxed")
    if is_early and day.isoweekday() == SATURDAY:
        found.append("audio_description")
    if time == max(hall.times) and day.isoweekday() % 3 == 0:
        found.append("captions")
    return " ".join(found)
