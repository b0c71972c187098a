"""Threads of a worker beside the one that delivers mail, so that a slow endpoint or provider keeps no mail waiting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from matinee.db.errors import DatabaseUnavailable

POLL_SECONDS = 0.3
TROUBLE_PAUSE_SECONDS_MAX = 5.0

log = logging.getLogger(__name__)

# Does what is due, until it is told that it is over; returns how much that was.
Round = Callable[[Callable[[], bool]], int]


class Stop(Protocol):
    """Whether the worker was told to stop, and a sleep that ends soon after."""

    def __call__(self) -> bool: ...

    def nap(self, seconds: float) -> None: ...


@contextmanager
def rounds_beside(name: str, do_round: Round, stop: Stop) -> Iterator[None]:
    """Do round after round in a thread of its own while the block runs; afterwards wait for the one under way."""
    ended = threading.Event()

    def over() -> bool:
        return ended.is_set() or stop()

    thread = threading.Thread(target=_work, args=(name, do_round, over, stop.nap), name=name)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _work(name: str, do_round: Round, over: Callable[[], bool], nap: Callable[[float], None]) -> None:
    pause = POLL_SECONDS
    while not over():
        try:
            done = do_round(over)
        except DatabaseUnavailable as error:
            log.warning("the database is away (%s); %s wait", error, name)
            pause = nap_longer(nap, pause)
        except Exception:
            # A fault in one round must not end the thread: nobody would notice until what it does is missed.
            log.exception("a round of the %s failed", name)
            pause = nap_longer(nap, pause)
        else:
            pause = POLL_SECONDS
            if done == 0:
                nap(POLL_SECONDS)


def nap_longer(nap: Callable[[float], None], pause: float) -> float:
    """Sleep for `pause` seconds; return how long to sleep after more trouble."""
    nap(pause)
    return min(pause * 2, TROUBLE_PAUSE_SECONDS_MAX)
