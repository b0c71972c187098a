"""From threads back to the event loop: one wake-up of the loop for all results that are ready by then."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Any


class HandingBack:
    """Gives results of threads to those who wait for them on one event loop."""

    def __init__(self) -> None:
        self._ready: list[tuple[asyncio.Future[Any], Any]] = []
        self._lock = threading.Lock()

    def __call__(self, waiting: asyncio.Future[Any], result: object) -> None:
        """Let `waiting` have its result, from any thread. Nothing happens where nobody waits any more."""
        with self._lock:
            if self._ready and self._ready[0][0].get_loop() is not waiting.get_loop():
                self._ready.clear()  # that loop has ended without coming for them
            self._ready.append((waiting, result))
            # Where others are ready before this one, the loop was told and has not come yet: it takes all.
            is_first = len(self._ready) == 1
        if is_first:
            with contextlib.suppress(RuntimeError):  # the loop has ended, nobody waits any more
                waiting.get_loop().call_soon_threadsafe(self._give)

    def _give(self) -> None:
        with self._lock:
            ready, self._ready = self._ready, []
        for waiting, result in ready:
            if not waiting.done():
                waiting.set_result(result)
