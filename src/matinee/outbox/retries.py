"""When what was not taken is tried again, and when it is given up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_PAUSE_SECONDS = 2
# Only ever shorter than the pause, so that many that failed together do not come back together.
JITTER_MAX = 0.1
GIVE_UP_AFTER = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """How patient one way of delivery is.

    A row may have waited for days because no worker ran. `attempts_min` tries therefore take a day at the least, from
    the first one on.
    """

    pause_seconds_max: int
    attempts_min: int


MAIL_RETRIES = RetryPlan(pause_seconds_max=300, attempts_min=350)
# Endpoints are many, and one that is away for days has many rows that wait: longer pauses.
WEBHOOK_RETRIES = RetryPlan(pause_seconds_max=3600, attempts_min=38)


def pause_seconds(attempts: int, *, plan: RetryPlan) -> float:
    """Seconds until the next try after `attempts` failed ones (1 or more), without the jitter."""
    return float(min(plan.pause_seconds_max, FIRST_PAUSE_SECONDS * 2 ** min(attempts - 1, 30)))


def next_attempt_at(
    *, created_at: datetime, attempts: int, now: datetime, plan: RetryPlan
) -> datetime | None:
    """When to try again after `attempts` failed tries; None when the row is given up."""
    if now - created_at >= GIVE_UP_AFTER and attempts >= plan.attempts_min:
        return None
    jitter = random.uniform(1 - JITTER_MAX, 1)  # noqa: S311 - jitter, not a secret
    return now + timedelta(seconds=pause_seconds(attempts, plan=plan) * jitter)
