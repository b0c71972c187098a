"""A lock whose failure is that of all who wait at it"""

from __future__ import annotations

import threading

import pytest

from matinee.db.errors import DatabaseUnavailable
from matinee.db.failing_together import FailingTogether
from matinee.db.failures import given_up
from matinee.kernel.counts import tell_counts_to

SECONDS_MAX = 10.0
WAITING = 3


class Attempts:
    """Threads that come to the lock; the block of the first stands still until it is let go on."""

    def __init__(self, failure: Exception | None) -> None:
        self.together = FailingTogether()
        self.failure = failure
        self.begun = 0
        self.errors: list[BaseException | None] = []
        self.began, self.go_on = threading.Event(), threading.Event()

    def try_once(self) -> None:
        with self.together():
            self.begun += 1
            if self.begun == 1:
                self.began.set()
                assert self.go_on.wait(SECONDS_MAX)
                if self.failure is not None:
                    raise self.failure

    def try_in_thread(self) -> threading.Thread:
        def run() -> None:
            try:
                self.try_once()
                self.errors.append(None)
            except Exception as error:  # noqa: BLE001 - looked at by the test
                self.errors.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """One that is let in, and some who wait for it."""
        threads = [self.try_in_thread()]
        assert self.began.wait(SECONDS_MAX)
        came = [threading.Event() for _ in range(WAITING)]
        real = self.together._lock
        self.together._lock = _Telling(real, iter(came))  # type: ignore[assignment]
        threads += [self.try_in_thread() for _ in came]
        assert all(one.wait(SECONDS_MAX) for one in came)
        self.together._lock = real
        self.go_on.set()
        for thread in threads:
            thread.join(SECONDS_MAX)
            assert not thread.is_alive()


class _Telling:
    """A lock that tells of each who is about to wait at it."""

    def __init__(self, lock: threading.Lock, came) -> None:
        self._lock, self._came = lock, came

    def __enter__(self) -> None:
        next(self._came).set()
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self._lock.release()


def test_who_waited_while_one_failed_fails_as_well_and_asks_no_more() -> None:
    attempts = Attempts(DatabaseUnavailable("gone", retry_after_seconds=7))
    attempts.run()
    assert attempts.begun == 1
    assert [type(error) for error in attempts.errors] == [DatabaseUnavailable] * (WAITING + 1)
    assert {(str(error), error.retry_after_seconds) for error in attempts.errors} == {("gone", 7)}
    # Each his own: one that several threads raise would collect what each of them did.
    assert len({id(error) for error in attempts.errors}) == WAITING + 1


def test_the_failure_of_one_attempt_is_counted_once_however_many_waited_for_it() -> None:
    counted: list[str] = []
    tell_counts_to(lambda what, _amount, _labels: counted.append(what))
    try:
        attempts = Attempts(given_up("gone"))
        attempts.run()
    finally:
        tell_counts_to(None)
    assert [str(error) for error in attempts.errors] == ["gone"] * (WAITING + 1)
    assert counted == ["database_unavailable"]


def test_who_comes_after_a_failure_asks_anew() -> None:
    attempts = Attempts(DatabaseUnavailable("gone"))
    attempts.run()
    attempts.try_once()
    assert attempts.begun == 2


@pytest.mark.parametrize("failure", [None, ValueError("of one alone")])
def test_what_is_no_failure_of_the_database_is_nobody_elses(failure: Exception | None) -> None:
    attempts = Attempts(failure)
    attempts.run()
    assert attempts.begun == WAITING + 1
    assert attempts.errors.count(None) == WAITING + (failure is None)
