"""Requests that wait for a thread: who wants to change something goes before who wants to look.

When far more people come than can be served, each who looks at the seats finds some that are free, and by the time that
his turn comes to buy one it is gone: he looks again, and all wait for those who do so in vain. Whoever buys is therefore
served while what he saw is still true, and whoever looks later sees what was bought. A scan at the door does not wait for
a crowd that looks either.
"""

from __future__ import annotations

from collections import deque
from queue import SimpleQueue
from typing import Generic, TypeVar

# RFC 9110, 9.2.1: who asks by one of these wants nothing to be changed. By OPTIONS a browser asks before it buys for a
# page of another house.
LOOKING = frozenset({"GET", "HEAD", "TRACE"})
# Who asks these takes the server for dead where it does not answer soon.
WATCHED_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
# Where both wait, one that looks is served after so many that change something: nobody waits for ever.
CHANGES_IN_A_ROW_MAX = 4

Waiting = TypeVar("Waiting")


class WaitingLine(Generic[Waiting]):
    """A queue with two lanes, each served in the order of arrival, for any number of threads."""

    def __init__(self) -> None:
        self._changes: deque[Waiting] = deque()
        self._looks: deque[Waiting] = deque()
        # One for each that waits in either lane, put there after it.
        self._arrived: SimpleQueue[None] = SimpleQueue()
        # What threads miss of each other's counting does no harm.
        self._changes_in_a_row = 0

    def put(self, waiting: Waiting, *, method: str, path: str) -> None:
        """Add a request of this HTTP method for this path."""
        only_looks = method in LOOKING and path not in WATCHED_PATHS
        (self._looks if only_looks else self._changes).append(waiting)
        self._arrived.put(None)

    def get(self) -> Waiting:
        """The next one; waits until there is one."""
        self._arrived.get()
        while True:
            first, second = self._changes, self._looks
            if self._changes_in_a_row >= CHANGES_IN_A_ROW_MAX:
                first, second = second, first
            for lane in (first, second):
                try:
                    found = lane.popleft()
                except IndexError:
                    continue
                self._changes_in_a_row = self._changes_in_a_row + 1 if lane is self._changes else 0
                return found
            # Ours was taken by a thread whose own came into the lane that this one had looked into before.
