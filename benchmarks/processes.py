"""What each process of a running house takes: memory, and the processors of the whole machine (Linux)."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import children

_MIB = 1024.0


@dataclass(frozen=True, slots=True)
class Memory:
    """In MiB. `own`: what it has written itself; what it still has in common with a fork is counted in parts.

    `resident`: all of it, with the pages of libraries, which whoever else runs them has in common. `common`: its part of
    what was made to be common to several, such as the buffers of the database.
    """

    own: float
    resident: float
    common: float

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.own + other.own, self.resident + other.resident, self.common + other.common)


def memory_of(pid: int) -> Memory:
    """Of one process. Raises OSError where it is gone."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, value = line.partition(":")
        if value.endswith(" kB"):
            found[name] = int(value.split()[0]) / _MIB
    if "Pss_Anon" not in found:
        raise ProcessLookupError(pid)  # it has ended, and nobody has taken note of it yet
    return Memory(own=found["Pss_Anon"], resident=found["Rss"], common=found["Pss_Shmem"])


def family(pid: int) -> list[int]:
    """The process and all that came from it."""
    found = [pid]
    # One that ends while it is looked at has none.
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        for child in children(pid):
            found += family(child)
    return found


def memory_of_all(pid: int) -> Memory:
    """Of the process and all that came from it. One that ends while it is looked at counts for nothing."""
    total = Memory(0.0, 0.0, 0.0)
    for one in family(pid):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            total += memory_of(one)
    return total


def spent_seconds(pid: int) -> float:
    """Seconds of processor that the process and its ended children have taken. Raises OSError where it is gone."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def spent_seconds_of_all(pid: int) -> float:
    """As `spent_seconds`, with all that came from it; what one that ends just now has taken is missing."""
    total = 0.0
    for one in family(pid):
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            total += spent_seconds(one)
    return total


def command_of(pid: int) -> str:
    """With its arguments."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()


class Busy:
    """How busy all processors of the machine are."""

    def __init__(self) -> None:
        self._before = self._ticks()

    def share(self) -> float:
        """Since the last question: 0 to 1."""
        now = self._ticks()
        worked, in_all = (later - earlier for later, earlier in zip(now, self._before, strict=True))
        self._before = now
        return worked / in_all if in_all else 0.0

    @staticmethod
    def _ticks() -> tuple[int, int]:
        fields = [int(each) for each in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        # The fourth and the fifth are idle, and waiting for a disk.
        return sum(fields) - fields[3] - fields[4], sum(fields)
