"""When a mail that was not taken is tried again, and when it is given up."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

FIRST_PAUSE_SECONDS = 2
PAUSE_SECONDS_MAX = 300
# Only ever shorter than the pause, so that many mails that failed together do not come back together.
JITTER_MAX = 0.1
GIVE_UP_AFTER = timedelta(hours=48)
# A mail may have waited for days because no worker ran. So many tries take a day at the least, from the first
# one on.
ATTEMPTS_MIN = 350


def pause_seconds(attempts: int) -> float:
    """Seconds until the next try after `attempts` failed ones (1 or more), without the jitter."""
    return float(min(PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2 ** min(attempts - 1, 30)))


def next_attempt_at(*, created_at: datetime, attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` failed tries; None when the mail is given up."""
    if now - created_at >= GIVE_UP_AFTER and attempts >= ATTEMPTS_MIN:
        return None
    jitter = random.uniform(1 - JITTER_MAX, 1)  # noqa: S311 - jitter, not a secret
    return now + timedelta(seconds=pause_seconds(attempts) * jitter)
