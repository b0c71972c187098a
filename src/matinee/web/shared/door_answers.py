"""What scanners are told, as JSON: the same by the page of the door and by the API of today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matinee.door.answers import ScanAnswer
from matinee.door.counts import DoorCount, door_counts
from matinee.door.screenings import screenings_at_doors
from matinee.programme.models import Screening

Told = dict[str, Any]


def told_screenings(session: Session, *, now: datetime) -> list[Told]:
    """The screenings that one can stand at the door of, with how many are in."""
    found = screenings_at_doors(session, now=now)
    counts = door_counts(session, screening_ids=[screening.id for screening in found])
    return [_screening(screening, counts[screening.id]) for screening in found]


def told_counts(session: Session, *, screening_ids: Collection[int]) -> dict[str, Told]:
    """Screening id -> how many tickets, and how many of them are in."""
    counts = door_counts(session, screening_ids=screening_ids)
    return {str(screening_id): _count(count) for screening_id, count in sorted(counts.items())}


def told_answer(answer: ScanAnswer) -> Told:
    """What became of a scan."""
    zone = answer.timezone
    return {
        "sequence": answer.sequence,
        "result": answer.result,
        "ticket_id": answer.ticket_id,
        "order": answer.order_code,
        "seat": answer.seat,
        "ticket_type": answer.ticket_type,
        "screening": None
        if answer.screening_id is None
        else {
            "id": answer.screening_id,
            "film": answer.film,
            "hall": answer.hall,
            "starts_at": local_text(answer.starts_at, zone),
        },
        "order_in": answer.order_in,
        "order_tickets": answer.order_tickets,
        "first_at": local_text(answer.first_at, zone),
        "first_door": answer.first_door,
        "became": answer.became,
        "warning": answer.warning,
    }


def moment_text(moment: datetime) -> str:
    """A moment that is no cinema's: in UTC."""
    return moment.isoformat().replace("+00:00", "Z")


def local_text(moment: datetime | None, timezone: str) -> str | None:
    """By the clock on the cinema's wall."""
    return None if moment is None else moment.astimezone(ZoneInfo(timezone)).isoformat()


def _screening(screening: Screening, count: DoorCount) -> Told:
    cinema = screening.hall.cinema
    return {
        "id": screening.id,
        "film": screening.film.title,
        "hall": screening.hall.name,
        "cinema": cinema.name,
        "starts_at": local_text(screening.starts_at, cinema.timezone),
        "ends_at": local_text(screening.ends_at, cinema.timezone),
        "timezone": cinema.timezone,
        "cancelled": screening.cancelled_at is not None,
        **_count(count),
    }


def _count(count: DoorCount) -> Told:
    return {"tickets": count.tickets, "inside": count.inside}
