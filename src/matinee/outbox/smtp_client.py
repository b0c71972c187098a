"""The client of smtplib, on a socket that another thread can shut down.

Timeouts of sockets bound the silence between two bytes only: a server that drips would hold a worker for
ever.
"""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
import threading
from contextlib import suppress

# One wait for the server. The whole is bounded by who holds the handle.
SILENCE_SECONDS_MAX = 30.0


class SocketHandle:
    """The second handle on the socket in use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._time_is_up = False

    @property
    def time_is_up(self) -> bool:
        """Whether the socket was shut down since `begin`."""
        return self._time_is_up

    def begin(self) -> None:
        """From now on the socket may be used, until `shut_down`."""
        self._time_is_up = False

    def hold(self, handle: socket.socket) -> None:
        """Take the handle of a socket that was just connected."""
        self.close()
        with self._lock:
            self._socket = handle
            if self._time_is_up:
                _shut_down(handle)

    def shut_down(self) -> None:
        """End whatever waits on the socket, or will."""
        with self._lock:
            self._time_is_up = True
            if self._socket is not None:
                _shut_down(self._socket)

    def close(self) -> None:
        """Let go of the socket."""
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None


class WatchedClient(smtplib.SMTP):
    """smtplib's client.

    A second handle on its socket goes to `handle`: shutting it down ends any wait, TLS or not.
    """

    def __init__(
        self, host: str, port: int, *, handle: SocketHandle, tls_from_start: ssl.SSLContext | None
    ) -> None:
        """Connect, with TLS from the first byte where a context is given.

        Raises OSError, smtplib.SMTPException.
        """
        self._handle = handle
        self._tls_from_start = tls_from_start
        super().__init__(host, port, _own_name(), timeout=SILENCE_SECONDS_MAX)

    def sign_in(self, user: str, password: str) -> None:
        """Log in, also with letters beyond ASCII, which smtplib refuses.

        Raises OSError, smtplib.SMTPException.
        """
        if (user + password).isascii():
            self.login(user, password)
            return
        self.ehlo_or_helo_if_needed()
        # RFC 4616: UTF-8.
        response = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        code, answer = self.docmd("AUTH", f"PLAIN {response}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # smtplib's hook for how to connect; its own class for TLS uses it too.
        plain = socket.create_connection((host, port), timeout)
        self._handle.hold(plain.dup())
        if self._tls_from_start is None:
            return plain
        return self._tls_from_start.wrap_socket(plain, server_hostname=host)


def _shut_down(handle: socket.socket) -> None:
    # The other side may have been quicker.
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


def _own_name() -> str:
    # Not smtplib's getfqdn(): it asks the name server and may hang for long where there is none.
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
