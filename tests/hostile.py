"""What the tests of hostile input share: how long one example may take, and a clock and a scale for the rest."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import HealthCheck, settings

# An example that takes longer is a fault, also on a machine that is busy. How many there are is the profile's:
# hypothesis' own in the suite, `fuzz` of tests/conftest.py in `make fuzz`.
hostile = settings(
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@contextmanager
def within(*, seconds: float, megabytes: float) -> Iterator[None]:
    """What is done in here takes no more time of this process, and no more memory of Python, than that."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        yield
    finally:
        took = time.process_time() - begun
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert took < seconds, f"{took:.1f} s"
    assert peak < megabytes * 1_000_000, f"{peak / 1_000_000:.0f} MB"
