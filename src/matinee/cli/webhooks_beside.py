"""The thread of a worker that delivers webhooks, so that a slow endpoint keeps no mail waiting."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from matinee.db.errors import DatabaseUnavailable
from matinee.outbox.webhooks.delivery import WebhookDelivery

POLL_SECONDS = 0.3
TROUBLE_PAUSE_SECONDS_MAX = 5.0

log = logging.getLogger(__name__)


class Stop(Protocol):
    """Whether the worker was told to stop, and a sleep that ends soon after."""

    def __call__(self) -> bool: ...

    def nap(self, seconds: float) -> None: ...


@contextmanager
def webhooks_beside(webhooks: WebhookDelivery, stop: Stop) -> Iterator[None]:
    """Deliver webhooks in a thread of their own while the block runs; afterwards wait for those under way."""
    ended = threading.Event()

    def over() -> bool:
        return ended.is_set() or stop()

    thread = threading.Thread(target=_deliver, args=(webhooks, over, stop.nap), name="webhooks")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        webhooks.finish()


def _deliver(webhooks: WebhookDelivery, over: Callable[[], bool], nap: Callable[[float], None]) -> None:
    pause = POLL_SECONDS
    while not over():
        try:
            counts = webhooks.deliver_some(should_stop=over)
        except DatabaseUnavailable as error:
            log.warning("the database is away (%s); events wait", error)
            pause = _nap_longer(nap, pause)
        except Exception:
            # A fault in one round must not end the thread: nobody would notice until the events are missed.
            log.exception("a round of the webhooks failed")
            pause = _nap_longer(nap, pause)
        else:
            pause = POLL_SECONDS
            if counts.total == 0:
                nap(POLL_SECONDS)


def _nap_longer(nap: Callable[[float], None], pause: float) -> float:
    nap(pause)
    return min(pause * 2, TROUBLE_PAUSE_SECONDS_MAX)
