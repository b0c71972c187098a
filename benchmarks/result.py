"""How it is measured, and what one comparison came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often, on how many processes and threads of the web server; `say` shows a line at once."""

    seconds: float
    rounds: int
    workers: int
    threads: int
    say: Callable[[str], None]
    # Purchases on tables that are empty and of which the database knows nothing yet.
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """Ours beside a baseline; without a baseline, ours beside the most that it may be."""

    what: str
    ours: list[float]
    unit: str
    baseline: list[float] | None = None
    baseline_name: str = ""
    # The least ratio to the baseline; where there is no baseline, the most that ours may be. None: for information.
    target: float | None = None

    @property
    def value(self) -> float:
        """The median of ours."""
        return median(self.ours)

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' ratios: each round compares what was measured side by side."""
        if self.baseline is None:
            return None
        return median(ours / bare for ours, bare in zip(self.ours, self.baseline, strict=True))

    def row(self) -> tuple[str, ...]:
        """The cells of the table."""
        shown = f"{self.value:,.0f} {self.unit}" if self.value >= 10 else f"{self.value:.2f} {self.unit}"
        if self.baseline is None or self.ratio is None:
            met = "" if self.target is None else _yes(self.value <= self.target)
            limit = "" if self.target is None else f"{self.target:g} {self.unit}"
            return (self.what, shown, "", "", "", f"at most {limit}" if limit else "", met)
        spread = [ours / bare for ours, bare in zip(self.ours, self.baseline, strict=True)]
        return (
            self.what,
            shown,
            f"{median(self.baseline):,.0f} {self.unit}",
            self.baseline_name,
            f"{self.ratio:.2f} ({min(spread):.2f}–{max(spread):.2f})",
            "" if self.target is None else f"{self.target:g}",
            "" if self.target is None else _yes(self.ratio >= self.target),
        )


def _yes(met: bool) -> str:
    return "yes" if met else "NO"
