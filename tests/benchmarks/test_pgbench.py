from __future__ import annotations

import pytest

from benchmarks.pgbench import Transaction, read_line, summary


def test_a_line_of_the_log_tells_client_duration_and_end() -> None:
    assert read_line("3 17 2500 0 1700000000 250000") == Transaction(3, 2.5, 1700000000.25)


def test_rate_and_times_are_of_what_came_after_every_client_had_its_first() -> None:
    cold = [Transaction(0, 900.0, 1.0), Transaction(0, 5.0, 1.5), Transaction(1, 990.0, 2.0)]
    warm = [Transaction(number % 2, 4.0, 2.0 + number / 10) for number in range(1, 11)]
    measured = summary([*cold, *warm], clients=2)
    assert (measured.requests, measured.per_second) == (13, pytest.approx(10.0))
    assert (measured.latency_ms_50, measured.latency_ms_99) == (4.0, 4.0)


def test_a_client_that_never_came_to_its_turn_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="of 2 clients of pgbench 1"):
        summary([Transaction(0, 1.0, 1.0), Transaction(0, 1.0, 2.0)], clients=2)


def test_nothing_after_the_first_transactions_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="nothing once its connections were warm"):
        summary([Transaction(0, 1.0, 1.0), Transaction(1, 1.0, 2.0)], clients=2)
