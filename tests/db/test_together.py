"""Questions that threads ask at the same moment"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from matinee.db.together import NoStandIn, NotTogether, Together, Unanswered

SECONDS_MAX = 10.0


class Registry:
    """Answers with ten times what was asked, and stands still at the first question until it is let go on."""

    def __init__(self, *, most: int = 100, **options: Any) -> None:
        self.groups: list[list[int]] = []
        self.fails_with: BaseException | None = None
        self.began, self.go_on = threading.Event(), threading.Event()
        self.together = Together(self._ask, most=most, **options)
        self.answers: dict[int, object] = {}
        self._threads: list[threading.Thread] = []
        self._later: list[int] = []

    def _ask(self, group: Sequence[int]) -> list[int]:
        self.groups.append(list(group))
        if len(self.groups) == 1:
            self.began.set()
            assert self.go_on.wait(SECONDS_MAX)
            if self.fails_with is not None:
                raise self.fails_with
        return [10 * number for number in group]

    def _keep(self, number: int) -> None:
        try:
            self.answers[number] = self.together(number)
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            self.answers[number] = error

    def ask_in_threads(self, *numbers: int) -> None:
        """One thread each, one after the other; returns when the first asks and the others wait."""
        for number in numbers:
            thread = threading.Thread(target=self._keep, args=(number,), daemon=True)
            thread.start()
            self._threads.append(thread)
            if number == numbers[0] and not self.began.is_set():
                assert self.began.wait(SECONDS_MAX)
            else:
                self._until_waiting(len(self._threads) + len(self._later) - 1)

    def _until_waiting(self, count: int) -> None:
        deadline = time.monotonic() + SECONDS_MAX
        while len(self.together._waiting) < count:
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def ask_later(self, *numbers: int) -> None:
        """From this thread, one after the other; returns when the first is asked for and the others wait."""
        for number in numbers:
            self._later.append(number)
            self.together.ask_later(number, partial(self.answers.__setitem__, number))
            if not self.began.is_set():
                assert self.began.wait(SECONDS_MAX)

    def end(self) -> None:
        """Let it go on, and wait for all."""
        self.go_on.set()
        deadline = time.monotonic() + SECONDS_MAX
        while not self.answers.keys() >= set(self._later):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        for thread in self._threads:
            thread.join(SECONDS_MAX)
            assert not thread.is_alive()


def test_one_alone_asks_at_once() -> None:
    registry = Registry()
    registry.go_on.set()
    assert [registry.together(1), registry.together(2)] == [10, 20]
    assert registry.groups == [[1], [2]]


def test_who_comes_meanwhile_goes_together_and_each_gets_his_own_answer() -> None:
    registry = Registry()
    registry.ask_in_threads(1, 2, 3, 4)
    registry.end()
    assert registry.groups == [[1], [2, 3, 4]]
    assert registry.answers == {1: 10, 2: 20, 3: 30, 4: 40}


def test_no_more_go_together_than_may() -> None:
    registry = Registry(most=2)
    registry.ask_in_threads(1, 2, 3, 4, 5, 6)
    registry.end()
    assert registry.groups == [[1], [2, 3], [4, 5], [6]]
    assert registry.answers == {number: 10 * number for number in range(1, 7)}


class HeldUpAtTheDoor:
    """A lock that one thread leaves, and then stands still until it is let go on: as when the system stops it there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.held_up: threading.Thread | None = None
        self.stands, self.go_on = threading.Event(), threading.Event()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self._lock.release()
        if threading.current_thread() is self.held_up and not self.stands.is_set():
            self.stands.set()
            assert self.go_on.wait(SECONDS_MAX)


def test_who_is_handed_over_to_before_he_waits_answers_all_the_same() -> None:
    registry = Registry()
    door = HeldUpAtTheDoor()
    registry.together._lock = door  # type: ignore[assignment]
    registry.ask_in_threads(1)
    door.held_up = threading.Thread(target=registry._keep, args=(2,), daemon=True)
    door.held_up.start()
    assert door.stands.wait(SECONDS_MAX)
    first = registry._threads[0]
    registry._threads.append(door.held_up)
    registry.ask_in_threads(3)
    registry.go_on.set()
    # The first has handed over to the second, who has not come so far as to wait.
    first.join(SECONDS_MAX)
    door.go_on.set()
    registry.end()
    assert registry.answers == {1: 10, 2: 20, 3: 30}
    assert registry.groups == [[1], [2, 3]]


@pytest.mark.parametrize("error", [NotTogether(), ValueError("no"), KeyboardInterrupt()])
def test_a_failure_is_everyones_own_and_the_next_go_on(error: BaseException) -> None:
    registry = Registry()
    registry.fails_with = error
    registry.ask_in_threads(1, 2, 3)
    registry.end()
    assert registry.answers == {1: error, 2: 20, 3: 30}
    assert registry.groups == [[1], [2, 3]]


@pytest.mark.parametrize("error", [NotTogether(), ValueError("no"), KeyboardInterrupt()])
def test_all_who_went_together_hear_of_a_failure(error: BaseException) -> None:
    registry = Registry()
    registry.ask_in_threads(1, 2, 3)
    # The second group is the one that fails.
    ask, registry.together._ask = registry.together._ask, _failing(error)
    registry.end()
    expected = type(error) if isinstance(error, Exception) else Unanswered
    assert registry.answers[1] == 10
    assert registry.answers[2] is error
    assert type(registry.answers[3]) is expected
    assert registry.answers[3] is not error
    registry.together._ask = ask
    assert registry.together(4) == 40


def _failing(error: BaseException):
    def ask(_group: Sequence[int]) -> list[int]:
        raise error

    return ask


def test_who_does_not_wait_is_told_by_another_thread() -> None:
    registry = Registry()
    told_by: list[threading.Thread] = []
    registry.together.ask_later(1, lambda _: told_by.append(threading.current_thread()))
    assert registry.began.wait(SECONDS_MAX)
    registry.ask_later(2, 3)
    registry.end()
    assert registry.answers == {2: 20, 3: 30}
    assert registry.groups == [[1], [2, 3]]
    assert len(told_by) == 1
    assert told_by != [threading.current_thread()]


def test_those_who_wait_and_those_who_do_not_go_together_whoever_is_first() -> None:
    registry = Registry(most=3)
    registry.ask_in_threads(1)
    registry.ask_later(2)
    registry.ask_in_threads(3)
    registry.ask_later(4)
    registry.ask_in_threads(5, 6)
    registry.ask_later(7, 8)
    registry.end()
    assert registry.groups == [[1], [2, 3, 4], [5, 6, 7], [8]]
    assert registry.answers == {number: 10 * number for number in range(1, 9)}
    # And again, when nobody waits.
    assert registry.together(9) == 90
    registry.ask_later(10)
    registry.end()
    assert registry.answers[10] == 100


@pytest.mark.parametrize("error", [NotTogether(), ValueError("no"), KeyboardInterrupt(), SystemExit()])
def test_a_failure_is_told_and_the_thread_that_asks_for_them_goes_on(error: BaseException) -> None:
    registry = Registry()
    registry.fails_with = error
    registry.ask_later(1, 2)
    registry.ask_in_threads(3)
    registry.end()
    expected = type(error) if isinstance(error, Exception) else Unanswered
    assert type(registry.answers[1]) is expected
    assert (registry.answers[2], registry.answers[3]) == (20, 30)
    registry.ask_later(4)
    registry.end()
    assert registry.answers[4] == 40


def test_one_who_cannot_be_told_keeps_nobody_else_waiting(caplog: pytest.LogCaptureFixture) -> None:
    def cannot_be_told(_found: object) -> None:
        raise ValueError("gone")

    registry = Registry()
    registry.ask_in_threads(1)
    registry.together.ask_later(2, cannot_be_told)
    registry.ask_later(3)
    registry.end()
    assert registry.groups == [[1], [2, 3]]
    assert registry.answers == {1: 10, 3: 30}
    assert "could not be told" in caplog.text
    registry.ask_later(4)
    registry.end()
    assert registry.answers[4] == 40


class CannotBeCopied(Exception):
    def __init__(self, one: int, _another: int) -> None:
        super().__init__(one)


def test_where_an_error_cannot_be_copied_it_is_not_known_what_became_of_it() -> None:
    registry = Registry()
    registry.ask_in_threads(1, 2, 3)
    registry.ask_later(4)
    registry.together._ask = _failing(CannotBeCopied(1, 2))
    registry.end()
    assert registry.answers[1] == 10
    assert isinstance(registry.answers[2], CannotBeCopied), "that of whoever asked for all"
    assert isinstance(registry.answers[3], Unanswered)
    assert isinstance(registry.answers[4], Unanswered)
    assert isinstance(registry.answers[4].__cause__, CannotBeCopied)


def test_a_thread_that_cannot_be_had_harms_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot_start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    registry = Registry()
    registry.go_on.set()
    with monkeypatch.context() as without_threads:
        without_threads.setattr(threading.Thread, "start", cannot_start)
        with pytest.raises(NoStandIn):
            registry.together.ask_later(1, lambda _: None)
    assert registry.together(2) == 20
    registry.ask_later(3)
    registry.end()
    assert registry.answers == {3: 30}


def test_the_next_are_asked_for_before_the_first_are_told() -> None:
    told_after: list[tuple[Sequence[int], bool]] = []
    second = threading.Event()

    def prepare(answers: Sequence[int]) -> None:
        if len(registry.groups) == 1:
            # The second group is asked for meanwhile.
            assert second.wait(SECONDS_MAX)
        told_after.append((list(answers), registry.answers.keys() >= {1}))

    registry = Registry(before_telling=prepare)
    ask = registry.together._ask

    def ask_and_tell(group: Sequence[int]) -> Sequence[int]:
        if registry.groups:
            second.set()
        return ask(group)

    registry.together._ask = ask_and_tell
    registry.ask_in_threads(1, 2, 3)
    registry.end()
    assert registry.groups == [[1], [2, 3]]
    assert registry.answers == {1: 10, 2: 20, 3: 30}
    assert sorted(answers for answers, _ in told_after) == [[10], [20, 30]]
    assert ([10], False) in told_after


@pytest.mark.parametrize("later", [False, True])
def test_what_was_answered_is_told_though_not_all_could_be_done_before(
    later: bool, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_answers: Sequence[int]) -> None:
        raise ValueError("no")

    registry = Registry(before_telling=fail)
    (registry.ask_later if later else registry.ask_in_threads)(1, 2)
    registry.end()
    assert registry.answers == {1: 10, 2: 20}
    assert "not all was done before" in caplog.text


class NobodyThere(Exception):
    pass


def test_what_ends_the_waiting_is_told_to_all_who_wait() -> None:
    registry = Registry(most=2, ends_waiting=NobodyThere)
    registry.fails_with = NobodyThere()
    registry.ask_in_threads(1, 2)
    registry.ask_later(3, 4)
    registry.ask_in_threads(5)
    registry.end()
    assert registry.groups == [[1]]
    assert {type(answer) for answer in registry.answers.values()} == {NobodyThere}
    assert len(registry.answers) == 5
    assert registry.together(6) == 60
