"""SIGKILL to web, worker and database at random moments, over and over, while seats are sold."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator

from proof.databases import sqlite_database
from proof.postgres import DATABASE, running_postgres
from proof.scenario import Outcome, Plan
from proof.stage import Stage
from tests.databases import PostgresServer
from tests.race.processes import wait_until

PAUSE_SECONDS = (0.1, 1.2)
# How long what was killed stays away.
AWAY_SECONDS = (0.0, 0.5)
# A database that has come back has processes again.
FOUND_SECONDS_MAX = 10.0
# Whoever dies while one mail is handed over has it handed over again.
WORKER = "kills of the worker"


def run(plan: Plan) -> Iterator[Outcome]:
    """More than half of the kills with PostgreSQL, where there is more to kill."""
    with_sqlite = plan.kills * 2 // 5
    yield _with_sqlite(plan, with_sqlite)
    yield _with_postgres(plan, plan.kills - with_sqlite)


def _with_sqlite(plan: Plan, kills: int) -> Outcome:
    outcome = Outcome("kills", "SQLite")
    with Stage(plan, outcome, sqlite_database(plan, "kills")) as stage:
        _kill_while_selling(plan, stage, kills, _ours(stage))
        stage.close(duplicates_max=lambda: outcome.counts[WORKER])
    return outcome


def _with_postgres(plan: Plan, kills: int) -> Outcome:
    outcome = Outcome("kills", "PostgreSQL")
    with running_postgres() as server, Stage(plan, outcome, server.url(DATABASE)) as stage:
        victims = {
            **_ours(stage),
            "kills of the database": lambda: _kill_database(server),
        }
        # They are found on Linux alone.
        if server.backends():
            victims["kills of one process of the database"] = lambda: _kill_backend(server)
        _kill_while_selling(plan, stage, kills, victims)
        # The one scenario that waits for the minute of the holds, and does not set their ends.
        stage.close(waits_for_holds=True, duplicates_max=lambda: outcome.counts[WORKER])
    return outcome


def _ours(stage: Stage) -> dict[str, Callable[[], Callable[[], None]]]:
    """What can be killed; each gives what brings it back."""

    def web() -> Callable[[], None]:
        stage.web.kill()
        return stage.web.start

    def worker() -> Callable[[], None]:
        stage.worker.kill()
        return stage.worker.start

    return {"kills of the web server": web, WORKER: worker}


def _kill_database(server: PostgresServer) -> Callable[[], None]:
    server.kill()
    return server.start_again


def _kill_backend(server: PostgresServer) -> Callable[[], None]:
    """One of its processes: the others end by themselves, and it recovers from its log."""

    def kill_one() -> bool:
        found = server.backends()
        if not found:
            return False
        try:
            os.kill(random.choice(found), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    wait_until("a process of the database is killed", kill_one, FOUND_SECONDS_MAX, 0.02)

    def wait() -> None:
        if not server.is_running():
            server.start_again()

    return wait


def _kill_while_selling(
    plan: Plan, stage: Stage, kills: int, victims: dict[str, Callable[[], Callable[[], None]]]
) -> None:
    chance = random.Random(f"{plan.seed}/{stage.outcome.database}")
    crowd = stage.sell()
    names = sorted(victims)
    for number in range(kills):
        # Each in its turn, so that none is left out, at moments that nobody knows.
        name = names[number % len(names)]
        time.sleep(chance.uniform(*PAUSE_SECONDS))
        bring_back = victims[name]()
        stage.outcome.count(name, 1, needed=True)
        time.sleep(chance.uniform(*AWAY_SECONDS))
        bring_back()
        if number % 20 == 19:
            plan.say(f"  {number + 1} kills, {crowd.done()} answered")
    before = crowd.done()
    time.sleep(3)
    stage.outcome.count("answered after the last kill", crowd.done() - before, needed=True)
