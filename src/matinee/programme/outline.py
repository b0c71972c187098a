"""What a cinema has on its coming days, in outline: enough to offer days and filters that lead somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.models import Film, Screening, Seat
from matinee.programme.queries import is_public

# An access feature of the hall, not of the screening: it has places for wheelchairs.
WHEELCHAIR = "wheelchair"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of screening of a day; several that differ in time or film alone are one. Empty texts: not said."""

    day: date
    format: str
    language: str
    certificate: str
    # Words of ACCESS_FEATURES, and WHEELCHAIR.
    access: frozenset[str]


def coming_kinds(session: Session, *, cinema_id: int, now: datetime) -> tuple[Kind, ...]:
    """Every kind of screening that begins after `now`, by day. Days are those on the cinema's wall."""
    columns = (
        Screening.day,
        Screening.format,
        Screening.language,
        Film.certificate,
        Screening.access_features,
        Screening.hall_id,
    )
    wanted = (
        select(*columns)
        .join(Film, Film.id == Screening.film_id)
        .where(Screening.cinema_id == cinema_id, Screening.starts_at > now, is_public())
        .distinct()
    )
    rows = session.execute(wanted).all()
    halls = halls_with_wheelchair_places(session, hall_ids={row[-1] for row in rows})
    found = {
        Kind(day, format, language, certificate, access_of(features, hall_id in halls))
        for day, format, language, certificate, features, hall_id in rows
    }
    return tuple(sorted(found, key=lambda kind: kind.day))


def halls_with_wheelchair_places(session: Session, *, hall_ids: set[int]) -> frozenset[int]:
    """Those of the halls that have places for wheelchairs."""
    wanted = select(Seat.hall_id).where(Seat.hall_id.in_(hall_ids), Seat.kind == "wheelchair").distinct()
    return frozenset(session.scalars(wanted))


def access_of(features: str, has_wheelchair_places: bool) -> frozenset[str]:
    """The access features of a screening, with that of its hall."""
    return frozenset(features.split()) | ({WHEELCHAIR} if has_wheelchair_places else frozenset())
