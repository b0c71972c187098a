"""Watches over the worker that `matinee serve` runs beside itself."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time

PAUSE_SECONDS_MIN = 1.0
PAUSE_SECONDS_MAX = 60.0
# One that lived so long was well: its next pause is short again.
LIVED_WELL_SECONDS = 60.0
STOP_SECONDS_MAX = 10.0

log = logging.getLogger(__name__)


class WorkerBeside:
    """Keeps one `matinee worker` running until `stop`, with growing pauses where it keeps ending."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="worker-beside", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and begin to watch."""
        # Here and not in the thread: the server forks at this time, and a fork between the two ends of the pipe that
        # Popen waits on would keep it waiting.
        self._process = _start()
        self._thread.start()

    def stop(self) -> None:
        """End it: in order where it ends within some seconds, by force where not. Nothing happens where it never began."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        pause = PAUSE_SECONDS_MIN
        process = self._process
        while process is not None:
            began = time.monotonic()
            while process.poll() is None and not self._stopping.wait(0.2):
                pass
            if self._stopping.is_set():
                _end(process)
                return
            pause = PAUSE_SECONDS_MIN if time.monotonic() - began > LIVED_WELL_SECONDS else pause
            log.error(
                "the worker ended (exit code %s); it is started again in %.0f s", process.returncode, pause
            )
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, PAUSE_SECONDS_MAX)
            while (started := self._started()) is None:
                if self._stopping.wait(pause):
                    return
            process = started

    @staticmethod
    def _started() -> subprocess.Popen[bytes] | None:
        try:
            return _start()
        except OSError as error:
            # No memory or no process left at the moment, perhaps.
            log.error("the worker could not be started: %s", error)
            return None


def _start() -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal is for the server, which then ends the worker in order.
    command = [sys.executable, "-m", "matinee.cli.worker_beside", str(os.getpid())]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own module


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        log.warning("the worker did not end within %.0f s and is killed", STOP_SECONDS_MAX)
        process.kill()
        process.wait()
