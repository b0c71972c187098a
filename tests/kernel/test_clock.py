"""The one clock"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from matinee.kernel import clock


def test_now_is_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_can_stand_still_and_goes_on_afterwards() -> None:
    moment = datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    with clock.frozen_at(moment):
        assert clock.now() == moment
        with clock.frozen_at(moment + timedelta(hours=1)):
            assert clock.now() == moment + timedelta(hours=1)
        assert clock.now() == moment
    assert clock.now() < moment


def test_it_goes_on_after_a_failure_too() -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(RuntimeError), clock.frozen_at(moment):
        raise RuntimeError
    assert clock.now() != moment


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"), clock.frozen_at(datetime(2030, 1, 1)):
        pass
