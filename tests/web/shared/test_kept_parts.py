"""Parts of answers that are kept while nothing but claims changes"""

from __future__ import annotations

import pytest

from matinee.web.shared import kept_parts
from matinee.web.shared.kept_parts import ASKED_MAX, SECONDS_TO_LIVE, Kept, KeptParts


class Programme:
    """A version of the programme that the test moves by hand."""

    value: object = 1

    def programme(self) -> object:
        return self.value


@pytest.fixture
def programme() -> Programme:
    return Programme()


@pytest.fixture
def parts(programme: Programme) -> KeptParts[str | None]:
    return KeptParts(programme)  # type: ignore[arg-type]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says: the first of the list."""
    shown = [100.0]
    monkeypatch.setattr(kept_parts.time, "monotonic", lambda: shown[0])
    return shown


def test_a_part_is_found_until_the_programme_changes(
    parts: KeptParts[str | None], programme: Programme
) -> None:
    assert parts.find("day") is None
    parts.keep("day", parts.as_of_now(), "films")
    assert parts.find("day") == Kept("films")
    assert parts.find("other") is None
    programme.value = 2
    assert parts.find("day") is None


def test_that_nothing_is_shown_is_kept_too(parts: KeptParts[str | None]) -> None:
    parts.keep("day", parts.as_of_now(), None)
    assert parts.find("day") == Kept(None)


def test_what_was_overtaken_while_it_was_read_is_not_found(
    parts: KeptParts[str | None], programme: Programme
) -> None:
    before = parts.as_of_now()
    programme.value = 2
    parts.keep("day", before, "films")
    assert parts.find("day") is None


def test_it_counts_its_age_from_before_it_was_read(parts: KeptParts[str | None], at: list[float]) -> None:
    before = parts.as_of_now()
    at[0] += 0.4
    parts.keep("day", before, "films")
    at[0] = 100 + SECONDS_TO_LIVE - 0.01
    assert parts.find("day") == Kept("films")
    at[0] = 100 + SECONDS_TO_LIVE
    assert parts.find("day") is None


def test_what_is_too_old_to_be_found_does_not_stay(parts: KeptParts[str | None], at: list[float]) -> None:
    for number in range(50):
        at[0] += SECONDS_TO_LIVE / 10
        parts.keep(number, parts.as_of_now(), "films")
    assert len(parts._kept) <= 11


def test_where_claims_are_not_told_apart_nothing_is_found(
    parts: KeptParts[str | None], programme: Programme
) -> None:
    class Restless(Programme):
        def programme(self) -> object:
            return object()

    restless: KeptParts[str] = KeptParts(Restless())  # type: ignore[arg-type]
    restless.keep("day", restless.as_of_now(), "films")
    assert restless.find("day") is None


def test_a_key_is_asked_for_often_while_one_question_follows_soon_upon_the_other(
    parts: KeptParts[str | None], at: list[float]
) -> None:
    assert not parts.is_asked_for_often("seats")
    assert not parts.is_asked_for_often("others")
    for _ in range(3):
        at[0] += SECONDS_TO_LIVE * 0.9
        assert parts.is_asked_for_often("seats")
    at[0] += SECONDS_TO_LIVE
    assert not parts.is_asked_for_often("seats")
    assert parts.is_asked_for_often("seats")


def test_what_nobody_asks_for_any_more_is_forgotten(parts: KeptParts[str | None], at: list[float]) -> None:
    for number in range(ASKED_MAX):
        parts.is_asked_for_often(number)
    at[0] += SECONDS_TO_LIVE
    for number in range(5):
        parts.is_asked_for_often(f"new {number}")
    assert len(parts._asked) == 5
