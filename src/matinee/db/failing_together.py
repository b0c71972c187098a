"""A lock under which the database is asked, and whose failure is that of all who wait at it.

A database that vanished costs each attempt some seconds. Threads that waited for one attempt would otherwise begin the next,
one after the other, and the last would learn after all their seconds together that there is no database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from matinee.db.errors import DatabaseUnavailable


class FailingTogether:
    """Lets in one thread at a time, and nobody who waited while the one before him failed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed_at = float("-inf")
        self._failure: DatabaseUnavailable | None = None

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the lock for the block. Raises DatabaseUnavailable where the block of another did after this thread came."""
        came_at = time.monotonic()
        with self._lock:
            if self._failure is not None and self._failed_at > came_at:
                raise copy(self._failure)
            self._failure = None
            try:
                yield
            except DatabaseUnavailable as error:
                # A copy: this one is about to collect what its thread did.
                self._failure, self._failed_at = copy(error), time.monotonic()
                raise
