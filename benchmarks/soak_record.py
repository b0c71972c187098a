"""What a soak came to: a sample every ten seconds, and whether memory stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import correlation, fmean, linear_regression
from typing import Any

# What fills with use (caches, plans, pools of connections) has so long to be full; of a short run the first third.
WARM_UP_SECONDS = 600.0
# A line through less than this says nothing about an hour.
JUDGED_FROM_SECONDS = 1500.0
GROWTH_PER_HOUR_MAX = 0.05


@dataclass(frozen=True, slots=True)
class Sample:
    """The house at one moment, and what was done in the ten seconds before. Memory in MiB."""

    at: float
    # By process: what it has written itself. Neither libraries, of which its part changes with whoever else runs on the
    # machine, nor the buffers that processes of the database have in common.
    memory: dict[str, float]
    resident: dict[str, float]
    buffers: float
    # Of all processors, whatever used them: 0 to 1.
    busy: float
    # By process: how many processors it kept busy.
    cores: dict[str, float]
    mails_waiting: int
    count: int
    ms_99: float
    kinds: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Growth:
    """The line through the memory of one process, after the warm-up. MiB."""

    name: str
    begins: float
    ends: float
    per_hour: float
    # Of the mean.
    share_per_hour: float
    # How well the line tells the memory: 0, not at all, to 1.
    fit: float


@dataclass(slots=True)
class SoakRecord:
    """All that is written down. `checked`: what was counted in the database at the end.

    `pace`: how much of everything was done a second, 1 being what it is without the option.
    """

    minutes: float
    pace: float
    machine: list[str]
    day: str
    samples: list[Sample] = field(default_factory=list)
    checked: dict[str, int] = field(default_factory=dict)
    # What went wrong while it ran, and in what was looked at afterwards.
    went_wrong: list[str] = field(default_factory=list)

    @property
    def warm_up_seconds(self) -> float:
        """So much is not looked at."""
        return min(WARM_UP_SECONDS, self.minutes * 60 / 3)

    @property
    def is_judged(self) -> bool:
        """Whether it ran for long enough to say anything."""
        return self.minutes * 60 - self.warm_up_seconds >= JUDGED_FROM_SECONDS

    def growths(self) -> list[Growth]:
        """Of each process."""
        warm = [each for each in self.samples if each.at >= self.warm_up_seconds]
        if len(warm) < 2:
            return []
        hours = [each.at / 3600 for each in warm]
        return [_growth(name, hours, [each.memory[name] for each in warm]) for name in warm[0].memory]

    def faults(self) -> list[str]:
        """Why it failed; empty: it did not."""
        grown = self.growths() if self.is_judged else []
        return self.went_wrong + [
            f"{each.name} grows by {each.share_per_hour:.1%} an hour, more than {GROWTH_PER_HOUR_MAX:.0%}"
            for each in grown
            if each.share_per_hour > GROWTH_PER_HOUR_MAX
        ]


def record_of(told: dict[str, Any]) -> SoakRecord:
    """What `dataclasses.asdict` made of one, read from its JSON."""
    return SoakRecord(**{**told, "samples": [Sample(**each) for each in told["samples"]]})


def _growth(name: str, hours: list[float], values: list[float]) -> Growth:
    slope, intercept = linear_regression(hours, values)
    steady = min(values) == max(values)
    return Growth(
        name,
        begins=intercept + slope * hours[0],
        ends=intercept + slope * hours[-1],
        per_hour=slope,
        share_per_hour=slope / fmean(values),
        fit=0.0 if steady else correlation(hours, values) ** 2,
    )
