"""The worker that `matinee serve` starts beside itself, and which must not outlive it. See `beside.py`."""

from __future__ import annotations

import signal
import sys

from matinee.cli.lifeline import end_with_parent
from matinee.cli.worker import worker


def run_beside(parent_pid: int) -> None:
    """Be the worker of the server `parent_pid`: end in order when the server is gone, however it went."""
    end_with_parent(parent_pid, signal.SIGTERM)
    worker.main(args=[], prog_name="matinee worker")


if __name__ == "__main__":
    run_beside(int(sys.argv[1]))
