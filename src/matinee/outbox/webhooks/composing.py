"""What an event tells: composed by the area that it comes from, when it is delivered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class EventContext:
    """What composers need to know: where Matinee is reached (no slash at the end) and the moment of delivery (UTC)."""

    base_url: str
    now: datetime


# Composes what stands under "data" from the payload of the row; only reads. Raises NothingToSend for an event that lost
# its sense.
EventComposer = Callable[[Session, dict[str, Any], EventContext], dict[str, Any]]


def moment_text(moment: datetime) -> str:
    """A moment as events tell it: ISO 8601, in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def event_body(*, event_id: str, event: str, happened_at: datetime, data: dict[str, Any]) -> bytes:
    """The body of a request, as UTF-8."""
    body = {"id": event_id, "type": event, "created": moment_text(happened_at), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
