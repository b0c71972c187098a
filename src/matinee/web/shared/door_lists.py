"""The list that scanners take along, as JSON: long, and asked for every few seconds, so it is made only where it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from matinee.door.lists import ListedScreening, ListedTicket, door_list, door_list_version
from matinee.tickets.signing import keys_in_order
from matinee.web.shared.door_answers import local_text
from matinee.web.shared.door_requests import ids_in, salt_bytes
from matinee.web.shared.prepared import MadeWhenSent
from matinee.web.shared.services import Services

HEADERS = {"Cache-Control": "private, no-cache"}


def prepared_list(service: Services, *, screenings: str, salt: str) -> MadeWhenSent:
    """The list of the screenings that a query names. `screenings` and `salt` are as `door_requests` lets them through."""
    ids, read = ids_in(screenings), service.transactions.read

    def version(session: Session) -> str | None:
        keys = [key.id for key in keys_in_order(session)]
        if not keys:
            return None
        told = (door_list_version(session, screening_ids=ids), *keys, screenings, salt)
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]

    def write(session: Session) -> bytes:
        return _written(session, ids, salt_bytes(salt))

    found = read(version)
    if found is None:
        # The first key is made when something is signed; a scanner that goes away without it knows no ticket sold since.
        service.seal(b"")
        found = read(version)
    assert found is not None, "signing makes a key"
    return MadeWhenSent(found, lambda: read(write))


def _written(session: Session, ids: Sequence[int], salt: bytes) -> bytes:
    told = {
        "keys": {key.id: key.public_key for key in keys_in_order(session)},
        "screenings": [_screening(listed) for listed in door_list(session, screening_ids=ids, salt=salt)],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _screening(listed: ListedScreening) -> dict[str, Any]:
    zone = listed.timezone
    return {
        "id": listed.id,
        "film": listed.film,
        "hall": listed.hall,
        "starts_at": local_text(listed.starts_at, zone),
        "ends_at": local_text(listed.ends_at, zone),
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
        local_text(ticket.admitted_at, timezone),
        ticket.door,
    )
