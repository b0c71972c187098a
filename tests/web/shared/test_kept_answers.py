"""Answers that are serialised once per version of the data"""

from __future__ import annotations

import pytest

from matinee.db.errors import DatabaseUnavailable
from matinee.web.shared import kept_answers
from matinee.web.shared.kept_answers import ENTRIES_MAX, SECONDS_TO_LIVE, KeptAnswers


class Version:
    """A version that the test moves by hand."""

    value: object = 1

    def current(self) -> object:
        if self.value is None:
            raise DatabaseUnavailable("away")
        return self.value

    def move(self) -> None: ...


class Maker:
    """Makes a new answer at each call."""

    made = 0

    def __call__(self) -> bytes:
        self.made += 1
        return str(self.made).encode()


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
