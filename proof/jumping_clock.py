"""A clock that jumps for the processes that are started with `environment`: libfaketime, told by a file.

The monotonic clock goes on as it did, as it does where somebody sets a machine's time.
"""

from __future__ import annotations

import time
from pathlib import Path

# The library looks into the file once a second.
NOTICED_SECONDS = 1.3


class JumpingClock:
    """Begins at the right time."""

    def __init__(self, library: Path, file: Path) -> None:
        self._file = file
        self._library = library
        self.hours = 0
        self._write()

    @property
    def environment(self) -> dict[str, str]:
        """What the processes need."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def jump_to(self, hours: int) -> None:
        """So many hours away from the right time from now on; returns once every process knows."""
        self.hours = hours
        self._write()
        time.sleep(NOTICED_SECONDS)

    def _write(self) -> None:
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{self.hours:+d}h\n")
        beside.replace(self._file)
