"""Answers that are made once per version of the data"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from matinee.db.errors import DatabaseUnavailable
from matinee.db.version import Change
from matinee.web.shared import kept_answers
from matinee.web.shared.kept_answers import (
    ENTRIES_MAX,
    SECONDS_TO_LIVE,
    SECONDS_WHILE_MADE_ANEW,
    KeptAnswers,
)


class Version:
    """A version that the test moves by hand."""

    value: object = 1

    def current(self) -> object:
        if self.value is None:
            raise DatabaseUnavailable("away")
        return self.value

    def current_if_known(self) -> object | None:
        return self.value

    def move(self, change: Change = Change.ANYTHING) -> None: ...


class Restless(Version):
    """A version that nobody can know: it differs at each look."""

    def current(self) -> object:
        return object()


class Maker:
    """Makes a new answer at each call."""

    made = 0

    def __call__(self) -> bytes:
        self.made += 1
        return str(self.made).encode()


class SlowMaker:
    """Makes an answer named by the version at its begin, once the test lets it go on; several may be on their way."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._go_on = threading.Event()
        self.begun: list[object] = []
        self.fails = False

    def __call__(self) -> str:
        self.begun.append(self._version.value)
        mine = f"{self._version.value}, made as number {len(self.begun)}"
        assert self._go_on.wait(10)
        if self.fails:
            raise LookupError(mine)
        return mine

    def wait_for_begin(self, count: int = 1) -> None:
        ends = time.perf_counter() + 10
        while len(self.begun) < count:
            assert time.perf_counter() < ends, f"{len(self.begun)} were begun, not {count}"
            time.sleep(0.001)

    def go_on(self) -> None:
        self._go_on.set()


def ask(kept: KeptAnswers, make: Callable[[], object]) -> Future[object]:
    """Ask for "day" in a thread of its own; where the thread comes to a stop, it has done so when this returns."""
    asked: Future[object] = Future()

    def get() -> None:
        try:
            asked.set_result(kept.get("day", make))
        except LookupError as error:
            asked.set_exception(error)

    threading.Thread(target=get, daemon=True).start()
    time.sleep(0.02)
    return asked


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the monotonic clock shows: the test sets it."""
    shown = [100.0]
    monkeypatch.setattr(kept_answers.time, "monotonic", lambda: shown[0])
    return shown


def test_an_answer_is_made_once_for_a_version() -> None:
    kept, make = KeptAnswers(Version()), Maker()
    assert [kept.get("day", make) for _ in range(3)] == [b"1"] * 3


def test_each_key_has_an_answer_of_its_own() -> None:
    kept, make = KeptAnswers(Version()), Maker()
    assert [kept.get(key, make) for key in ("a", "b", "a")] == [b"1", b"2", b"1"]


def test_a_new_version_makes_it_anew() -> None:
    version, make = Version(), Maker()
    kept = KeptAnswers(version)
    kept.get("day", make)
    version.value = 2
    assert kept.get("day", make) == b"2"


def test_it_is_not_believed_for_longer_than_a_second(seconds: list[float]) -> None:
    kept, make = KeptAnswers(Version()), Maker()
    kept.get("day", make)
    seconds[0] += SECONDS_TO_LIVE - 0.001
    assert kept.get("day", make) == b"1"
    seconds[0] += 0.001
    assert kept.get("day", make) == b"2"


def test_what_changes_while_it_is_made_is_made_once_more() -> None:
    version = Version()
    kept = KeptAnswers(version)

    def make_while_somebody_buys() -> bytes:
        version.value = 2
        return b"old"

    assert kept.get("day", make_while_somebody_buys) == b"old"
    assert kept.get("day", lambda: b"new") == b"new"


def test_no_answer_is_kept_too() -> None:
    kept = KeptAnswers(Version())
    calls = []

    def make_nothing() -> None:
        calls.append(1)

    assert [kept.get("day", make_nothing) for _ in range(2)] == [None, None]
    assert len(calls) == 1


def test_it_does_not_grow_without_end() -> None:
    kept, make = KeptAnswers(Version()), Maker()
    for key in range(ENTRIES_MAX + 50):
        kept.get(key, make)
    # The newest are there, the oldest were dropped.
    made = make.made
    kept.get(ENTRIES_MAX + 49, make)
    assert make.made == made
    kept.get(0, make)
    assert make.made == made + 1


def test_a_database_that_is_away_is_said_and_nothing_old_is_shown() -> None:
    version, make = Version(), Maker()
    kept = KeptAnswers(version)
    kept.get("day", make)
    version.value = None
    with pytest.raises(DatabaseUnavailable):
        kept.get("day", make)


def test_nothing_is_kept_while_the_version_cannot_be_known() -> None:
    kept, make = KeptAnswers(Restless()), Maker()
    assert [kept.get("day", make) for _ in range(2)] == [b"1", b"2"]


def test_any_value_is_kept() -> None:
    kept = KeptAnswers(Version())
    body, gzip, tag = kept.get("day", lambda: (b"body", b"gzip", "tag"))
    assert (body, gzip, tag) == (b"body", b"gzip", "tag")


def test_what_is_made_anew_takes_nobodys_place() -> None:
    version, make = Version(), Maker()
    kept = KeptAnswers(version)
    for key in range(ENTRIES_MAX):
        kept.get(key, make)
    version.value = 2
    kept.get(7, make)
    version.value = 1
    made = make.made
    kept.get(0, make)
    assert make.made == made


class TestSeveralThreads:
    def test_one_makes_it_for_all_who_ask_meanwhile(self) -> None:
        version = Version()
        kept, make = KeptAnswers(version), SlowMaker(version)
        asked = [ask(kept, make) for _ in range(8)]
        make.go_on()
        assert {each.result(10) for each in asked} == {"1, made as number 1"}

    def test_each_key_is_made_by_itself(self) -> None:
        version = Version()
        kept, make = KeptAnswers(version), SlowMaker(version)
        ask(kept, make)
        assert kept.get("another day", lambda: "at once") == "at once"
        make.go_on()

    def test_the_kept_one_is_shown_while_it_is_made_anew(self, seconds: list[float]) -> None:
        version = Version()
        kept, make = KeptAnswers(version), SlowMaker(version)
        kept.get("day", lambda: "kept")
        seconds[0] += SECONDS_TO_LIVE
        makes_it = ask(kept, make)
        make.wait_for_begin()
        seconds[0] += SECONDS_WHILE_MADE_ANEW - 0.001
        assert ask(kept, make).result(10) == "kept"
        make.go_on()
        assert makes_it.result(10) == "1, made as number 1"
        assert kept.get("day", make) == "1, made as number 1"

    def test_the_kept_one_is_not_shown_for_ever(self, seconds: list[float]) -> None:
        version = Version()
        kept, make = KeptAnswers(version), SlowMaker(version)
        kept.get("day", lambda: "kept")
        seconds[0] += SECONDS_TO_LIVE
        ask(kept, make)
        seconds[0] += SECONDS_WHILE_MADE_ANEW
        late = ask(kept, make)
        assert not late.done()
        make.go_on()
        assert late.result(10) == "1, made as number 1"

    def test_who_saw_a_change_is_not_given_what_was_begun_before_it(self) -> None:
        version = Version()
        kept, make = KeptAnswers(version), SlowMaker(version)
        before = ask(kept, make)
        make.wait_for_begin()
        version.value = 2
        after = ask(kept, make)
        make.go_on()
        assert before.result(10) == "1, made as number 1"
        assert after.result(10) == "2, made as number 2"

    def test_who_saw_a_change_is_not_shown_the_kept_one_either(self, seconds: list[float]) -> None:
        version = Version()
        kept, make = KeptAnswers(version), SlowMaker(version)
        kept.get("day", lambda: "kept")
        version.value = 2
        asked = [ask(kept, make) for _ in range(3)]
        make.go_on()
        assert {each.result(10) for each in asked} == {"2, made as number 1"}

    @pytest.mark.parametrize("version", [Version(), Restless()])
    def test_those_who_saw_different_changes_share_what_was_begun_after_all_of_them(
        self, version: Version
    ) -> None:
        kept, make = KeptAnswers(version), SlowMaker(version)
        ask(kept, make)
        make.wait_for_begin()
        asked = []
        for number in range(2, 8):
            version.value = number
            asked.append(ask(kept, make))
        make.go_on()
        assert {each.result(10) for each in asked} == {"7, made as number 2"}

    def test_an_error_reaches_all_who_waited_and_the_next_call_tries_again(self) -> None:
        version = Version()
        kept, make = KeptAnswers(version), SlowMaker(version)
        make.fails = True
        asked = [ask(kept, make) for _ in range(3)]
        make.go_on()
        for each in asked:
            with pytest.raises(LookupError):
                each.result(10)
        assert len(make.begun) == 1
        assert kept.get("day", lambda: "well again") == "well again"

    def test_an_error_of_what_was_begun_before_a_change_is_not_handed_on(self) -> None:
        version = Version()
        kept, make = KeptAnswers(version), SlowMaker(version)
        make.fails = True
        ask(kept, make)
        make.wait_for_begin()
        version.value = 2
        after = ask(kept, lambda: "there now")
        make.go_on()
        assert after.result(10) == "there now"


def is_at_hand(kept: KeptAnswers, key: str) -> bool:
    return kept.at_hand(key) is not None


def test_what_is_kept_is_at_hand_until_a_change_or_a_second_has_passed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = Version()
    kept = KeptAnswers(version)
    assert not is_at_hand(kept, "day")
    kept.get("day", Maker())
    assert is_at_hand(kept, "day")
    assert not is_at_hand(kept, "another day")

    version.value = 2
    assert not is_at_hand(kept, "day"), "a change was acknowledged"
    kept.get("day", Maker())
    assert is_at_hand(kept, "day")

    version.value = None
    assert not is_at_hand(kept, "day"), "nobody knows the version without asking"
    version.value = 2
    later = time.monotonic() + SECONDS_TO_LIVE
    monkeypatch.setattr(kept_answers.time, "monotonic", lambda: later)
    assert not is_at_hand(kept, "day"), "holds may have run out since"


def test_what_was_found_at_hand_is_given_though_it_changed_in_between() -> None:
    """Whoever gives it must not wait: the request came before the change."""
    version = Version()
    kept, make = KeptAnswers(version), Maker()
    assert kept.get("day", make) == b"1"
    assert is_at_hand(kept, "day")
    version.value = 2
    assert kept.get("day", make) == b"1"
    assert kept.get("day", make) == b"2"

    assert is_at_hand(kept, "day")
    version.value = 3
    assert not is_at_hand(kept, "day")
    assert kept.get("day", make) == b"3"
    assert is_at_hand(kept, "day")
    assert kept.get("another day", make) == b"4"
    version.value = 4
    assert kept.get("day", make) == b"5", "what was found was for the call that followed"


def test_what_lies_beside_an_answer_goes_with_it() -> None:
    version = Version()
    kept, make = KeptAnswers(version), Maker()
    for number in (1, 2):
        version.value = number
        assert kept.at_hand("day") is None
        kept.get("day", make)
        beside = kept.at_hand("day")
        assert beside == {}
        beside["words"] = number
        assert kept.at_hand("day") == {"words": number}
