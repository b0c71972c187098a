"""`python -m benchmarks`: measure, and print a table."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from benchmarks import (
    deciding_alone,
    office,
    office_week,
    pages,
    purchases,
    reading,
    scanning,
    starting,
    watching,
)
from benchmarks.load import load_program
from benchmarks.machine import describe_machine
from benchmarks.postgres import running_postgres
from benchmarks.result import Plan, Result

PARTS = ("purchases", "reading", "starting", "watching", "pages", "office", "week", "scanning", "alone")


@click.command()
@click.option("--seconds", default=4.0, show_default=True, help="Length of one measurement.")
@click.option("--rounds", default=5, show_default=True, help="Measurements of each; the median counts.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="One part alone; may be repeated.")
@click.option("--workers", default=2, show_default=True, help="Processes of the web server.")
@click.option("--threads", default=8, show_default=True, help="Threads of each process.")
@click.option(
    "--fresh", is_flag=True, help="Purchases in a database that has sold nothing yet, in its first minute."
)
def main(
    *, seconds: float, rounds: int, only: tuple[str, ...], workers: int, threads: int, fresh: bool
) -> None:
    """Measure Matinee against what the same machine does without it, in turns, several rounds, the median."""
    console = Console(width=130)
    parts = only or PARTS
    plan = Plan(seconds, rounds, workers, threads, console.print, fresh)
    results: list[Result] = []
    with running_postgres() as server:
        for line in (
            *describe_machine(),
            f"PostgreSQL {server.described}",
            f"load: {load_program().described}",
        ):
            console.print(line)
        console.print(f"{rounds} rounds of {seconds:g} s; {workers} processes with {threads} threads each\n")
        if "purchases" in parts:
            results += purchases.measure(server, plan)
        if "reading" in parts:
            results += reading.measure(server, plan)
        if "starting" in parts:
            results += starting.measure(plan)
        if "watching" in parts:
            watching.measure(server, plan)
        if "pages" in parts:
            results += pages.measure(server, plan)
        if "office" in parts:
            results += office.measure(server, plan)
        if "week" in parts:
            results += office_week.measure(server, plan)
        if "scanning" in parts:
            results += scanning.measure(server, plan)
        if "alone" in parts:
            results += deciding_alone.measure(plan)
    console.print(_table(results))


def _table(results: list[Result]) -> Table:
    table = Table(title="Matinee, medians")
    for name in ("what", "Matinee", "beside it", "", "ratio", "target", "met"):
        table.add_column(name, justify="left" if name in ("what", "") else "right")
    for result in results:
        table.add_row(*result.row())
    return table


if __name__ == "__main__":
    main()
