"""Answers that are made once per version of the data, not once per request.

What was made is kept under the version that was read before the data, for at most a second: expired holds become free
without a commit, and a version that could not be moved is then noticed. However many threads ask for one answer at the
same time, one of them makes it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from matinee.db.version import DataVersion

SECONDS_TO_LIVE = 1.0
# For so much longer it is shown to others while one thread makes it anew.
SECONDS_WHILE_MADE_ANEW = 1.0
# More than the days that anybody plans; beyond, the oldest are dropped.
ENTRIES_MAX = 400

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Making:
    """The making of an answer, under way or done: version and begin (monotonic seconds) were read before the data."""

    version: object
    began: float
    answer: Future[Any] = field(default_factory=Future)
    # Of those who ask `at_hand`; it goes when the answer goes.
    beside: dict[Hashable, Any] = field(default_factory=dict)

    def shows_all_before(self, called: float, version: object) -> bool:
        """Whether no change is missing that was acknowledged before a call, which read `version` after it came."""
        return self.version == version or self.began > called


class KeptAnswers:
    """Answers of one process, each under the version of the data that it shows."""

    def __init__(self, version: DataVersion) -> None:
        self._version = version
        self._kept: dict[object, _Making] = {}
        self._under_way: dict[object, _Making] = {}
        self._lock = threading.Lock()
        # What `at_hand` found, for the `get` that follows in this thread.
        self._at_hand = threading.local()

    def get(self, key: object, make: Callable[[], Result]) -> Result:
        """What `make` gives, or gave, with every change in it that was acknowledged before this call.

        What depends on the time of day alone may be old by a second, and by one more while it is being made anew. A key
        belongs to one kind of answer. Raises DatabaseUnavailable, and what `make` raises, also to those who waited for it.
        """
        found: tuple[object, _Making] | None = getattr(self._at_hand, "found", None)
        self._at_hand.found = None
        if found is not None and found[0] == key:
            return cast(Result, found[1].answer.result())
        called = now = time.monotonic()
        while True:
            version = self._version.current()
            kept = self._kept.get(key)
            if kept is not None and not kept.shows_all_before(called, version):
                kept = None
            if kept is not None and now - kept.began < SECONDS_TO_LIVE:
                return cast(Result, kept.answer.result())
            making, is_mine = self._join(key, version)
            if is_mine:
                return self._make(key, making, make)
            if kept is not None and now - kept.began < SECONDS_TO_LIVE + SECONDS_WHILE_MADE_ANEW:
                return cast(Result, kept.answer.result())
            if making.shows_all_before(called, version):
                return cast(Result, making.answer.result())
            # Once at most: what is begun when this one has ended, by whomever, was begun after this call.
            wait([making.answer])
            now = time.monotonic()

    def at_hand(self, key: object) -> dict[Hashable, Any] | None:
        """Where `get` gives what is kept without waiting for anybody or making anything: a place beside it, else None.

        The caller keeps there whatever it likes that is true as long as this answer is. What is found here is also what the
        next `get` of this thread gives, though it may change in between: whoever asked has asked before that.
        """
        self._at_hand.found = None
        kept = self._kept.get(key)
        if kept is None or time.monotonic() - kept.began >= SECONDS_TO_LIVE:
            return None
        if kept.version != self._version.current_if_known():
            return None
        self._at_hand.found = (key, kept)
        return kept.beside

    def _join(self, key: object, version: object) -> tuple[_Making, bool]:
        """What is under way for this key, and whether it is this thread that has to make it."""
        with self._lock:
            found = self._under_way.get(key)
            if found is not None:
                return found, False
            mine = self._under_way[key] = _Making(version, time.monotonic())
            return mine, True

    def _make(self, key: object, making: _Making, make: Callable[[], Result]) -> Result:
        try:
            answer = make()
        except BaseException as error:
            with self._lock:
                del self._under_way[key]
            making.answer.set_exception(error)
            raise
        making.answer.set_result(answer)
        with self._lock:
            self._kept.pop(key, None)
            while len(self._kept) >= ENTRIES_MAX:
                del self._kept[next(iter(self._kept))]
            # A version that moved meanwhile only means that it is made once more.
            self._kept[key] = making
            del self._under_way[key]
        return answer
