from __future__ import annotations

import json
from datetime import date

import pytest

from matinee.programme.days_format import read_days
from matinee.programme.errors import FaultyFile
from tests.programme.files import days, film


def problems(data: bytes) -> list[str]:
    with pytest.raises(FaultyFile) as refused:
        read_days(data, file_name="days.json")
    return list(refused.value.problems)


@pytest.mark.parametrize("written", ["2026.12.01", "2026-12-01", "2026.12.1"])
def test_dates_with_dots_and_with_dashes_are_read(written: str) -> None:
    schedule = read_days(json.dumps({written: {"films": [film()]}}).encode(), file_name="days.json")

    assert schedule.screenings[0].day == date(2026, 12, 1)


def test_titles_are_trimmed_and_composed() -> None:
    schedule = read_days(days(film(" Ame\u0301lie ")), file_name="days.json")

    assert schedule.screenings[0].title == "Am\u00e9lie"


def test_numbers_and_labels_are_read() -> None:
    schedule = read_days(days(film(free=[1, "2", "A1", " Б2 "])), file_name="days.json")

    assert schedule.screenings[0].free_labels == {"1", "2", "A1", "Б2"}


FILM_PROBLEMS = {
    "minutes_zero": ({"duration": 0}, "duration is 0 minutes"),
    "minutes_negative": ({"duration": -5}, "must be more than 0"),
    "minutes_half": ({"duration": 90.5}, "not a whole number of minutes"),
    "minutes_text": ({"duration": "90"}, "not a whole number of minutes"),
    "minutes_true": ({"duration": True}, "not a whole number of minutes"),
    "minutes_absurd": ({"duration": 10**30}, "is not possible"),
    "seat_twice": ({"aviableTikets": [1, 2, 1]}, "seat 1 stands twice"),
    "seat_twice_as_text": ({"aviableTikets": [1, "1"]}, "seat 1 stands twice"),
    "seat_zero": ({"aviableTikets": [0]}, "not between 1 and 9999"),
    "seat_huge": ({"aviableTikets": [10**9]}, "not between 1 and 9999"),
    "seat_with_leading_zero": ({"aviableTikets": ["01"]}, "leading zeros"),
    "seat_true": ({"aviableTikets": [True]}, "is not a seat label"),
    "seat_half": ({"aviableTikets": [1.5]}, "is not a seat label"),
    "seat_nothing": ({"aviableTikets": [None]}, "is not a seat label"),
    "seat_empty": ({"aviableTikets": [""]}, "is not a seat label"),
    "seat_with_comma": ({"aviableTikets": ["A,1"]}, "is not a seat label"),
    "seat_long": ({"aviableTikets": ["A" * 13]}, "more than 12 characters"),
    "seats_no_list": ({"aviableTikets": "1,2"}, "not a list of seats"),
    "time_late": ({"beginTime": "24:00"}, "not a time such as 19:30"),
    "time_number": ({"beginTime": 1800}, "not a time such as 19:30"),
    "title_number": ({"title": 7}, "not a text"),
    "title_blank": ({"title": "  "}, "its title is empty"),
    "title_long": ({"title": "x" * 301}, "more than 300 characters"),
    "title_with_nul": ({"title": "a\x00b"}, "cannot be shown"),
    "title_half_a_character": ({"title": "a\ud800"}, "cannot be shown"),
    "trailer_script": ({"trailer": "javascript:alert(1)"}, "begins with https:// or http://"),
    "trailer_number": ({"trailer": 1}, "not a text"),
    "price_half": ({"price": 7.5}, "not a whole number of minor units"),
    "kept_and_free": ({"houseSeats": [1]}, "seat 1 is both free and kept"),
}


@pytest.mark.parametrize(("change", "sentence"), FILM_PROBLEMS.values(), ids=FILM_PROBLEMS)
def test_a_faulty_film_is_named_with_its_file_and_day(change: dict[str, object], sentence: str) -> None:
    data = json.dumps({"2026.12.01": {"films": [film("The General", "10:00"), film() | change]}}).encode()

    [problem] = problems(data)

    assert problem.startswith("days.json, 2026.12.01, film ")
    assert sentence in problem
    assert "The General" not in problem


@pytest.mark.parametrize("key", ["title", "duration", "aviableTikets", "beginTime"])
def test_a_missing_key_is_named(key: str) -> None:
    entry = film()
    del entry[key]

    [problem] = problems(days(entry))

    assert f"it has no {key}" in problem


DAY_PROBLEMS = {
    "no_films": ({"2026.12.01": {"films": []}}, "days.json, 2026.12.01: it has no films"),
    "films_no_list": (
        {"2026.12.01": {"films": {}}},
        'days.json, 2026.12.01: it must be an object with a list "films"',
    ),
    "day_a_list": ({"2026.12.01": []}, 'days.json, 2026.12.01: it must be an object with a list "films"'),
    "film_a_text": (
        {"2026.12.01": {"films": ["Nosferatu"]}},
        "days.json, 2026.12.01, film 1: it is 'Nosferatu'",
    ),
    "no_date": ({"today": {"films": [film()]}}, "days.json, today: 'today' is not a date"),
    "no_such_day": ({"2026.02.30": {"films": [film()]}}, "is not a day of the calendar"),
    "far_away": ({"9999.12.31": {"films": [film()]}}, "not between the years"),
    "day_twice": (
        {"2026.12.01": {"films": [film()]}, "2026-12-01": {"films": [film()]}},
        "the day stands twice",
    ),
    "empty": ({}, "it holds no days and no films"),
    "a_list": ([], "it must be an object"),
}


@pytest.mark.parametrize(("content", "sentence"), DAY_PROBLEMS.values(), ids=DAY_PROBLEMS)
def test_a_faulty_day_is_named(content: object, sentence: str) -> None:
    [problem] = problems(json.dumps(content).encode())

    assert sentence in problem


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "it is not JSON (line 1, column 1"),
        (b"{", "it is not JSON"),
        (b'{"2026.12.01": \xff}', "it is not UTF-8 text (at byte 16)"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"2026.12.01": ' + b"9" * 5000 + b"}", "a number that is too long"),
        (b'{"2026.12.01": {"films": []}, "2026.12.01": {"films": []}}', "the day stands twice"),
        (b'{"2026.12.01": {"films": [{"title": "A", "title": "B"}]}}', "its key 'title' stands twice"),
    ],
)  # fmt: skip
def test_what_is_not_a_schedule_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    assert sentence in problems(data)[0]


def test_a_mark_for_the_byte_order_does_no_harm() -> None:
    assert len(read_days(b"\xef\xbb\xbf" + days(film()), file_name="days.json").screenings) == 1


def test_the_same_film_twice_at_one_time_is_refused() -> None:
    [problem] = problems(days(film(), film(" Nosferatu", "18:00")))

    assert problem == "days.json, 2026.12.01, film 'Nosferatu' at 18:00: it stands there twice at 18:00"


def test_every_problem_is_told_at_once() -> None:
    found = problems(days(film(duration=0), film(at="25:00"), d2026_12_02=[film(free=[1, 1])]))

    assert len(found) == 3


def test_a_key_that_is_not_known_is_counted() -> None:
    schedule = read_days(days(film(colour="grey"), film("Metropolis", colour="grey")), file_name="days.json")

    assert schedule.ignored_keys == {"colour": 2}
