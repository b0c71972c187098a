from __future__ import annotations

from matinee.boxoffice.seating.runs import free_runs, runs_of
from tests.boxoffice.seating.plans import draw


def test_a_run_ends_at_an_aisle_a_taken_seat_another_kind_and_the_line() -> None:
    plan = draw(["-- -x-", "wp-o c", "   -----"])

    runs = [plan.labels(seat.id for seat in run) for run in free_runs(plan.seats, plan.free)]

    assert runs == ["A1 A2", "A3", "A5", "B2 B3 B4", "C1 C2 C3 C4 C5"]


def test_a_line_that_begins_where_the_one_before_ends_is_a_run_of_its_own() -> None:
    plan = draw(["--", "  --"])

    assert [len(run) for run in runs_of(reversed(plan.seats))] == [2, 2]
