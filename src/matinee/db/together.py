"""Questions that several threads ask at the same moment, asked together by one of them.

A thread that finds nobody asking asks at once, for itself alone. Who comes meanwhile waits; the first of them then asks for
all who wait. So nobody ever waits in order to be together with others, and the more there are, the more go together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from copy import copy
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class NotTogether(Exception):
    """What was asked together failed as a whole, and nothing of it happened. Ask alone."""


class Unanswered(Exception):
    """Whoever asked for all was broken off: what became of it is not known."""


class _Waiting(Generic[Asked, Answer]):
    """Somebody who asked."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.asks_for_all = False
        self.answer: Answer | None = None
        self.error: Exception | None = None
        # Held until there is something to do.
        self.woken = threading.Lock()
        self.woken.acquire()


class Together(Generic[Asked, Answer]):
    """Brings the threads of a process together for one kind of question."""

    def __init__(self, ask: Callable[[Sequence[Asked]], Sequence[Answer]], *, most: int) -> None:
        """`ask` answers several at once, in their order. `most`: how many at once."""
        self._ask = ask
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Asked, Answer]] = []
        self._somebody_asks = False

    def __call__(self, asked: Asked) -> Answer:
        """The answer to this thread's question. Raises what `ask` raises, each who asked."""
        mine: _Waiting[Asked, Answer] = _Waiting(asked)
        with self._lock:
            self._waiting.append(mine)
            somebody_asks, self._somebody_asks = self._somebody_asks, True
            mine.asks_for_all = not somebody_asks
        # Not asked of `mine`: from here on another thread may hand over to this one before it waits, and wakes it as well.
        if somebody_asks:
            mine.woken.acquire()
        if mine.asks_for_all:
            self._ask_for_all()
        if mine.error is not None:
            raise mine.error
        assert mine.answer is not None, "whoever asks for all answers all"
        return mine.answer

    def _ask_for_all(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            for one, answer in zip(group, self._ask([one.asked for one in group]), strict=True):
                one.answer = answer
        except BaseException as error:
            for one in group:
                # Each his own: one that several threads raise collects what each of them did.
                one.error = copy(error) if isinstance(error, Exception) else Unanswered()
                one.error.__cause__ = error
            raise
        finally:
            self._hand_over()
            for one in group:
                one.woken.release()

    def _hand_over(self) -> None:
        with self._lock:
            self._somebody_asks = bool(self._waiting)
            if self._waiting:
                self._waiting[0].asks_for_all = True
                self._waiting[0].woken.release()
