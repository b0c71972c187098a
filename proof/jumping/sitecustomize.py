"""Python imports this at the start of every process that has this folder in its path: its clock jumps as a file says.

Matinee has one clock; its source is replaced, and `time.time` for what libraries ask. The monotonic clock goes on as it did,
as it does where somebody sets a machine's time.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

from matinee.kernel import clock

_FILE = os.environ["PROOF_CLOCK_FILE"]
_time = time.time


def _hours() -> float:
    with open(_FILE, encoding="ascii") as file:
        return float(file.read())


def _now() -> datetime:
    return datetime.now(UTC) + timedelta(hours=_hours())


clock._source = _now
time.time = lambda: _time() + 3600 * _hours()
