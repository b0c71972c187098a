"""Questions that several ask at the same moment, asked together by one of them: threads that wait, and who does not wait.

A thread that finds nobody asking asks at once, for itself alone. Who comes meanwhile waits; the first of them then asks for
all who wait. So nobody ever waits in order to be together with others, and the more there are, the more go together.

Who must not wait, as an event loop must not, asks as well and is told later. When his turn comes to ask for all, a thread
kept for that stands in for him.
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


class NoStandIn(Exception):
    """There is no thread for who does not wait. Nothing was asked."""


class _Asker(Generic[Asked, Answer]):
    """Somebody who asked, and what he is told."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._answer: Answer | None = None
        # As long as nothing else is known: what became of it may not be taken for nothing.
        self._error: Exception | None = Unanswered()

    def answer_is(self, answer: Answer) -> None:
        """What `ask` gave for this one."""
        self._answer, self._error = answer, None

    def failed_by(self, error: BaseException) -> None:
        """What `ask` raised for all."""
        own: Exception = Unanswered()
        if isinstance(error, Exception):
            # A copy: one that several raise collects what each of them did.
            with suppress(Exception):  # what cannot be copied is not known to them
                own = copy(error)
        own.__cause__ = error
        self._error = own

    def found(self) -> Answer | Exception:
        """What came of it."""
        return cast(Answer, self._answer) if self._error is None else self._error

    def ask_for_all(self) -> None:
        """It is the turn of this one to ask."""
        raise NotImplementedError

    def tell(self) -> None:
        """Somebody has asked for this one, too."""
        raise NotImplementedError


class _Waiting(_Asker[Asked, Answer]):
    """A thread that waits."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self.asks_for_all = False
        # Held until there is something to do.
        self.woken = threading.Lock()
        self.woken.acquire()

    def ask_for_all(self) -> None:
        self.asks_for_all = True
        self.woken.release()

    def tell(self) -> None:
        self.woken.release()


class _ToldLater(_Asker[Asked, Answer]):
    """Somebody who does not wait."""

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

    def __init__(
        self,
        ask: Callable[[Sequence[Asked]], Sequence[Answer]],
        *,
        most: int,
        before_telling: Callable[[Sequence[Answer]], object] | None = None,
        ends_waiting: type[Exception] | tuple[()] = (),
    ) -> None:
        """`ask` answers several at once, in their order. `most`: how many at once.

        `before_telling`: called with the answers of a group before anybody is told his. Meanwhile the next are asked for,
        where a thread is the first of them.
        `ends_waiting`: what `ask` raises for all, those who wait for the next group among them.
        """
        self._ask = ask
        self._most = most
        self._before_telling = before_telling
        self._ends_waiting = ends_waiting
        self._lock = threading.Lock()
        self._waiting: list[_Asker[Asked, Answer]] = []
        self._somebody_asks = False
        # One for each time that it is the turn of somebody who does not wait.
        self._turns: SimpleQueue[None] | None = None

    def __call__(self, asked: Asked) -> Answer:
        """The answer to this thread's question. Raises what `ask` raises, each who asked; and Unanswered."""
        mine: _Waiting[Asked, Answer] = _Waiting(asked)
        # Not asked of `mine`: from here on another thread may hand over to this one before it waits, and wakes it as well.
        if self._join(mine):
            mine.asks_for_all = True
        else:
            mine.woken.acquire()
        if mine.asks_for_all:
            self._ask_for_all()
        found = mine.found()
        if isinstance(found, Exception):
            raise found
        return found

    def ask_later(self, asked: Asked, then: Callable[[Answer | Exception], object]) -> None:
        """Return at once; `then` is called with the answer, or with what `ask` raised, by the thread that asked for all.

        It must be quick: others wait to be told, some of whom may be threads. Raises NoStandIn.
        """
        turns = self._turns_of_stand_in()
        if self._join(_ToldLater(asked, then, turns)):
            turns.put(None)

    def _turns_of_stand_in(self) -> SimpleQueue[None]:
        with self._lock:
            if self._turns is None:
                turns: SimpleQueue[None] = SimpleQueue()
                # One: with a second, which asked while the first told, groups were smaller and fewer were served.
                stand_in = threading.Thread(
                    target=self._stand_in, args=(turns,), name="stand-in", daemon=True
                )
                try:
                    stand_in.start()
                except RuntimeError as error:
                    log.warning("no thread to be had: %s", error)
                    raise NoStandIn from error
                # Now that somebody takes them.
                self._turns = turns
            return self._turns

    def _stand_in(self, turns: SimpleQueue[None]) -> None:
        while True:
            turns.get()
            # Whatever it was, those for whom it was asked were told; the next need this thread.
            with suppress(BaseException):
                self._ask_for_all()

    def _join(self, mine: _Asker[Asked, Answer]) -> bool:
        """Whether nobody asks just now, so that it is the turn of this one."""
        with self._lock:
            self._waiting.append(mine)
            somebody_asks, self._somebody_asks = self._somebody_asks, True
        return not somebody_asks

    def _ask_for_all(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        answers: Sequence[Answer] = ()
        try:
            answers = self._ask([one.asked for one in group])
            for one, answer in zip(group, answers, strict=True):
                one.answer_is(answer)
        except BaseException as error:
            if isinstance(error, self._ends_waiting):
                with self._lock:
                    group, self._waiting = [*group, *self._waiting], []
            for one in group:
                one.failed_by(error)
            raise
        finally:
            self._hand_over()
            try:
                self._prepare_telling(answers)
            finally:
                for one in group:
                    one.tell()
                # An error knows this frame, and each of them the error.
                group.clear()
                del one

    def _prepare_telling(self, answers: Sequence[Answer]) -> None:
        if self._before_telling is None or not answers:
            return
        try:
            self._before_telling(answers)
        except Exception:  # what was answered is true all the same
            log.exception("what was asked together is told, though not all was done before")

    def _hand_over(self) -> None:
        with self._lock:
            self._somebody_asks = bool(self._waiting)
            if self._waiting:
                self._waiting[0].ask_for_all()
