"""What scanners are told, as JSON: the same by the page of the door and by the API of today."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matinee.door.answers import ScanAnswer
from matinee.door.counts import DoorCount, door_counts
from matinee.door.lists import ListedScreening, ListedTicket, door_list
from matinee.door.screenings import screenings_at_doors
from matinee.programme.models import Screening
from matinee.tickets.signing import keys_in_order

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


def written_list(session: Session, *, screening_ids: Collection[int], salt: bytes) -> bytes:
    """What a scanner takes along, serialised: it is long, and asked for again and again."""
    told = {
        "keys": {key.id: key.public_key for key in keys_in_order(session)},
        "screenings": [
            _listed(listed) for listed in door_list(session, screening_ids=screening_ids, salt=salt)
        ],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


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
            "starts_at": _local(answer.starts_at, zone),
        },
        "order_in": answer.order_in,
        "order_tickets": answer.order_tickets,
        "first_at": _local(answer.first_at, zone),
        "first_door": answer.first_door,
        "became": answer.became,
        "warning": answer.warning,
    }


def moment_text(moment: datetime) -> str:
    """A moment that is no cinema's: in UTC."""
    return moment.isoformat().replace("+00:00", "Z")


def _local(moment: datetime | None, timezone: str) -> str | None:
    return None if moment is None else moment.astimezone(ZoneInfo(timezone)).isoformat()


def _screening(screening: Screening, count: DoorCount) -> Told:
    cinema = screening.hall.cinema
    return {
        "id": screening.id,
        "film": screening.film.title,
        "hall": screening.hall.name,
        "cinema": cinema.name,
        "starts_at": _local(screening.starts_at, cinema.timezone),
        "ends_at": _local(screening.ends_at, cinema.timezone),
        "timezone": cinema.timezone,
        "cancelled": screening.cancelled_at is not None,
        **_count(count),
    }


def _count(count: DoorCount) -> Told:
    return {"tickets": count.tickets, "inside": count.inside}


def _listed(listed: ListedScreening) -> Mapping[str, Any]:
    zone = listed.timezone
    return {
        "id": listed.id,
        "film": listed.film,
        "hall": listed.hall,
        "starts_at": _local(listed.starts_at, zone),
        "ends_at": _local(listed.ends_at, zone),
        "timezone": zone,
        "cancelled": listed.cancelled,
        "tickets": [_ticket(ticket, zone) for ticket in listed.tickets],
    }


def _ticket(ticket: ListedTicket, timezone: str) -> Sequence[str | None]:
    return (
        ticket.hash,
        ticket.order,
        ticket.seat,
        ticket.ticket_type,
        ticket.state,
        _local(ticket.admitted_at, timezone),
        ticket.door,
    )
