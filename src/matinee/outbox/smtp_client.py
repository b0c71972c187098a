"""The client of smtplib, on a socket that another thread can shut down."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl

from matinee.outbox.socket_handle import SocketHandle

# One wait for the server. The whole is bounded by who holds the handle.
SILENCE_SECONDS_MAX = 30.0


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
        try:
            self._handle.hold(plain.dup())
        except OSError:
            plain.close()
            raise
        if self._tls_from_start is None:
            return plain
        return self._tls_from_start.wrap_socket(plain, server_hostname=host)


def _own_name() -> str:
    # Not smtplib's getfqdn(): it asks the name server and may hang for long where there is none.
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
