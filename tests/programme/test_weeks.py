from __future__ import annotations

from datetime import date

import pytest

from matinee.programme.weeks import days_to_repeat, first_day_of_week, programme_day

THURSDAY = date(2030, 5, 16)


@pytest.mark.parametrize(
    ("day", "starts_on", "first"),
    [
        (THURSDAY, 4, THURSDAY),
        (date(2030, 5, 22), 4, THURSDAY),
        (date(2030, 5, 23), 4, date(2030, 5, 23)),
        (THURSDAY, 1, date(2030, 5, 13)),
        (THURSDAY, 5, date(2030, 5, 10)),
    ],
)
def test_a_week_begins_on_the_cinemas_day(day: date, starts_on: int, first: date) -> None:
    assert first_day_of_week(day, starts_on=starts_on) == first


def test_what_begins_after_midnight_stands_in_the_programme_of_the_evening() -> None:
    assert programme_day(date(2030, 5, 19), "00:30") == date(2030, 5, 18)
    assert programme_day(date(2030, 5, 19), "04:59") == date(2030, 5, 18)
    assert programme_day(date(2030, 5, 19), "05:00") == date(2030, 5, 19)


def test_weekdays_repeat_to_the_end_of_the_last_week() -> None:
    # Friday; the week goes from Thursday to Wednesday.
    friday = date(2030, 5, 17)
    assert days_to_repeat(friday, weekdays={1, 3, 5}, weeks=2, starts_on=4) == [
        date(2030, 5, 20), date(2030, 5, 22), date(2030, 5, 24), date(2030, 5, 27), date(2030, 5, 29),
    ]  # fmt: skip
    assert days_to_repeat(friday, weekdays={4, 5}, weeks=1, starts_on=4) == []
