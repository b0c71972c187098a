"""The one clock. A surface reads it once per request and passes `now` down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system_time() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """The current moment, in UTC, with its zone."""
    return _source()


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Make `now()` return `moment` (with a zone) inside the block. For tests, of one process."""
    global _source  # noqa: PLW0603 - the one replaceable source of time
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    previous = _source
    _source = lambda: moment  # noqa: E731
    try:
        yield
    finally:
        _source = previous
