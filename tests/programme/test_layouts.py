from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.programme.demo import demo_layouts
from matinee.programme.errors import FaultyFile
from matinee.programme.layout_export import format_layout
from matinee.programme.layouts import HallLayout, parse_layout
from matinee.programme.models import HELD_BACK, SEAT_KINDS
from matinee.programme.plan_faults import faults_of
from matinee.programme.seats import PlacedSeat, TakenPlace, place_seats

EXAMPLE = Path(__file__).parents[2] / "examples" / "hall.txt"


def read(text: str) -> HallLayout:
    return parse_layout(text.encode(), file_name="hall.txt")


def test_rows_aisles_kinds_and_zones_are_read() -> None:
    layout = read(
        """
        # a comment
        hall: Red Hall
        turnaround: 15

        A | 1 2 . 3
          |
        B | . 1 2=B99

        wheelchair: A1, B1
        sofa: row B
        zone back: B1..B99
        focus: A3
        """.replace("wheelchair: A1, B1", "wheelchair: A1")
    )

    assert layout == HallLayout(
        "Red Hall",
        15,
        (
            PlacedSeat("A1", "A", "1", 0, 0, "wheelchair"),
            PlacedSeat("A2", "A", "2", 1, 0),
            PlacedSeat("A3", "A", "3", 3, 0),
            PlacedSeat("B1", "B", "1", 1, 2, "sofa", "back"),
            PlacedSeat("B99", "B", "2", 2, 2, "sofa", "back"),
        ),
        "A3",
    )


def test_a_hall_may_have_numbers_alone() -> None:
    assert [seat.label for seat in read("hall: One\n| 1 2 . 3").seats] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hall: One\nA | 1 1", "hall.txt, line 2: seat A1 is there already"),
        ("hall: One\nA | 1\nhall: Two", "line 3: the hall is named a second time"),
        ("hall: One\nA 1 2", "line 2: it is neither"),
        ("hall: One\nA | 1\nthrone: A1", "line 3: 'throne' is not known here; known are hall"),
        ("hall: One\nA | 1\nsofa: A2", "line 3: there is no seat A2 above this line"),
        ("hall: One\nA | 1\nsofa: row B", "line 3: there is no row B above"),
        ("hall: One\nA | 1 2\nsofa: A2..A1", "line 3: A2..A1 is not a range"),
        ("hall: One\nA | 1\nsofa: A1\npremium: A1", "line 4: seat A1 is 'sofa' already"),
        ("hall: One\nA | 1\nsofa:", "line 3: it names no seats"),
        ("hall: One\nA | 1,2", "line 2: 'A1,2' is not a seat label"),
        ("hall: One\nturnaround: soon\nA | 1", "line 2: the turnaround is 'soon'"),
        ("hall: One\nturnaround: 999\nA | 1", "line 2: the turnaround is '999'"),
        ("hall: One\ncurve: 101\nA | 1", "line 2: the curve is '101', not 0 to 100"),
        ("hall: One\ncurve: 1\ncurve: 1\nA | 1", "line 3: the curve is given a second time"),
        ("hall: One\nA | 1\nbroken: A2", "line 3: there is no seat A2 above this line"),
        ("hall: One\nA | 1\nhouse: A1\nbroken: A1", "line 4: seat A1 is 'house' already"),
        ("hall: One\nA | 1 #:1=X", "line 2: '#' is not the name of a row"),
        ("hall: One\nA | 1\nfocus: A2", "line 3: there is no seat A2 above this line"),
        ("hall: One\nA | 1\nfocus: A1\nfocus: A1", "line 4: the focus is given a second time"),
        ("hall:\nA | 1", "line 1: its name is empty"),
        ("A | 1", "hall.txt: it names no hall"),
        ("hall: One", "hall.txt: it has no seats"),
        ("hall: One\nAAAAAAAAAAAAA | 1", "line 2: 'AAAAAAAAAAAAA' is not the name of a row"),
        ("hall: One\nA | " + ". " * 501, "line 2: a hall has at most"),
    ],
)
def test_a_faulty_line_is_named_with_its_number(text: str, sentence: str) -> None:
    with pytest.raises(FaultyFile) as refused:
        read(text)

    assert any(sentence in problem for problem in refused.value.problems)


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(FaultyFile, match="not UTF-8"):
        parse_layout(b"hall: \xff", file_name="hall.txt")


def test_the_example_and_the_demonstration_survive_being_written_and_read() -> None:
    for layout in [parse_layout(EXAMPLE.read_bytes(), file_name="hall.txt"), *demo_layouts()]:
        assert read(format_layout(layout)) == layout


def test_a_line_may_have_seats_of_several_rows() -> None:
    layout = read("hall: One\ncurve: 30\nA | 1 2 . B:1 B:2=VIP :7\nhouse: A1..A2\nbroken: 7")
    assert [(seat.label, seat.row, seat.place) for seat in layout.seats] == [
        ("A1", "A", "1"), ("A2", "A", "2"), ("B1", "B", "1"), ("VIP", "B", "2"), ("7", "", "7"),
    ]  # fmt: skip
    assert (layout.curve, [seat.held_back for seat in layout.seats]) == (
        30,
        ["house", "house", "", "", "broken"],
    )


CELLS = st.tuples(st.integers(0, 6), st.integers(0, 12))
MARKS = st.tuples(
    st.sampled_from(SEAT_KINDS),
    st.sampled_from(["standard", "back", "balcony 2"]),
    st.sampled_from(["", *HELD_BACK]),
    # The row, where it is not that of the line; and a label of its own.
    st.sampled_from([None, None, "", "L", "R-1"]),
    st.booleans(),
)


@st.composite
def layouts(draw: st.DrawFn) -> HallLayout:
    """A hall as an editor may save it."""
    cells = draw(st.dictionaries(CELLS, MARKS, min_size=1, max_size=30))
    lettered = draw(st.booleans())
    seats = []
    for number, ((y, x), (kind, zone, held_back, own_row, own_label)) in enumerate(sorted(cells.items()), 1):
        row = own_row if own_row is not None else "ABCDEFG"[y] if lettered else ""
        place = draw(st.sampled_from([str(number), ""])) if own_label else str(number)
        label = f"Seat-{number}" if own_label else row + place
        seats.append(PlacedSeat(label, row, place, x, y, kind, zone, held_back))
    focus = draw(st.sampled_from([None, *(seat.label for seat in seats)]))
    return HallLayout("Hall", draw(st.integers(0, 240)), tuple(seats), focus, draw(st.integers(0, 100)))


@given(layouts())
def test_any_hall_survives_being_written_and_read(layout: HallLayout) -> None:
    assert faults_of(layout) == []
    assert read(format_layout(layout)) == layout


@given(
    st.sets(st.one_of(st.integers(1, 60).map(str), st.from_regex(r"[AB][1-9]", fullmatch=True)), max_size=40),
    st.sets(st.tuples(st.sampled_from(["", "A"]), st.integers(0, 12), st.integers(0, 4)), max_size=20),
)
def test_seats_that_an_importer_makes_never_share_a_place(
    labels: set[str], taken: set[tuple[str, int, int]]
) -> None:
    placed = place_seats(labels, taken=[TakenPlace(*place) for place in taken])

    places = [(seat.x, seat.y) for seat in placed]
    assert {seat.label for seat in placed} == labels
    assert len(set(places)) == len(places)
    assert not set(places) & {(x, y) for _, x, y in taken}
