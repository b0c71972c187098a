"""How often something may be tried"""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from matinee.accounts.errors import TooManyAttempts
from matinee.accounts.models import AttemptCount
from matinee.accounts.throttling import LIMITS, Throttle, delete_expired_counts
from matinee.kernel import clock
from matinee.web.shared.services import Services
from tests.building import NOW, clock_at, count_rows

LIMIT = LIMITS["register"][0].amount


@pytest.fixture
def throttle(services: Services) -> Throttle:
    return Throttle(services.transactions, enabled=True, clock_now=clock.now)


def attempts_let_through(throttle: Throttle, account: str, *, tries: int) -> int:
    done = 0
    for _ in range(tries):
        try:
            throttle.count_attempt("register", account=account, address="192.0.2.1")
        except TooManyAttempts as refusal:
            assert 0 < refusal.retry_after_seconds <= 3600  # noqa: PT017 - refused or not, both are counted
        else:
            done += 1
    return done


def test_an_account_may_try_so_often_and_no_more(throttle: Throttle) -> None:
    with clock_at(NOW):
        assert attempts_let_through(throttle, "a@example.com", tries=LIMIT + 3) == LIMIT
        # However the name is written.
        assert attempts_let_through(throttle, " A@Example.com", tries=1) == 0
        assert attempts_let_through(throttle, "b@example.com", tries=1) == 1


def test_the_count_starts_anew_when_the_window_ends(throttle: Throttle) -> None:
    with clock_at(NOW):
        attempts_let_through(throttle, "a@example.com", tries=LIMIT + 1)
    with clock_at(NOW + timedelta(hours=1) - timedelta(seconds=1)):
        assert attempts_let_through(throttle, "a@example.com", tries=1) == 0
    with clock_at(NOW + timedelta(hours=1)):
        assert attempts_let_through(throttle, "a@example.com", tries=LIMIT + 1) == LIMIT


def test_threads_that_try_at_once_are_all_counted(app: APIFlask, throttle: Throttle) -> None:
    done: list[int] = []

    def try_often() -> None:
        with app.app_context():
            done.append(attempts_let_through(throttle, "a@example.com", tries=6))

    with clock_at(NOW):
        threads = [threading.Thread(target=try_often) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(done) == LIMIT


def test_what_is_forgotten_begins_anew(throttle: Throttle) -> None:
    with clock_at(NOW):
        attempts_let_through(throttle, "a@example.com", tries=LIMIT)
        throttle.forget_attempts("register", account="A@example.com")
        assert attempts_let_through(throttle, "a@example.com", tries=1) == 1


def test_no_name_of_a_person_is_in_the_table(throttle: Throttle, services: Services) -> None:
    with clock_at(NOW):
        attempts_let_through(throttle, "somebody@example.com", tries=1)
    keys = services.transactions.read(lambda session: session.scalars(select(AttemptCount.key)).all())
    assert len(keys) == 2
    assert "somebody" not in " ".join(keys)


def test_a_name_of_any_length_can_be_counted(throttle: Throttle) -> None:
    with clock_at(NOW):
        assert attempts_let_through(throttle, "\N{PILE OF POO}" * 5000, tries=1) == 1


def test_switched_off_it_counts_nothing(services: Services) -> None:
    off = Throttle(services.transactions, enabled=False, clock_now=clock.now)
    assert attempts_let_through(off, "a@example.com", tries=LIMIT + 5) == LIMIT + 5
    off.forget_attempts("register", account="a@example.com")
    assert services.transactions.read(lambda session: count_rows(session, AttemptCount)) == 0


def test_counts_of_windows_that_ended_are_tidied_up(throttle: Throttle, services: Services) -> None:
    with clock_at(NOW):
        attempts_let_through(throttle, "a@example.com", tries=1)
    assert services.transactions.write(lambda session: delete_expired_counts(session, now=NOW)) == 0
    later = NOW + timedelta(hours=1)
    assert services.transactions.write(lambda session: delete_expired_counts(session, now=later)) == 2
