"""Programme files as tests write them, and bringing them in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from matinee.programme.csv_format import read_csv
from matinee.programme.days_export import export_days
from matinee.programme.days_format import read_days
from matinee.programme.models import Cinema, HouseSeat, Screening, Seat
from matinee.programme.programme_import import ImportReport, import_programme
from matinee.programme.queries import cinema_by_slug, screenings_between
from matinee.programme.schedule import Schedule

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

DAY = "2026.12.01"
# Before everything that the files of these tests plan.
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def film(
    title: str = "Nosferatu", at: str = "18:00", free: Sequence[object] = (1, 2, 3), **more: Any
) -> dict[str, Any]:
    """A film of a day as the schedule format writes it."""
    return {
        "title": title,
        "duration": 94,
        "trailer": "https://example.org/nosferatu",
        "aviableTikets": list(free),
        "beginTime": at,
        **more,
    }


def days(*films: dict[str, Any], **other: list[dict[str, Any]]) -> bytes:
    """A schedule of one day, or of the days given by name ("d2026_12_02")."""
    content = {DAY: {"films": list(films)}} if films else {}
    content |= {name[1:].replace("_", "."): {"films": entries} for name, entries in other.items()}
    return json.dumps(content, ensure_ascii=False).encode()


def import_days(services: Services, data: bytes, **more: Any) -> ImportReport:
    """Import a file in the schedule format."""
    return import_files(services, [read_days(data, file_name="days.json")], **more)


def import_text(services: Services, *texts: str, **more: Any) -> ImportReport:
    """Import CSV files."""
    return import_files(services, [read_csv(text.encode(), file_name="file.csv") for text in texts], **more)


def import_files(
    services: Services,
    schedules: Sequence[Schedule],
    *,
    timezone: str = "Europe/Kyiv",
    cinema: str | None = None,
    starting: date | None = None,
    now: datetime = NOW,
) -> ImportReport:
    """Import in a transaction of its own."""
    return services.transactions.write(
        lambda session: import_programme(
            session,
            files=schedules,
            cinema_slug=cinema,
            timezone=timezone,
            currency="UAH",
            now=now,
            starting=starting,
        )
    )


def shown(services: Services) -> list[tuple[str, str, str, str, set[str]]]:
    """Day, time, title, hall and free seats (those that are not the house's) of every screening."""

    def read(session: Any) -> list[tuple[str, str, str, str, set[str]]]:
        cinema = session.scalars(select(Cinema).order_by(Cinema.id)).first()
        if cinema is None:
            return []
        found = []
        for each in screenings_between(session, cinema_id=cinema.id, first_day=date.min, last_day=None):
            labels = {
                seat.id: seat.label
                for seat in session.scalars(select(Seat).where(Seat.hall_id == each.hall_id))
            }
            kept = session.scalars(select(HouseSeat.seat_id).where(HouseSeat.screening_id == each.id))
            for seat_id in kept:
                del labels[seat_id]
            row = (each.day.isoformat(), each.time, each.film.title, each.hall.name, set(labels.values()))
            found.append(row)
        return found

    return services.transactions.read(read)


def screenings(services: Services) -> list[Screening]:
    """Every screening, in the order in which they were stored."""
    return services.transactions.read(
        lambda session: list(session.scalars(select(Screening).order_by(Screening.id)))
    )


def export(services: Services, cinema: str | None = None) -> str:
    """The programme in the schedule format."""
    return services.transactions.read(
        lambda session: export_days(session, cinema=cinema_by_slug(session, cinema))
    )
