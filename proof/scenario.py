"""What a scenario is told, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class NotHere(Exception):
    """The scenario cannot run on this machine; the sentence says why and what to do."""


def first_fault(log: str) -> str:
    """The begin of the first fault that the text of a log tells of and that was not foreseen; empty where there is none."""
    _, mark, rest = log.partition("Traceback")
    return (mark + rest)[:3000]


@dataclass(frozen=True, slots=True)
class Plan:
    """`kills`: of the whole run. `seconds`: for how long each other scenario sells under its fault. `say` shows a line."""

    kills: int
    seconds: float
    seed: int
    folder: Path
    say: Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What one scenario on one database came to."""

    scenario: str
    database: str
    # What happened, in the order in which it is told.
    counts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0
    # What must have happened for the scenario to say anything.
    _needed: list[str] = field(default_factory=list)

    def count(self, what: str, number: int, *, needed: bool = False) -> None:
        """Tell how often something happened. `needed`: without it, the scenario exercised nothing."""
        self.counts[what] = self.counts.get(what, 0) + number
        if needed and what not in self._needed:
            self._needed.append(what)

    def blame(self, *violations: object) -> None:
        """A promise was not kept."""
        self.violations += [str(each) for each in violations]

    @property
    def idle(self) -> list[str]:
        """What should have happened and did not."""
        return [what for what in self._needed if not self.counts.get(what)]

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.skipped:
            return "skipped"
        if self.violations:
            return "BROKEN"
        return "EXERCISED NOTHING" if self.idle else "holds"

    def to_json(self) -> dict[str, Any]:
        """For another process."""
        return {
            "scenario": self.scenario, "database": self.database, "counts": self.counts,
            "violations": self.violations, "skipped": self.skipped, "seconds": self.seconds, "_needed": self._needed,
        }  # fmt: skip
