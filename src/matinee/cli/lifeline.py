"""A child process that ends with its parent, however that ends: also when it is killed and can tell nobody."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
POLL_SECONDS = 0.5


def end_with_parent(parent_pid: int, number: signal.Signals) -> None:
    """Have this process receive `number` when the process `parent_pid`, which started it, is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, number)
    else:
        threading.Thread(target=_watch, args=(parent_pid, number), daemon=True).start()
    # It may have gone before we asked.
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), number)


def _watch(parent_pid: int, number: signal.Signals) -> None:
    while os.getppid() == parent_pid:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), number)
