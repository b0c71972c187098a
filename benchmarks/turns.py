"""Several servers, measured in turns at several numbers of clients, several rounds; and the curves that come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from benchmarks.curves import Curve, Point
from benchmarks.load import Measured
from benchmarks.result import Result

CLIENTS = (1, 8, 32, 128)
SIZE_NAME = "clients"

# What is measured, given the number of clients.
Ask = Callable[[int], Measured]
# Of one server: its rounds by the number of clients.
Rounds = dict[int, list[Measured]]


def measure_in_turns(
    asked: Mapping[str, Ask], *, clients: Sequence[int], rounds: int, say: Callable[[str], None]
) -> dict[str, Rounds]:
    """Ask each once a round, so that what else the machine does meets all of them. Says a line for each."""
    found: dict[str, Rounds] = {name: {count: [] for count in clients} for name in asked}
    for count in clients:
        for _ in range(rounds):
            for name, ask in asked.items():
                measured = ask(count)
                measured.require_all_answered()
                found[name][count].append(measured)
                say(f"{name}, {count} clients: {measured.per_second:,.0f}/s, "
                    f"{measured.latency_ms_50:.1f} ms median, {measured.latency_ms_99:.1f} ms 99%")  # fmt: skip
    return found


def curve(name: str, rounds: Rounds) -> Curve:
    """The medians of the rounds."""
    return Curve(
        name,
        tuple(
            Point(
                count,
                median(each.per_second for each in measured),
                median(each.latency_ms_50 for each in measured),
                median(each.latency_ms_99 for each in measured),
            )
            for count, measured in sorted(rounds.items())
        ),
    )


def compare(
    what: str, ours: Rounds, baseline: Rounds, baseline_name: str, *, clients: Sequence[int], target: float
) -> list[Result]:
    """A result for each of the numbers of clients: the rates, round beside round."""
    return [
        Result(
            f"{what}, {count} clients",
            [each.per_second for each in ours[count]],
            "/s",
            [each.per_second for each in baseline[count]],
            baseline_name,
            target,
        )
        for count in clients
    ]
