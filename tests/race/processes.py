"""Matinee as it really runs: `matinee serve` and `matinee worker` as processes, which a test may kill."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.databases import free_port

ROOT = Path(__file__).parent.parent.parent
START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 25.0
# A test run that is killed leaves nothing behind: Linux kills what it started (1 is PR_SET_PDEATHSIG). Done by a program
# in between, since code that runs between fork and exec may hang where the run has threads.
_END_WITH_PARENT = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
handed_over = os.environ.pop("HANDED_OVER", "")
if handed_over:
    # As systemd does it, see sd_listen_fds(3).
    os.dup2(int(handed_over), 3)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[1], sys.argv[1:])
"""


def settings_for(database_url: str, data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of every process of one Matinee; `more` are further settings, without their prefix."""
    return {
        "MATINEE_DATABASE_URL": database_url,
        "MATINEE_DATA_DIR": str(data_dir),
        "MATINEE_BASE_URL": "http://tickets.example.org",
        "MATINEE_PASSWORD_COST": "cheap",
        "MATINEE_RATELIMIT": "off",
        "MATINEE_ACCESS_LOG": "off",
        **{f"MATINEE_{name.upper()}": value for name, value in more.items()},
    }


def wait_until(
    what: str, is_so: Callable[[], object], seconds_max: float, pause_seconds: float = 0.05
) -> None:
    """Raise AssertionError unless `is_so` gives something true within `seconds_max`."""
    deadline = time.monotonic() + seconds_max
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds_max:g} s: {what}"
        time.sleep(pause_seconds)


class MatineeProcess:
    """A command of Matinee in a process group of its own; what it says goes to `log`."""

    def __init__(
        self,
        arguments: list[str],
        settings: Mapping[str, str],
        log: Path,
        *,
        handed_over: socket.socket | None = None,
    ) -> None:
        """`handed_over`: a socket that listens already, which the process is given."""
        self._handed_over = handed_over
        self._arguments = arguments
        self._settings = settings
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("MATINEE_")}
        numbers = [] if self._handed_over is None else [self._handed_over.fileno()]
        handed_over = {"HANDED_OVER": str(numbers[0])} if numbers else {}
        with self._log.open("ab") as written:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    "-c",
                    _END_WITH_PARENT,
                    sys.executable,
                    "-m",
                    "matinee",
                    *self._arguments,
                ],
                env={**outside, "PYTHONPATH": str(ROOT / "src"), **self._settings, **handed_over},
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                start_new_session=True,
                pass_fds=numbers,
            )

    def kill(self) -> None:
        """SIGKILL to the process and all that it started, at once, as a loss of power would end them."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        assert self._process is not None
        self._process.terminate()

    def stop(self) -> None:
        """End it in order; by force where it does not end."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop:\n{self.said()}") from None

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        """All that it logged."""
        return self._log.read_text(errors="replace")


class WebServer(MatineeProcess):
    """`matinee serve` on a port of 127.0.0.1."""

    def __init__(
        self,
        settings: Mapping[str, str],
        log: Path,
        *,
        workers: int,
        handed_over: socket.socket | None = None,
        drain_seconds: float = 0,
    ) -> None:
        self.port = handed_over.getsockname()[1] if handed_over is not None else free_port()
        arguments = ["serve", "--port", str(self.port), "--workers", str(workers), "--no-worker"]
        if drain_seconds:
            arguments += ["--drain", str(drain_seconds)]
        super().__init__(arguments, settings, log, handed_over=handed_over)

    def start(self) -> None:
        super().start()
        wait_until("the server answers", self._answers, START_SECONDS_MAX, 0.02)

    def _answers(self) -> bool:
        assert self.is_running(), f"the server ended:\n{self.said()}"
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body. Raises OSError where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()


@contextmanager
def running_server(settings: Mapping[str, str], log: Path, *, workers: int = 2) -> Iterator[WebServer]:
    """`matinee serve`; at the end it must not have logged a fault."""
    server = WebServer(settings, log, workers=workers)
    server.start()
    try:
        yield server
    finally:
        server.stop()
    said = server.said()
    assert "Traceback" not in said, said
    assert "database is locked" not in said, said


@contextmanager
def running_worker(settings: Mapping[str, str], log: Path) -> Iterator[MatineeProcess]:
    """`matinee worker`."""
    worker = MatineeProcess(["worker"], settings, log)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
