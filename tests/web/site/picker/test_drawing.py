"""The plan of a hall as a drawing."""

from __future__ import annotations

from matinee.programme.queries import SeatOfHall
from matinee.web.site.picker.drawing import LINE, Drawing, draw


def drawn(curve: int) -> Drawing:
    return draw(
        [
            SeatOfHall(10 * y + x, f"{'AB'[y]}{x}", "AB"[y], str(x), x, y, "standard", "standard")
            for y in range(2)
            for x in (0, 1, 2, 4, 5, 6)
        ],
        curve=curve,
    )


def lines(drawing: Drawing) -> list[list[int]]:
    return [[seat.y - line.y for seat in line.seats] for line in drawing.lines]


def test_without_a_curve_rows_are_straight() -> None:
    assert lines(drawn(0)) == [[0] * 6, [0] * 6]


def test_rows_hang_down_in_the_middle_alike_on_both_sides_and_in_every_row() -> None:
    first, second = lines(drawn(50))
    assert first == second == first[::-1]
    assert first[0] == 0 < first[1] < first[2]
    assert lines(drawn(100))[0][2] > first[2]


def test_the_drawing_is_higher_by_what_hangs_down() -> None:
    straight, bent = drawn(0), drawn(100)
    deepest = max(seat.y for line in bent.lines for seat in line.seats)
    assert bent.height - straight.height >= deepest - bent.lines[-1].y
    assert bent.lines[1].y - bent.lines[0].y == LINE


def test_a_single_column_does_not_bend() -> None:
    only = [SeatOfHall(1, "A1", "A", "1", 3, 0, "standard", "standard")]
    assert draw(only, curve=100) == draw(only)
