"""Matinee as a process of its own: `matinee serve` on a free port, asked over HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.databases import free_port

SECONDS_MAX = 30


def wait_until(fact: Callable[[], object], what: str, seconds_max: float = SECONDS_MAX) -> None:
    """Wait until `fact` is true; fail with `what` where it does not become true in time."""
    ends = time.monotonic() + seconds_max
    while not fact():
        assert time.monotonic() < ends, f"{what} did not happen within {seconds_max} s"
        time.sleep(0.02)


def find_program(name: str) -> str | None:
    """The program, also where it is not on the path of ordinary users."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


PROCESSES = Path("/proc")


def _processes() -> Iterator[tuple[int, int, str]]:
    """Id, parent and state of every process that there is."""
    if not (PROCESSES / "self" / "stat").exists():
        yield from _processes_by_ps()
        return
    for folder in PROCESSES.iterdir():
        if folder.name.isdecimal() and (known := _process(int(folder.name))) is not None:
            yield known


def _process(pid: int) -> tuple[int, int, str] | None:
    try:
        text = (PROCESSES / str(pid) / "stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name, in brackets, may hold anything.
    state, parent = text.rpartition(")")[2].split()[:2]
    return pid, int(parent), state


def _processes_by_ps() -> Iterator[tuple[int, int, str]]:
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    for row in map(str.split, listed.splitlines()):
        yield int(row[0]), int(row[1]), row[2]


def _command_line(pid: int) -> str:
    try:
        return (
            (PROCESSES / str(pid) / "cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")
            .strip()
        )
    except (FileNotFoundError, ProcessLookupError):
        # Without -ww a line ends after 80 columns, which a long path to the clone fills.
        asked = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def children_of(pid: int) -> dict[int, str]:
    """The running child processes of `pid` with their command lines."""
    return {
        child: _command_line(child)
        for child, parent, state in _processes()
        if parent == pid and not state.startswith("Z")
    }


def is_running(pid: int) -> bool:
    """Whether the process is there and has not ended."""
    if not (PROCESSES / "self" / "stat").exists():
        return any(found == pid and not state.startswith("Z") for found, _, state in _processes_by_ps())
    known = _process(pid)
    return known is not None and not known[2].startswith("Z")


class RunningServer:
    """`matinee serve`, started; answers when the constructor returns."""

    def __init__(
        self, environment: Mapping[str, str], log: Path, *options: str, port: int | None = None
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        command = [sys.executable, "-m", "matinee", "serve", "--port", str(self.port), *options]
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, env=dict(environment), stdout=output, stderr=output)
        try:
            wait_until(self._answers_or_ended, "the first answer")
            assert self.process.poll() is None, log.read_text()
        except BaseException:
            self.process.kill()
            raise

    def _answers_or_ended(self) -> bool:
        if self.process.poll() is not None:
            return True
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def get(self, path: str) -> tuple[int, Any]:
        """The status and the JSON body of the answer."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def family(self) -> list[int]:
        """The ids of its processes: the server, its web workers, the worker beside."""
        return [self.process.pid, *children_of(self.process.pid)]

    def worker_beside(self) -> int | None:
        """The id of the worker that runs beside it."""
        return next((pid for pid, args in children_of(self.process.pid).items() if "beside" in args), None)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal, wait for the end, and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(SECONDS_MAX)

    def kill(self) -> None:
        """SIGKILL for the server, its web workers and the worker beside it, as when the machine fails."""
        for pid in self.family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(SECONDS_MAX)

    def __enter__(self) -> RunningServer:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            # All at once: the children of a server that was killed notice it by themselves, but not at once.
            family = self.family()
            self.kill()
            wait_until(lambda: not any(map(is_running, family)), "the end of the server's children")
