"""An open load: so many deeds a second, however long each of them takes.

Who waits for an answer before he asks again slows down with the server, and hides how long people would wait. So each deed
has a moment at which it is due, and is timed from that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from statistics import quantiles
from typing import Any


async def keep_pace(
    per_second: float, deed: Callable[[float], Coroutine[Any, Any, None]], *, ends_at: float
) -> None:
    """Begin `deed(due)` so often until `ends_at` (both of `time.monotonic`), and wait for those under way.

    `deed` tells its own failures; one that raises ends the load.
    """
    began = time.monotonic()
    number = 0
    async with asyncio.TaskGroup() as under_way:
        while (due := began + number / per_second) < ends_at:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            under_way.create_task(deed(due))
            number += 1


def shares(seconds: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile, in milliseconds."""
    if len(seconds) < 2:
        return (seconds[0] * 1000, seconds[0] * 1000) if seconds else (float("nan"), float("nan"))
    cut = quantiles(seconds, n=100, method="inclusive")
    return cut[49] * 1000, cut[98] * 1000
