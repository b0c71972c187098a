"""Starting what is measured: `matinee serve`, and an empty Flask application on the same server."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypedDict

from tests.databases import free_port

ROOT = Path(__file__).parent.parent
START_SECONDS_MAX = 30
# Matinee writes one JSON object a line into a file; what a library prints past the log is text.
_FAULT = re.compile(r'"level": "(?:ERROR|CRITICAL)"|Traceback')


class Running(NamedTuple):
    """A web server on 127.0.0.1."""

    pid: int
    port: int
    started_seconds: float


class ServerOptions(TypedDict):
    """How a server is started: processes, threads of each, and the file that its log goes to."""

    workers: int
    threads: int
    log: Path


@contextmanager
def running_matinee(
    database_address: str,
    data_dir: Path,
    *,
    workers: int,
    threads: int,
    log: Path,
    with_mail_worker: bool = False,
    more_settings: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """`matinee serve` on the database; without a mail worker beside it, unless asked for."""
    settings = {**_settings(database_address, data_dir), **(more_settings or {})}
    options = ["--workers", str(workers), "--threads", str(threads)]
    options += [] if with_mail_worker else ["--no-worker"]
    port = free_port()
    with _running(
        ["-m", "matinee", "serve", "--port", str(port), *options], port, "/healthz", settings, log
    ) as running:
        yield running


@contextmanager
def running_program(
    command: list[str], port: int, database_address: str, data_dir: Path, log: Path
) -> Iterator[Running]:
    """A program that serves Matinee on `port`, with the settings of `running_matinee`."""
    with _running(command, port, "/healthz", _settings(database_address, data_dir), log) as running:
        yield running


def run_command(arguments: list[str], database_address: str, data_dir: Path) -> None:
    """Run a command of Matinee to its end. Raises RuntimeError with what it said where it fails."""
    made = subprocess.run(
        [sys.executable, "-m", "matinee", *arguments],
        env=_environment(_settings(database_address, data_dir)), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        raise RuntimeError(f"matinee {arguments[0]} failed: {made.stdout}{made.stderr}")


def _settings(database_address: str, data_dir: Path) -> dict[str, str]:
    return {
        "MATINEE_DATABASE_URL": database_address,
        "MATINEE_DATA_DIR": str(data_dir),
        "MATINEE_RATELIMIT": "off",
        "MATINEE_ACCESS_LOG": "off",
    }


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
    return {**outside, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), **settings}


def require_no_faults(log: Path) -> None:
    """Raise RuntimeError with the end of the log of one or more servers where it tells of a fault."""
    noise = log.read_text(errors="replace")
    if _FAULT.search(noise):
        raise RuntimeError(f"a server logged a fault: {noise[-2000:]}")


@contextmanager
def running_bare(kind: str, *, workers: int, threads: int, log: Path) -> Iterator[Running]:
    """The empty Flask application: "bridge" as `matinee serve` serves, "wsgi" by the web server's own interface."""
    port = free_port()
    command = ["-m", "benchmarks.bare", kind, str(port), str(workers), str(threads)]
    with _running(command, port, "/", {}, log) as running:
        yield running


@contextmanager
def running_first_server(folder: Path, *, log: Path) -> Iterator[Running]:
    """The plain server of `benchmarks.first_server`, with its state in the folder."""
    port = free_port()
    with _running(
        ["-m", "benchmarks.first_server", str(port), str(folder)], port, "/fullSchedule", {}, log
    ) as running:
        yield running


@contextmanager
def _running(
    command: list[str], port: int, path: str, settings: Mapping[str, str], log: Path
) -> Iterator[Running]:
    with log.open("ab") as written:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, *command],
            env=_environment(settings),
            cwd=ROOT,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    try:
        _wait_for(process, port, path, log)
        yield Running(process.pid, port, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            status, _ = fetch(port, path)
        except OSError:
            time.sleep(0.005)
            continue
        if status == 200:
            return
        raise RuntimeError(f"{path} answered {status}")
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def fetch(
    port: int, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body. Raises OSError."""
    status, _, body = exchange(port, path, method=method, headers=headers)
    return status, body


def exchange(
    port: int, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """As `fetch`, and the headers between the two, by their names in lower case."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
