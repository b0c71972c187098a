"""`python -m benchmarks.soak --minutes 60`: a house that sells for an hour, and whether it stays as it was.

Real processes: `matinee serve` with two web processes and the mail worker, PostgreSQL, a mail server that takes every
mail. The run fails where anything was answered wrongly, was lost, or a process grows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import psycopg

from benchmarks.machine import children, describe_machine
from benchmarks.postgres import Postgres, running_postgres
from benchmarks.processes import (
    Busy,
    command_of,
    memory_of,
    memory_of_all,
    spent_seconds,
    spent_seconds_of_all,
)
from benchmarks.servers import ROOT, Running, require_no_faults, running_matinee
from benchmarks.soak_check import check_soak
from benchmarks.soak_deeds import METRICS_TOKEN
from benchmarks.soak_house import seed_soak_house
from benchmarks.soak_page import write_soak_page
from benchmarks.soak_record import Sample, SoakRecord
from tests.mail_server import MailServer, Received, running_mail_server

WEB_PROCESSES, THREADS, HOLD_MINUTES = 2, 8, 1
# With more the house would be sold out.
MINUTES_MAX = 240.0
# More than a few, and there is no point in going on.
FAULTS_MAX = 50
PAGE_FOLDER = ROOT / "docs" / "benchmarks"
_WAITING = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL"


@click.command()
@click.option("--minutes", default=60.0, show_default=True, type=click.FloatRange(0.5, MINUTES_MAX))
@click.option(
    "--write/--no-write",
    default=True,
    show_default=True,
    help=f"Write the page in {PAGE_FOLDER.relative_to(ROOT)}.",
)
@click.option("--pace", default=1.0, show_default=True, help="More than 1: more of everything a second.")
def main(*, minutes: float, write: bool, pace: float) -> None:
    """Let a house sell for so long, and look whether its memory stays flat and nothing is lost."""
    if write:
        import_module("benchmarks.plots")  # before the hour, not after it
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as name:
        machine = [*describe_machine(), f"PostgreSQL {postgres.described}"]
        record = SoakRecord(minutes, pace, machine, datetime.now(UTC).date().isoformat())
        _soak(postgres, Path(name), record)
    if write:
        for path in write_soak_page(record, PAGE_FOLDER):
            click.echo(f"written: {path.relative_to(ROOT)}")
    for growth in record.growths():
        click.echo(
            f"{growth.name}: {growth.begins:,.1f} to {growth.ends:,.1f} MiB, {growth.share_per_hour:+.1%} an hour"
        )
    click.echo(f"held against the database: {record.checked}")
    if not record.is_judged:
        click.echo("memory is not judged: the run was too short")
    if faults := record.faults():
        raise click.ClickException("\n".join(faults))


def _soak(postgres: Postgres, folder: Path, record: SoakRecord) -> None:
    address = postgres.fresh_database("soak")
    first_day = seed_soak_house(address)
    log, acknowledged = folder / "log", folder / "acknowledged"
    with _mail_server() as (mail_server, arrived):
        settings = {
            "MATINEE_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}",
            "MATINEE_HOLD_MINUTES": str(HOLD_MINUTES),
            "MATINEE_DEMO_PAYMENTS": "on",
            "MATINEE_METRICS_TOKEN": METRICS_TOKEN,
        }
        with running_matinee(
            address, folder / "data", workers=WEB_PROCESSES, threads=THREADS, log=log, with_mail_worker=True,
            more_settings=settings,
        ) as server:  # fmt: skip
            processes = _processes(server)
            lasting, pace = str(record.minutes * 60), str(record.pace)
            load = [str(server.port), first_day, lasting, pace, str(acknowledged)]
            watch = _Watch(postgres, address, processes, record)
            for told in _told_by_load(load):
                watch.look(told)
            if _processes(server) != processes:
                record.went_wrong.append("a process ended meanwhile, and another took its place")
            try:
                checked = check_soak(address, acknowledged, arrived, hold_seconds=HOLD_MINUTES * 60)
                record.checked = asdict(checked)
            except RuntimeError as error:
                # The hour's figures are written down all the same; the run fails by it.
                record.went_wrong.append(str(error))
    try:
        require_no_faults(log)
    except RuntimeError as error:
        record.went_wrong.append(str(error))


def _told_by_load(arguments: list[str]) -> Iterator[dict[str, Any]]:
    """Each line of the load, as it comes. Raises RuntimeError where it ends before its time."""
    load = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.soak_load", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert load.stdout is not None
    try:
        for line in load.stdout:
            yield json.loads(line)
        if load.wait() != 0:
            raise RuntimeError("the load ended before its time")
    finally:
        load.kill()
        load.wait()


class _Watch:
    """Looks at the processes with each line of the load, and adds it to the record."""

    def __init__(
        self, postgres: Postgres, address: str, processes: dict[str, int], record: SoakRecord
    ) -> None:
        self._postgres = postgres
        self._address = address
        self._processes = processes
        self._record = record
        self._busy = Busy()
        self._looked_at = time.monotonic()
        self._spent = self._spent_so_far()

    def look(self, told: dict[str, Any]) -> None:
        """Raises RuntimeError where so much goes wrong that there is no point in going on."""
        self._record.went_wrong += [f"after {told['at']:.0f} s: {each}" for each in told["faults"]]
        if len(self._record.went_wrong) > FAULTS_MAX:
            raise RuntimeError("; ".join(self._record.went_wrong))
        if told["last"]:
            return
        if not told["count"]:
            raise RuntimeError("nothing was done for ten seconds")
        found = {name: memory_of(pid) for name, pid in self._processes.items()}
        found["PostgreSQL"] = memory_of_all(self._postgres.pid)
        with psycopg.connect(self._address) as connection:
            row = connection.execute(_WAITING).fetchone()
        assert row is not None
        sample = Sample(
            at=told["at"],
            memory={name: round(memory.own, 2) for name, memory in found.items()},
            resident={name: round(memory.resident, 2) for name, memory in found.items()},
            buffers=round(found["PostgreSQL"].common, 2),
            busy=round(self._busy.share(), 3),
            cores=self._cores(),
            mails_waiting=row[0],
            count=told["count"],
            ms_99=told["ms_99"],
            kinds=told["kinds"],
        )
        self._record.samples.append(sample)
        click.echo(_sentence(sample))

    def _cores(self) -> dict[str, float]:
        spent, now = self._spent_so_far(), time.monotonic()
        seconds, self._looked_at = now - self._looked_at, now
        before, self._spent = self._spent, spent
        return {name: round((spent[name] - before[name]) / seconds, 3) for name in before}

    def _spent_so_far(self) -> dict[str, float]:
        spent = {name: spent_seconds(pid) for name, pid in self._processes.items()}
        return spent | {
            "PostgreSQL": spent_seconds_of_all(self._postgres.pid),
            "mail server": time.process_time(),
        }


def _sentence(sample: Sample) -> str:
    memory = ", ".join(f"{name} {mib:,.1f}" for name, mib in sample.memory.items())
    return (
        f"{sample.at:7,.0f} s: {sample.count:,} done, 99% within {sample.ms_99:,.0f} ms, {sample.busy:.0%} busy, "
        f"{sample.mails_waiting} mails wait; MiB: {memory}; cores: {sample.cores}"
    )


def _processes(server: Running) -> dict[str, int]:
    """The server, its web processes and its mail worker, by name. Raises RuntimeError where one is missing."""
    found = {"server": server.pid}
    webs = 0
    for pid in sorted(children(server.pid)):
        command = command_of(pid)
        if "worker_beside" in command:
            found["mail worker"] = pid
        elif "resource_tracker" not in command:
            webs += 1
            found[f"web process {webs}"] = pid
    if webs != WEB_PROCESSES or "mail worker" not in found:
        raise RuntimeError(f"not the processes of a house: {found}")
    return found


@contextmanager
def _mail_server() -> Iterator[tuple[MailServer, Counter[bytes]]]:
    """It takes every mail, and keeps no more of it than how often its Message-ID came."""
    arrived: Counter[bytes] = Counter()
    lock = threading.Lock()

    def take(received: Received) -> str:
        head = received.content.partition(b"\r\n\r\n")[0]
        (found,) = (line for line in head.split(b"\r\n") if line.lower().startswith(b"message-id:"))
        with lock:
            arrived[found] += 1
        return "250 OK"

    with running_mail_server() as server:
        server.data_answer = take
        yield server, arrived


if __name__ == "__main__":
    main()
