"""A row in a worker's hands, and what became of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matinee.outbox.retries import RetryPlan, next_attempt_at

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """A row as it was when it was taken. `endpoint_id` is None for a mail."""

    id: int
    lease: str
    channel: str
    kind: str
    endpoint_id: int | None
    recipient: str
    payload: dict[str, Any]
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery.

    Without an `error` it was sent; with one and no `retry_at` it is given up. A `payload` takes the place of the row's.
    """

    message_id: int
    lease: str
    at: datetime
    error: str | None = None
    retry_at: datetime | None = None
    answer_status: int | None = None
    payload: dict[str, Any] | None = None


def put_off(
    row: LeasedMessage,
    *,
    reason: str,
    now: datetime,
    plan: RetryPlan,
    answer_status: int | None = None,
    payload_at_last: dict[str, Any] | None = None,
) -> Outcome:
    """The outcome of a try that failed for now; given up if it was the last, with `payload_at_last`."""
    attempts = row.attempts + 1
    retry_at = next_attempt_at(created_at=row.created_at, attempts=attempts, now=now, plan=plan)
    if retry_at is None:
        whole = f"given up after {attempts} tries; at last: {reason}"
        return give_up(row, reason=whole, now=now, answer_status=answer_status, payload=payload_at_last)
    log.info("%s %s (%s) will be tried again: %s", row.channel, row.id, row.kind, reason)
    return Outcome(row.id, row.lease, now, error=reason, retry_at=retry_at, answer_status=answer_status)


def give_up(
    row: LeasedMessage,
    *,
    reason: str,
    now: datetime,
    answer_status: int | None = None,
    payload: dict[str, Any] | None = None,
) -> Outcome:
    """The outcome of a row that is not tried any more."""
    log.warning("%s %s (%s) is given up: %s", row.channel, row.id, row.kind, reason)
    return Outcome(row.id, row.lease, now, error=reason, answer_status=answer_status, payload=payload)
