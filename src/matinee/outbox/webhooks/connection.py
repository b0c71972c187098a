"""An HTTP connection to an address that was checked, under the name that the URL has."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Sequence

from matinee.outbox.socket_handle import SocketHandle
from matinee.outbox.webhooks.targets import Target


class CheckedConnection(http.client.HTTPConnection):
    """The client of the standard library, which itself looks no name up.

    The Host header, the server name of TLS and the check of the certificate are those of the target's host. A second
    handle on the socket goes to `handle`: shutting it down ends any wait.
    """

    def __init__(
        self,
        target: Target,
        addresses: Sequence[str],
        *,
        handle: SocketHandle,
        context: ssl.SSLContext,
        seconds_max: float,
    ) -> None:
        self.default_port = http.client.HTTPS_PORT if target.is_secure else http.client.HTTP_PORT
        super().__init__(target.host, target.port)
        self._addresses = list(addresses)
        self._handle = handle
        self._context = context if target.is_secure else None
        self._ends = time.monotonic() + seconds_max

    def connect(self) -> None:
        """Connect to the first address that answers. Raises OSError."""
        plain = self._connected()
        if self._context is None:
            self.sock = plain
            return
        try:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def _connected(self) -> socket.socket:
        for number, address in enumerate(self._addresses):
            left = self._ends - time.monotonic()
            try:
                # Each gets a fair part of the time: the first may belong to a network that leads nowhere.
                return self._connected_to(address, left / (len(self._addresses) - number))
            except OSError:
                if number + 1 == len(self._addresses) or self._handle.time_is_up:
                    raise
        raise OSError("there is no address to connect to")

    def _connected_to(self, address: str, seconds: float) -> socket.socket:
        family, kind, protocol, _, where = socket.getaddrinfo(
            address, self.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )[0]
        plain = socket.socket(family, kind, protocol)
        try:
            self._handle.hold(plain.dup())
            plain.settimeout(max(0.1, seconds))
            plain.connect(where)
            plain.settimeout(max(0.1, self._ends - time.monotonic()))
        except BaseException:
            plain.close()
            raise
        return plain
