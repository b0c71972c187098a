"""Questions that several threads ask at the same moment, asked together by one of them.

A thread that finds nobody asking asks at once, for itself alone. Who comes meanwhile waits; the first of them then asks for
all who wait. So nobody ever waits in order to be together with others, and the more there are, the more go together.

Who must not wait, as an event loop must not, asks as well and is told later. When his turn comes to ask for all, a thread
kept for that does it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from queue import SimpleQueue
from typing import Generic, TypeVar, cast

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)


class NotTogether(Exception):
    """What was asked together failed as a whole, and nothing of it happened. Ask alone."""


class Unanswered(Exception):
    """Whoever asked for all was broken off: what became of it is not known."""


class _Waiting(Generic[Asked, Answer]):
    """A thread that asked, and waits."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.asks_for_all = False
        self.answer: Answer | None = None
        self.error: Exception | None = None
        # Held until there is something to do.
        self.woken = threading.Lock()
        self.woken.acquire()

    def ask_for_all(self) -> None:
        """It is the turn of this one to ask."""
        self.asks_for_all = True
        self.woken.release()

    def tell(self) -> None:
        """Somebody has asked for this one, too."""
        self.woken.release()

    def found(self) -> Answer | Exception:
        """What came of it."""
        if self.error is not None:
            return self.error
        assert self.answer is not None, "whoever asks for all answers all"
        return self.answer


class _ToldLater(_Waiting[Asked, Answer]):
    """Somebody who asked and does not wait."""

    def __init__(
        self, asked: Asked, then: Callable[[Answer | Exception], object], turns: SimpleQueue[None]
    ) -> None:
        super().__init__(asked)
        self._then = then
        self._turns = turns

    def ask_for_all(self) -> None:
        self._turns.put(None)

    def tell(self) -> None:
        try:
            self._then(self.found())
        except Exception:  # whatever it is, the others are still to be told
            log.exception("what was asked together could not be told")


class Together(Generic[Asked, Answer]):
    """Brings those in a process together who ask one kind of question."""

    def __init__(self, ask: Callable[[Sequence[Asked]], Sequence[Answer]], *, most: int) -> None:
        """`ask` answers several at once, in their order. `most`: how many at once."""
        self._ask = ask
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Asked, Answer]] = []
        self._somebody_asks = False
        # One for each time that it is the turn of somebody who does not wait. Its thread begins with the first of them.
        self._turns: SimpleQueue[None] | None = None

    def __call__(self, asked: Asked) -> Answer:
        """The answer to this thread's question. Raises what `ask` raises, each who asked."""
        mine: _Waiting[Asked, Answer] = _Waiting(asked)
        # Not asked of `mine`: from here on another thread may hand over to this one before it waits, and wakes it as well.
        if self._join(mine):
            mine.asks_for_all = True
        else:
            mine.woken.acquire()
        if mine.asks_for_all:
            self._ask_for_all()
        if mine.error is not None:
            raise mine.error
        return cast(Answer, mine.answer)

    def ask_later(self, asked: Asked, then: Callable[[Answer | Exception], object]) -> None:
        """Return at once; `then` is called with the answer, or with what `ask` raised, by the thread that asked for all."""
        with self._lock:
            if self._turns is None:
                self._turns = SimpleQueue()
                threading.Thread(target=self._ask_in_turn, name="ask-for-all", daemon=True).start()
        if self._join(_ToldLater(asked, then, self._turns)):
            self._turns.put(None)

    def _join(self, mine: _Waiting[Asked, Answer]) -> bool:
        """Whether nobody asks just now, so that it is the turn of this one."""
        with self._lock:
            self._waiting.append(mine)
            somebody_asks, self._somebody_asks = self._somebody_asks, True
        return not somebody_asks

    def _ask_in_turn(self) -> None:
        assert self._turns is not None
        while True:
            self._turns.get()
            # Whatever it was, those for whom it was asked were told; the next need this thread.
            with suppress(BaseException):
                self._ask_for_all()

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
                one.tell()

    def _hand_over(self) -> None:
        with self._lock:
            self._somebody_asks = bool(self._waiting)
            if self._waiting:
                self._waiting[0].ask_for_all()
