"""Sleeping until a signal arrives. Its handler sets a plain attribute: the lock of a `threading.Event` may be held by the
code that the signal interrupts."""

from __future__ import annotations

import time
from collections.abc import Callable


def nap(seconds: float, *, is_over: Callable[[], bool], poll_seconds: float) -> None:
    """Sleep for `seconds`, and wake within `poll_seconds` once `is_over`."""
    ends = time.monotonic() + seconds
    while not is_over() and (left := ends - time.monotonic()) > 0:
        time.sleep(min(left, poll_seconds))
