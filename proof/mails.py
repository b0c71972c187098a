"""A mail server that refuses, is busy, takes mails and does not say so, and hangs, while tickets are sold."""

from __future__ import annotations

from collections.abc import Iterator

from proof.databases import fresh_databases
from proof.scenario import Outcome, Plan
from proof.stage import Stage
from tests.race.processes import wait_until

# In this order; the worker waits longer after each, and the last takes its whole patience.
MODES = ("half", "refuse", "busy", "hang")
# The worker gives a conversation up after twenty seconds, and then waits for up to fifteen.
NOTICED_SECONDS_MAX = 60.0
REST_SECONDS = 0.4


def run(plan: Plan) -> Iterator[Outcome]:
    """On both databases."""
    for database, url in fresh_databases(plan, "mails"):
        outcome = Outcome("mails", database)
        with Stage(plan, outcome, url) as stage:
            _misbehave(plan, stage)
            # What was under way when the server began to misbehave may have been cut off after it was taken.
            stage.close(duplicates_max=lambda: sum(stage.mail.half_taken.values()) + 1)
        yield outcome


def _misbehave(plan: Plan, stage: Stage) -> None:
    stage.sell(rest_seconds=REST_SECONDS)
    wait_until("the first mails arrive", lambda: len(stage.mail.arrived()) > 3, NOTICED_SECONDS_MAX)
    for mode in MODES:
        stage.mail.set_mode(mode)
        wait_until(
            f"the worker meets a server that is {mode}",
            lambda mode=mode: stage.mail.met[mode] > 0,
            NOTICED_SECONDS_MAX,
        )
        stage.sell_for(plan.seconds / len(MODES))
        stage.outcome.count(f"conversations: {mode}", stage.mail.met[mode], needed=True)
    stage.outcome.count("mails taken without an answer", sum(stage.mail.half_taken.values()), needed=True)
    good = stage.mail.met["good"]
    stage.mail.set_mode("good")
    wait_until(
        "the worker gives the silent one up by itself",
        lambda: stage.mail.met["good"] > good,
        NOTICED_SECONDS_MAX,
    )
