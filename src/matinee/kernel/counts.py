"""Counting what happens, for whoever watches the house. Nothing is counted unless a process was told where to.

Whoever counts need not know what becomes of it; the names and labels are listed in `web/shared/metrics/catalogue.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

# Name, how many, labels.
Tally = Callable[[str, float, Mapping[str, str]], None]

_tally: Tally | None = None


def count(what: str, amount: float = 1, **labels: str) -> None:
    """Count `amount` more of `what`. What is undone with a transaction is counted by `db.counting` instead."""
    if _tally is not None:
        _tally(what, amount, labels)


def is_counting() -> bool:
    """Whether anybody wants to know."""
    return _tally is not None


def tell_counts_to(tally: Tally | None) -> None:
    """From now on this process counts there; None: nowhere."""
    global _tally  # noqa: PLW0603 - the one for the process, as the clock is
    _tally = tally
