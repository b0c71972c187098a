"""Connections to the database that are cut in the middle of a commit: is it sold or not? Who asks again finds out."""

from __future__ import annotations

from collections.abc import Iterator

from proof.asking import Line
from proof.postgres import DATABASE, running_postgres
from proof.postgres_proxy import CuttingProxy
from proof.scenario import Outcome, Plan
from proof.stage import Stage
from tests.databases import SUPERUSER

SHARE = 0.15
PLAIN_REPEATS = 10


def run(plan: Plan) -> Iterator[Outcome]:
    """On PostgreSQL: there is nothing between Matinee and a SQLite file."""
    outcome = Outcome("commits", "PostgreSQL")
    with running_postgres() as server:
        proxy = CuttingProxy(server.port, seed=plan.seed)
        through = f"postgresql://{SUPERUSER}@127.0.0.1:{proxy.port}/{DATABASE}"
        with Stage(plan, outcome, server.url(DATABASE), served_url=through) as stage:
            stage.sell()
            proxy.share = SHARE
            stage.sell_for(plan.seconds)
            proxy.share = 0.0
            for what in (
                "cut before a COMMIT",
                "cut after a COMMIT",
                "cut before a purchase",
                "cut after a purchase",
            ):
                outcome.count(what, proxy.met[what], needed=True)
            records = stage.records()
            outcome.count(
                "found out by asking again",
                sum(r.in_doubt and r.result == "done" for r in records),
                needed=True,
            )
            stage.close(records)
            _ask_once_more(stage)
        proxy.close()
    yield outcome


def _ask_once_more(stage: Stage) -> None:
    """A request that is sent again long after its answer is answered as before, to the letter."""
    _, token = stage.house.people[0]
    line = Line(stage.web.port, {"Authorization": f"Bearer {token}"}, may_go_on=lambda: False)
    showing = stage.house.priced[-1]
    for label in stage.house.labels[:PLAIN_REPEATS]:
        key = {"Idempotency-Key": f"once-more-{label}"}
        wanted = {"screening": showing.id, "seats": [{"label": label}]}
        first = line.ask("POST", "/api/v1/holds", wanted, headers=key, keyed=False)
        second = line.ask("POST", "/api/v1/holds", wanted, headers=key, keyed=False)
        if (first.status, first.body) != (second.status, second.body) or first.status != 201:
            stage.outcome.blame(f"asked twice with one key: {first}, then {second}")
        stage.outcome.count("asked once more", 1, needed=True)
