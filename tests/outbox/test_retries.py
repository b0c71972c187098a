from __future__ import annotations

from datetime import timedelta

import pytest

from matinee.kernel import clock
from matinee.outbox.retries import (
    JITTER_MAX,
    MAIL_RETRIES,
    WEBHOOK_RETRIES,
    RetryPlan,
    next_attempt_at,
    pause_seconds,
)

both_plans = pytest.mark.parametrize("plan", [MAIL_RETRIES, WEBHOOK_RETRIES], ids=["mail", "webhook"])


def test_pauses_between_mails_grow_from_seconds_to_five_minutes() -> None:
    pauses = [pause_seconds(attempts, plan=MAIL_RETRIES) for attempts in range(1, 12)]
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert pause_seconds(100_000, plan=MAIL_RETRIES) == 300


def test_pauses_between_webhooks_grow_from_seconds_to_an_hour() -> None:
    pauses = [pause_seconds(attempts, plan=WEBHOOK_RETRIES) for attempts in range(1, 14)]
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]


@both_plans
def test_a_row_is_given_up_after_two_days(plan: RetryPlan) -> None:
    now = clock.now()
    young, old = now - timedelta(hours=47), now - timedelta(hours=48)
    again = next_attempt_at(created_at=young, attempts=1000, now=now, plan=plan)
    assert again is not None
    longest = plan.pause_seconds_max
    assert now + timedelta(seconds=longest * 0.899) <= again <= now + timedelta(seconds=longest)
    assert next_attempt_at(created_at=old, attempts=1000, now=now, plan=plan) is None


@both_plans
def test_a_row_that_waited_for_a_worker_is_still_tried_for_a_day(plan: RetryPlan) -> None:
    now = clock.now()
    assert next_attempt_at(created_at=now - timedelta(days=9), attempts=1, now=now, plan=plan) is not None
    shortest = sum(
        pause_seconds(attempts, plan=plan) * (1 - JITTER_MAX) for attempts in range(1, plan.attempts_min)
    )
    assert shortest >= 24 * 3600
