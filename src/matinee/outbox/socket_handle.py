"""A second handle on a socket, by which another thread ends whatever waits on it.

Timeouts of sockets bound the silence between two bytes only: a server that drips would hold a worker for
ever.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class SocketHandle:
    """The second handle on the socket in use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._time_is_up = False
        self._is_aborted = False

    @property
    def time_is_up(self) -> bool:
        """Whether the socket was shut down since `begin`, or ever aborted."""
        return self._time_is_up

    @property
    def is_aborted(self) -> bool:
        """Whether it was ended for good."""
        return self._is_aborted

    def begin(self) -> None:
        """From now on the socket may be used, until `shut_down`. Not after `abort`."""
        with self._lock:
            self._time_is_up = self._is_aborted

    def hold(self, handle: socket.socket) -> None:
        """Take the handle of a socket that is about to be used. Raises TimeoutError where it must not be any more."""
        self.close()
        with self._lock:
            self._socket = handle
            if self._time_is_up:
                _shut_down(handle)
                raise TimeoutError("too late to use a socket")

    def shut_down(self) -> None:
        """End whatever waits on the socket, or will."""
        with self._lock:
            self._time_is_up = True
            if self._socket is not None:
                _shut_down(self._socket)

    def abort(self) -> None:
        """As `shut_down`, for good: what is about to begin in another thread ends, too."""
        with self._lock:
            self._is_aborted = True
        self.shut_down()

    def close(self) -> None:
        """Let go of the socket."""
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Shut the socket down if the block takes longer."""
        self.begin()
        watchdog = threading.Timer(seconds, self.shut_down)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()


def _shut_down(handle: socket.socket) -> None:
    # The other side may have been quicker.
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
