"""`python -m proof`: break things, look at what is committed, and print a table."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rich.console import Console

from benchmarks.machine import describe_machine
from proof import bad_network, clocks, commits, full_disk, kills, mails, payments
from proof.results import table_of, write_page
from proof.scenario import NotHere, Outcome, Plan

SCENARIOS: dict[str, Callable[[Plan], Iterator[Outcome]]] = {
    "kills": kills.run,
    "mails": mails.run,
    "payments": payments.run,
    "clocks": clocks.run,
    "commits": commits.run,
    "disk": full_disk.run,
    "network": bad_network.run,
}


@click.command()
@click.option("--only", type=click.Choice(list(SCENARIOS)), multiple=True, help="One alone; may be repeated.")
@click.option(
    "--kills", default=110, show_default=True, type=click.IntRange(min=10), help="How often is killed."
)
@click.option(
    "--minutes", default=0.4, show_default=True, help="How long each other scenario sells under its fault."
)
@click.option("--seed", type=int, help="Of all that is random; else chosen, and printed.")
@click.option("--write", is_flag=True, help="Write docs/proof/results.md.")
@click.option("--keep", type=click.Path(path_type=Path), help="A folder for histories and logs, which stays.")
def main(
    *, only: tuple[str, ...], kills: int, minutes: float, seed: int | None, write: bool, keep: Path | None
) -> None:
    """Break Matinee's processes and surroundings while seats are sold; check every promise in the database."""
    console = Console(width=130)
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    random.seed(seed)
    for line in describe_machine():
        console.print(line)
    console.print(f"seed {seed}; run it again with --seed {seed}\n")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="matinee-proof-") as made:
        folder = keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL may run as another user than this.
        Path(made).chmod(0o755)
        plan = Plan(kills, minutes * 60, seed, folder, lambda line: console.print(line, markup=False))
        outcomes = [outcome for name in only or SCENARIOS for outcome in _play(name, plan)]
    minutes_taken = (time.monotonic() - began) / 60
    console.print(table_of(outcomes))
    for outcome in outcomes:
        for violation in outcome.violations:
            console.print(f"{outcome.scenario} ({outcome.database}): {violation}", style="red", markup=False)
    console.print(f"{minutes_taken:.1f} minutes")
    if write:
        write_page(outcomes, seed=seed, minutes=minutes_taken)
    verdicts = {outcome.verdict for outcome in outcomes}
    if "holds" not in verdicts:
        console.print("Nothing was shown to hold.")
    sys.exit("holds" not in verdicts or not verdicts <= {"holds", "skipped"})


def _play(name: str, plan: Plan) -> Iterator[Outcome]:
    plan.say(f"{name} ...")
    began = time.monotonic()
    try:
        for outcome in SCENARIOS[name](plan):
            outcome.seconds = time.monotonic() - began
            plan.say(f"  {outcome.database}: {outcome.verdict}, {outcome.seconds:.0f} s")
            began = time.monotonic()
            yield outcome
    except NotHere as reason:
        plan.say(f"  skipped: {reason}")
        yield Outcome(name, "", skipped=str(reason))
    except Exception as error:  # noqa: BLE001 - the others are played all the same, and this one has failed
        plan.say(f"  broke off: {error!r}")
        yield Outcome(name, "", violations=[f"the scenario broke off: {error!r}"])


if __name__ == "__main__":
    main()
