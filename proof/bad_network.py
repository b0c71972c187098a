"""A network between web server and database that loses, delays, repeats and reorders packets.

The scenario runs in a process of its own, which leaves for a network of its own: nothing of it reaches the machine's. Run as
a module it is that process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proof.lossy_router import FAR, MET, NEAR, NETWORK, enter_network, leave_for_new_network
from proof.needs import require_program, require_root, require_tunnels
from proof.postgres import DATABASE, running_postgres
from proof.scenario import Outcome, Plan
from proof.stage import Stage
from tests.databases import SUPERUSER
from tests.race.processes import ROOT

LOSS, REPEAT = 0.04, 0.02
DELAY_SECONDS = (0.001, 0.03)
# Beside those in which seats are sold.
SECONDS_MAX = 540


def run(plan: Plan) -> Iterator[Outcome]:
    """On PostgreSQL: there is no network between Matinee and a SQLite file."""
    require_root("a network of one's own")
    require_program("ip", "iproute2")
    require_tunnels()
    told = {"seconds": plan.seconds, "seed": plan.seed, "folder": str(plan.folder)}
    played = subprocess.run(
        [sys.executable, "-m", "proof.bad_network"], cwd=ROOT, input=json.dumps(told), capture_output=True, text=True,
        timeout=SECONDS_MAX + plan.seconds, check=False,
    )  # fmt: skip
    if played.returncode != 0:
        raise RuntimeError(f"the process of the scenario failed: {played.stderr[-3000:]}")
    yield Outcome(**json.loads(played.stdout.splitlines()[-1]))


def _play() -> None:
    told = json.loads(sys.stdin.read())
    plan = Plan(0, told["seconds"], told["seed"], Path(told["folder"]), lambda line: None)
    outcome = Outcome("network", "PostgreSQL")
    leave_for_new_network()
    with running_postgres(listen="*", trusted=NETWORK) as server, _router(plan, outcome) as router:
        enter_network(router.pid)
        _look_whether_they_meet()
        through = f"postgresql://{SUPERUSER}@{NEAR}:{server.port}/{DATABASE}"
        # A Unix socket is reached from every network.
        with Stage(plan, outcome, server.socket_url(DATABASE), served_url=through) as stage:
            stage.sell()
            stage.sell_for(plan.seconds)
            stage.close()
    print(json.dumps(outcome.to_json()))


def _look_whether_they_meet() -> None:
    """Else the web server would not stand where the scenario says."""
    said = subprocess.run(["ip", "-o", "-4", "address"], capture_output=True, text=True, check=True).stdout
    assert FAR in said, said


@contextmanager
def _router(plan: Plan, outcome: Outcome) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "proof.lossy_router"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        settings = {"seed": plan.seed, "loss": LOSS, "repeat": REPEAT, "delay_seconds": DELAY_SECONDS}
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n", "the router does not start"
        yield process
        process.stdin.close()
        met = json.loads(process.stdout.readline())
        for what in MET:
            outcome.count(what, met.get(what, 0), needed=True)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    _play()
