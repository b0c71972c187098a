"""What PostgreSQL does by itself: a script of pgbench, with how long each of its transactions took."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.load import Measured
from benchmarks.postgres import Postgres

# pgbench counts the time in which it connects and prepares into how long it runs.
READY_A_SECOND = 50


class Transaction(NamedTuple):
    """A line of pgbench's log."""

    client: int
    took_ms: float
    ended_at: float


def run_script(
    postgres: Postgres,
    address: str,
    script: Path,
    *,
    clients: int,
    seconds: float,
    variables: Mapping[str, int | str],
) -> Measured:
    """Run it over and over, prepared, on as many connections as clients. Raises RuntimeError where one fails.

    All transactions are counted; the rate and the times are of those after every client had its first.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [str(postgres.pgbench), "-n", "-M", "prepared", "-c", str(clients), "-j", "1"]
        command += ["-T", str(max(1, round(seconds + clients / READY_A_SECOND))), "-f", str(script)]
        command += ["--log", f"--log-prefix={Path(folder) / 'transactions'}"]
        for name, value in variables.items():
            command += ["-D", f"{name}={value}"]
        made = subprocess.run([*command, address], capture_output=True, text=True, check=False)
        done = re.search(r"transactions actually processed: (\d+)", made.stdout)
        if made.returncode != 0 or done is None:
            raise RuntimeError(f"pgbench failed: {made.stdout}\n{made.stderr}")
        logged = [read_line(line) for log in Path(folder).iterdir() for line in log.read_text().splitlines()]
    if len(logged) != int(done[1]):
        raise RuntimeError(f"pgbench counted {done[1]} transactions and logged {len(logged)}")
    return summary(logged, clients=clients)


def read_line(line: str) -> Transaction:
    """client, number, microseconds, script, and the end in seconds and microseconds since 1970."""
    client, _, took, _, seconds, microseconds = line.split()[:6]
    return Transaction(int(client), int(took) / 1000, int(seconds) + int(microseconds) / 1e6)


def summary(logged: list[Transaction], *, clients: int) -> Measured:
    """What they come to. A client's first transaction warms its connection up, as those of a web server are.

    Raises RuntimeError where a client had none, or nothing came after the first ones.
    """
    first: dict[int, float] = {}
    for one in logged:
        first[one.client] = min(one.ended_at, first.get(one.client, one.ended_at))
    if len(first) != clients:
        raise RuntimeError(
            f"of {clients} clients of pgbench {len(first)} came to their turn: take more seconds"
        )
    warm_at = max(first.values())
    warm = [one for one in logged if one.ended_at > warm_at]
    if not warm:
        raise RuntimeError("pgbench did nothing once its connections were warm: take more seconds")
    took_ms = sorted(one.took_ms for one in warm)
    return Measured(
        requests=len(logged),
        per_second=len(warm) / (max(one.ended_at for one in warm) - warm_at),
        refused=0,
        broken=0,
        latency_ms_50=took_ms[len(took_ms) // 2],
        latency_ms_99=took_ms[len(took_ms) * 99 // 100],
    )
