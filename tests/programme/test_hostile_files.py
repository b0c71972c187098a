"""Files of a programme that somebody made to do harm: they are refused in words, in good time and in little memory."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.programme.csv_format import read_csv
from matinee.programme.days_format import read_days
from matinee.programme.errors import FaultyFile
from matinee.programme.fields import parse_amount
from matinee.programme.labels import parse_seat_label
from matinee.programme.layouts import LINES_MAX, parse_layout
from tests.hostile import hostile, within

READERS = (read_days, read_csv, parse_layout)
# What turns up in such files: signs with a meaning, numbers beyond all bounds, characters that cannot be stored.
ODD = st.sampled_from(
    ["", " ", "\0", "\ufeff", "\u202e", "\ud800", "\x1b[2J", "'; DROP TABLE seat; --", "=HYPERLINK(1)", "-0", "1e999999999",
     "9" * 5000, "NaN", "Infinity", "-1", "A1", "A1..A9", "row A", "2030.02.30",
     "24:00", "09:30", "javascript:alert(1)",
     "http://[::1", "a" + "\u0316" * 40, "x" * 400]
)  # fmt: skip
WORDS = ODD | st.text(max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
FILM_KEYS = (
    "title", "duration", "aviableTikets", "beginTime", "trailer", "hall", "houseSeats", "priceList", "price", "poster",
    "rating", "synopsis", "format", "language", "subtitles", "accessFeatures",
)  # fmt: skip
COLUMNS = (
    "title", "duration", "date", "time", "hall", "price", "price_list", "house_seats", "amount", "zone", "ticket_type",
    "weekdays", "from", "until", "trailer", "language", "access_features", "other",
)  # fmt: skip
LAYOUT_KEYS = (
    "hall", "turnaround", "curve", "focus", "wheelchair", "companion", "house", "zone balcony", "zone", "A |", "|",
)  # fmt: skip


def read_all(data: bytes) -> None:
    """Each of the readers makes something of it, or refuses it."""
    for reader in READERS:
        try:
            reader(data, file_name="hostile")
        except FaultyFile as refused:
            problems = refused.problems
        else:
            continue
        assert problems
        # Of a length that a terminal and a page can show.
        assert all(0 < len(problem) < 1_000 for problem in problems)


@st.composite
def films(draw: st.DrawFn) -> dict[str, Any]:
    usual = {"title": "Film", "duration": 90, "aviableTikets": [1, 2], "beginTime": "18:00"}
    return usual | draw(st.dictionaries(st.sampled_from(FILM_KEYS), JSON, max_size=4))


@hostile
@given(st.binary(max_size=300) | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_anything_at_all_is_read_or_refused(data: bytes) -> None:
    read_all(data)


@hostile
@given(
    st.dictionaries(WORDS, JSON | st.fixed_dictionaries({"films": st.lists(films(), max_size=3)}), max_size=3)
)
def test_a_schedule_with_odd_values_is_read_or_refused(content: dict[str, Any]) -> None:
    read_all(json.dumps(content).encode())


@hostile
@given(st.lists(films(), min_size=1, max_size=3))
def test_a_day_with_odd_films_is_read_or_refused(found: list[dict[str, Any]]) -> None:
    read_all(json.dumps({"2030-05-18": {"films": found}}).encode())


@hostile
@given(st.data())
def test_a_table_with_odd_cells_is_read_or_refused(data: st.DataObject) -> None:
    columns = data.draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=8))
    cell = WORDS.map(lambda text: '"' + text.replace('"', '""') + '"') | WORDS
    rows = data.draw(st.lists(st.lists(cell, min_size=1, max_size=8), max_size=4))
    text = "\n".join([",".join(columns), *(",".join(row) for row in rows)])
    read_all(text.encode("utf-8", "surrogatepass"))


@hostile
@given(st.sampled_from(["zone,price_list,amount", "price_list,amount,weekdays,from,until"]), st.data())
def test_a_price_list_with_odd_cells_is_read_or_refused(columns: str, data: st.DataObject) -> None:
    width = columns.count(",") + 1
    cells = st.lists(WORDS, min_size=width, max_size=width)
    rows = data.draw(st.lists(cells, min_size=1, max_size=4))
    text = "\n".join([columns, *(",".join(f'"{cell}"' for cell in row) for row in rows)])
    read_all(text.encode("utf-8", "surrogatepass"))


@hostile
@given(st.lists(st.tuples(st.sampled_from(LAYOUT_KEYS), st.lists(WORDS, max_size=6)), max_size=8))
def test_a_layout_with_odd_lines_is_read_or_refused(lines: list[tuple[str, list[str]]]) -> None:
    text = "hall: One\nA | 1 2 3 . 4\n" + "\n".join(f"{key}: {' '.join(words)}" for key, words in lines)
    read_all(text.encode("utf-8", "surrogatepass"))
    read_all(text.replace("|:", "|").encode("utf-8", "surrogatepass"))


@hostile
@given(SCALARS)
def test_whatever_stands_for_a_seat_is_a_label_or_refused(value: object) -> None:
    with suppress(ValueError):
        label = parse_seat_label(value)
        assert parse_seat_label(label) == label


@hostile
@given(WORDS | st.from_regex(r"\s*-?[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,30})?\s*", fullmatch=True))
def test_whatever_stands_for_money_is_an_amount_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert parse_amount(text, currency="UAH") >= 0


MARKS = "a" + "\u0316\u0300" * 40_000
FILM = (
    '{"2030.05.18": {"films": [{"title": "F", "duration": %s, "aviableTikets": %s, "beginTime": "18:00"}]}}'
)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        '{"2030.05.18":' * 200_000,
        FILM % ("9" * 500_000, "[]"),
        FILM % ("1e" + "9" * 500_000, "[]"),
        FILM % (90, "[" * 500_000),
        FILM % (90, f'["{MARKS}"]'),
        '{"' + "k" * 1_000_000 + '": {}}',
        "title,duration\n" + MARKS + ",90",
        "title,duration\n" + "x" * 1_000_000 + ",90",
        "title,duration\n" + '"' * 999_999,
        "title," * 200_000,
        "price_list,amount\n" + "evening," + "9" * 500_000,
        "hall: " + MARKS,
        "hall: One\nA | " + MARKS,
        "hall: One\nA | " + "1 " * 300_000,
        "hall: One\nA | 1\nhouse: row" + " " * 500_000 + ",",
        "hall: One\nA | 1\nzone " + "x " * 300_000 + ": A1",
        "hall: One\n" + "A | 1\n" * 10_000,
    ],
    ids=lambda text: f"{text[:24]!r}",
)
def test_what_is_deep_or_long_without_end_is_refused_soon(text: str) -> None:
    data = text.encode()
    for reader in READERS:
        with within(seconds=5, megabytes=120), pytest.raises(FaultyFile):
            reader(data, file_name="hostile")


@pytest.mark.parametrize("names", ["row A ", "A1..A150 ", "A1 "])
def test_a_short_text_that_names_the_same_seats_again_and_again_is_read_as_once(names: str) -> None:
    hall = "hall: One\n" + "\n".join(
        "| " + " ".join(f"A:{line * 150 + place}" for place in range(1, 151)) for line in range(60)
    )
    with within(seconds=10, megabytes=60):
        read = parse_layout(f"{hall}\nhouse: {names * 20_000}".encode(), file_name="hostile")
    assert len(read.seats) == 9_000
    assert any(seat.held_back for seat in read.seats)


def test_there_are_not_more_lists_of_seats_than_a_hall_may_need() -> None:
    with pytest.raises(FaultyFile, match=f"at most {LINES_MAX} lines that say"):
        parse_layout(("hall: One\nA | 1\n" + "house: A1\n" * (LINES_MAX + 1)).encode(), file_name="hostile")
