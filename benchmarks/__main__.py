"""`python -m benchmarks`: measure, and print a table; with `--write`, into docs/benchmarks, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import click
from rich.console import Console
from rich.table import Table

from benchmarks import (
    deciding_alone,
    grid,
    growth,
    office,
    office_week,
    pages,
    purchases,
    reading,
    reading_while_selling,
    rush,
    scanning,
    starting,
    watching,
)
from benchmarks.curves import Measured
from benchmarks.load import load_program
from benchmarks.machine import describe_machine
from benchmarks.postgres import Postgres, running_postgres
from benchmarks.result import Plan, Result
from tests.browser.chromium import find_chromium

Part = Callable[[Postgres, Plan], list[Result] | Measured | None]
# What only says what it saw, and has no figure to keep.
SAYING = "watching"
PARTS: dict[str, Part] = {
    "purchases": purchases.measure,
    "reading": reading.measure,
    "busy": reading_while_selling.measure,
    "rush": rush.measure,
    "clients": grid.measure,
    "starting": lambda _, plan: starting.measure(plan),
    SAYING: watching.measure,
    "pages": pages.measure,
    "office": office.measure,
    "week": office_week.measure,
    "scanning": scanning.measure,
    "alone": lambda _, plan: deciding_alone.measure(plan),
    **growth.PARTS,
}


def _lacks_chromium() -> str | None:
    return None if find_chromium() else "there is no Chromium on this machine (Debian: apt install chromium)"


def _lacks_wrk() -> str | None:
    return None if load_program().wrk else "there is no wrk on this machine (Debian: apt install wrk)"


# What a part needs beside what `make bench` installs: a sentence where it is not there.
LACKS: dict[str, Callable[[], str | None]] = {
    "scanning": _lacks_chromium,
    "alone": _lacks_chromium,
    growth.PURCHASES: _lacks_wrk,
}


def parts_to_measure(only: Sequence[str], say: Callable[[str], None]) -> list[str]:
    """Those of `only`, or all; of all, what cannot be measured here is left out and told.

    Raises ClickException where something of `only` cannot be measured here.
    """
    asked = list(only or PARTS)
    lacking = {part: lack for part in asked if (lack := LACKS.get(part, lambda: None)()) is not None}
    if only and lacking:
        raise click.ClickException(
            "; ".join(f"{part} cannot be measured: {lack}" for part, lack in lacking.items())
        )
    for part, lack in lacking.items():
        say(f"{part} is left out: {lack}")
    return [part for part in asked if part not in lacking]


@click.command()
@click.option("--seconds", default=4.0, show_default=True, help="Length of one measurement.")
@click.option("--rounds", default=5, show_default=True, help="Measurements of each; the median counts.")
@click.option(
    "--only", type=click.Choice(list(PARTS)), multiple=True, help="One part alone; may be repeated."
)
@click.option("--workers", default=2, show_default=True, help="Processes of the web server.")
@click.option("--threads", default=8, show_default=True, help="Threads of each process.")
@click.option(
    "--fresh", is_flag=True, help="Purchases in a database that has sold nothing yet, in its first minute."
)
@click.option("--write", is_flag=True, help="Write what came out, and plots of it, into docs/benchmarks.")
@click.option(
    "--tickets",
    multiple=True,
    type=int,
    default=growth.SIZES,
    show_default=True,
    help="Sizes that growth measures; may be repeated.",
)
def main(
    *,
    seconds: float,
    rounds: int,
    only: tuple[str, ...],
    workers: int,
    threads: int,
    fresh: bool,
    write: bool,
    tickets: tuple[int, ...],
) -> None:
    """Measure Matinee against what the same machine does without it, in turns, several rounds, the median."""
    console = Console(width=130)
    # All that may be missing is said now, not after an hour.
    chosen = parts_to_measure(only, console.print)
    keep = _writer() if write else None
    plan = Plan(seconds, rounds, workers, threads, console.print, fresh)
    results: list[Result] = []
    with running_postgres() as server:
        machine = (
            *describe_machine(),
            f"PostgreSQL {server.described}",
            f"load: {load_program().described}",
        )
        for line in machine:
            console.print(line)
        console.print(f"{rounds} rounds of {seconds:g} s; {workers} processes with {threads} threads each\n")
        grown = {name: partial(part, tickets=tickets) for name, part in growth.PARTS.items()}
        parts: dict[str, Part] = {**PARTS, **grown}
        for part in chosen:
            measured = _measured(parts[part](server, plan))
            results += measured.results
            # At once: a later part that fails takes nothing from those before it.
            if keep is not None and part != SAYING:
                keep(part, measured, machine, plan)
    console.print(_table(results))


def _measured(came_to: list[Result] | Measured | None) -> Measured:
    return came_to if isinstance(came_to, Measured) else Measured(came_to or [], [])


def _writer() -> Callable[[str, Measured, tuple[str, ...], Plan], None]:
    """What writes a part. Before anything is measured: without matplotlib, minutes would be for nothing."""
    try:
        from benchmarks.record import Circumstances, record
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error}: `make bench` installs what plots need") from error

    def keep(part: str, measured: Measured, machine: tuple[str, ...], plan: Plan) -> None:
        options = {name: getattr(plan, name) for name in ("seconds", "rounds", "workers", "threads", "fresh")}
        today = datetime.now(UTC).date().isoformat()
        record(part, measured, Circumstances(today, machine, options))

    return keep


def _table(results: list[Result]) -> Table:
    table = Table(title="Matinee, medians")
    for name in ("what", "Matinee", "beside it", "", "ratio", "target", "met"):
        table.add_column(name, justify="left" if name in ("what", "") else "right")
    for result in results:
        table.add_row(*result.row())
    return table


if __name__ == "__main__":
    main()
