"""Answers that are serialised once per version of the data, not once per request.

What was serialised is kept under the version that was read before the data, for at most a second: expired holds become
free without a commit, and a version that could not be moved is then noticed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from matinee.db.version import DataVersion

SECONDS_TO_LIVE = 1.0
# More than the days that anybody plans; beyond, the oldest are dropped.
ENTRIES_MAX = 400

Made = TypeVar("Made")


class KeptAnswers:
    """Serialised answers of one process, each under the version of the data that it shows."""

    def __init__(self, version: DataVersion) -> None:
        self._version = version
        self._kept: dict[object, tuple[object, float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], Made]) -> Made:
        """What `make` gives, or gave under this version less than a second ago. Raises DatabaseUnavailable."""
        version = self._version.current()
        found = self._kept.get(key)
        now = time.monotonic()
        if found is not None and found[0] == version and now - found[1] < SECONDS_TO_LIVE:
            kept: Made = found[2]
            return kept
        # A version that moves while this is made only means that it is made once more.
        answer = make()
        with self._lock:
            while len(self._kept) >= ENTRIES_MAX:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (version, now, answer)
        return answer
