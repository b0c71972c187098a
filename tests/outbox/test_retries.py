from __future__ import annotations

from datetime import timedelta

from matinee.kernel import clock
from matinee.outbox.retries import ATTEMPTS_MIN, JITTER_MAX, next_attempt_at, pause_seconds


def test_pauses_grow_from_seconds_to_five_minutes() -> None:
    pauses = [pause_seconds(attempts) for attempts in range(1, 12)]
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert pause_seconds(100_000) == 300


def test_a_mail_is_given_up_after_two_days() -> None:
    now = clock.now()
    young, old = now - timedelta(hours=47), now - timedelta(hours=48)
    again = next_attempt_at(created_at=young, attempts=1000, now=now)
    assert again is not None
    assert now + timedelta(seconds=269) <= again <= now + timedelta(seconds=300)
    assert next_attempt_at(created_at=old, attempts=1000, now=now) is None


def test_a_mail_that_waited_for_a_worker_is_still_tried_for_a_day() -> None:
    now = clock.now()
    assert next_attempt_at(created_at=now - timedelta(days=9), attempts=1, now=now) is not None
    shortest = sum(pause_seconds(attempts) * (1 - JITTER_MAX) for attempts in range(1, ATTEMPTS_MIN))
    assert shortest >= 24 * 3600
