"""The buyers' process, as a scenario starts and ends it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from proof.history import Record, read_history
from proof.house import House
from tests.race.processes import ROOT

REST_SECONDS = 0.1
# Who has no answer asks for three quarters of a minute at the end, and one answer takes half a minute at the most.
END_SECONDS_MAX = 90.0


class Crowd:
    """Buys from the start on; `end` waits until everybody has an answer, or has given up."""

    def __init__(
        self, house: House, port: int, history: Path, *, seed: int, rest_seconds: float = REST_SECONDS
    ) -> None:
        self._history = history
        plan = {
            **house.to_json(), "port": port, "history": str(history), "seed": seed, "rest_seconds": rest_seconds,
        }  # fmt: skip
        history.touch()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "proof.buyers"], cwd=ROOT, stdin=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(plan) + "\n")
        self._process.stdin.flush()

    def done(self) -> int:
        """How much has been answered so far."""
        return self._history.read_bytes().count(b"\n")

    def end(self) -> list[Record]:
        """Let everybody come to an end; what was asked and answered."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        code = self._process.wait(END_SECONDS_MAX)
        assert code == 0, f"the buyers' process ended with {code}"
        return read_history(self._history)

    def kill(self) -> None:
        """End the process, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
