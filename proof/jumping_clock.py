"""A clock that jumps, for the processes that are started with its `environment`.

Not libfaketime: with a monotonic clock that is left alone, its sleeping fails in Python 3.11 and later. See
`jumping/sitecustomize.py` for what is done instead.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.race.processes import ROOT

FOLDER = Path(__file__).parent / "jumping"


class JumpingClock:
    """Begins at the right time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump_to(0)

    @property
    def environment(self) -> dict[str, str]:
        """What the processes need."""
        path = os.pathsep.join([str(FOLDER), str(ROOT / "src")])
        return {"PYTHONPATH": path, "PROOF_CLOCK_FILE": str(self._file)}

    def jump_to(self, hours: int) -> None:
        """So many hours away from the right time from now on, for all processes at once."""
        beside = self._file.with_suffix(".new")
        beside.write_text(str(hours))
        beside.replace(self._file)
