"""The worker that `matinee serve` keeps running beside itself"""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from matinee.cli import beside


def test_a_worker_that_cannot_be_started_at_the_moment_is_started_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    attempts: list[object] = []
    is_back = threading.Event()

    def start() -> subprocess.Popen[bytes]:
        attempts.append(1)
        if len(attempts) == 1:
            return subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
        if len(attempts) == 2:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        is_back.set()
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    monkeypatch.setattr(beside, "_start", start)
    monkeypatch.setattr(beside, "PAUSE_SECONDS_MIN", 0.1)
    worker = beside.WorkerBeside()
    worker.start()
    try:
        assert is_back.wait(20)
    finally:
        worker.stop()
    assert len(attempts) == 3
    assert "the worker ended (exit code 3)" in caplog.text
    assert "could not be started: [Errno 11]" in caplog.text
