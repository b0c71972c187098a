"""The table of a run, and the page that records it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from benchmarks.machine import describe_machine
from proof.scenario import Outcome

PAGE = Path(__file__).parent.parent / "docs/proof/results.md"


def table_of(outcomes: Sequence[Outcome]) -> Table:
    """A row for each scenario and database."""
    table = Table(title="Matinee's promises while things break")
    for name in ("scenario", "database", "what happened", "promises", "seconds"):
        table.add_column(name, justify="right" if name == "seconds" else "left", overflow="fold")
    for outcome in outcomes:
        table.add_row(
            outcome.scenario,
            outcome.database,
            _happened(outcome),
            _verdict(outcome),
            f"{outcome.seconds:.0f}",
        )
    return table


def write_page(outcomes: Sequence[Outcome], *, seed: int, minutes: float) -> None:
    """Record the run in docs/proof/results.md."""
    lines = [
        "# The last recorded run",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {'; '.join(describe_machine())}. `make prove` with seed {seed},",
        f"{minutes:.0f} minutes.",
        "Written by `python -m proof --write`; [what it proves](../proof.md).",
        "",
        "| scenario | database | what happened | promises | seconds |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {each.scenario} | {each.database} | {_happened(each)} | {_verdict(each)} | {each.seconds:.0f} |"
        for each in outcomes
    ]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(lines) + "\n")


def _happened(outcome: Outcome) -> str:
    if outcome.skipped:
        return outcome.skipped
    return ", ".join(f"{number:,} {what}" for what, number in outcome.counts.items())


def _verdict(outcome: Outcome) -> str:
    if outcome.idle and not outcome.violations:
        return f"{outcome.verdict}: no {', '.join(outcome.idle)}"
    return outcome.verdict if not outcome.violations else f"{outcome.verdict} ({len(outcome.violations)})"
