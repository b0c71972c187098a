from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from matinee.programme.validity import Validity, parse_validity

SATURDAY = date(2026, 12, 5)


@pytest.mark.parametrize(
    ("validity", "day", "time", "covered"),
    [
        (Validity(), SATURDAY, "18:00", True),
        (Validity("67"), SATURDAY, "18:00", True),
        (Validity("67"), SATURDAY + timedelta(days=2), "18:00", False),
        (Validity(begins="18:00"), SATURDAY, "17:59", False),
        (Validity(begins="18:00"), SATURDAY, "18:00", True),
        (Validity(begins="18:00"), SATURDAY, "23:59", True),
        (Validity(ends="18:00"), SATURDAY, "17:59", True),
        (Validity(ends="18:00"), SATURDAY, "18:00", False),
        (Validity("6", "10:00", "12:00"), SATURDAY, "12:00", False),
        # Over midnight; the day is that of the wall at the start.
        (Validity("6", "22:00", "02:00"), SATURDAY, "23:00", True),
        (Validity("6", "22:00", "02:00"), SATURDAY, "01:59", True),
        (Validity("6", "22:00", "02:00"), SATURDAY, "02:00", False),
        (Validity("6", "22:00", "02:00"), SATURDAY + timedelta(days=1), "00:30", False),
        (Validity(begins="22:00", ends="00:00"), SATURDAY, "00:00", False),
        (Validity(ends="00:00"), SATURDAY, "12:00", True),
    ],
)
def test_it_covers_the_days_and_times_that_it_says(
    validity: Validity, day: date, time: str, covered: bool
) -> None:
    assert validity.covers(day, time) is covered


def test_days_and_times_are_narrower_than_days_and_days_than_times() -> None:
    in_order = [
        Validity("6", "18:00", "20:00"),
        Validity("6", "18:00", "21:00"),
        Validity("67", "18:00", "18:30"),
        Validity("6"),
        Validity("67"),
        Validity("1234567"),
        Validity(begins="23:00", ends="01:00"),
        Validity(begins="18:00"),
        Validity(ends="18:00"),
        Validity(),
    ]
    assert all(one.narrowness < next_one.narrowness for one, next_one in pairwise(in_order))


def test_days_and_times_are_read_as_people_write_them() -> None:
    assert parse_validity(" 76 ", "9:30", "24:00") == Validity("67", "09:30", "")
    assert parse_validity("", " ", "") == Validity()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (("68", "", ""), "its weekdays are '68', not digits from 1"),
        (("66", "", ""), "its weekdays are '66'"),
        (("Sat", "", ""), "its weekdays are 'Sat'"),
        (("", "6pm", ""), "its time '6pm' is not a time"),
        (("", "", "25:00"), "its time '25:00' is not a time"),
        (("", "18:00", "18:00"), "from 18:00 until 18:00, which is never"),
    ],
)
def test_what_is_no_day_or_time_is_refused(written: tuple[str, str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_validity(*written)


def test_it_is_told_in_words() -> None:
    assert str(Validity("67", "18:00", "22:00")) == "Sat, Sun from 18:00 until 22:00"
    assert str(Validity()) == "always"
