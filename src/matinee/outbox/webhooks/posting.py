"""Handing a body to an endpoint, in bounded time whatever the other side does."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from matinee.outbox.errors import EndpointUnreachable
from matinee.outbox.socket_handle import SocketHandle
from matinee.outbox.webhooks.connection import CheckedConnection
from matinee.outbox.webhooks.resolving import Resolver, allowed_addresses, resolve_addresses
from matinee.outbox.webhooks.targets import Target

# From looking the name up to the end of the answer.
POST_SECONDS_MAX = 10.0
# Of an answer only the status counts; its body is taken so that the other side can end in order.
ANSWER_BYTES_MAX = 64 * 1024


class Poster:
    """Sends POST requests to public addresses alone, or to all where private ones are allowed. For many threads."""

    def __init__(
        self,
        *,
        private_allowed: bool,
        resolve: Resolver = resolve_addresses,
        seconds_max: float = POST_SECONDS_MAX,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`context` verifies certificates, against the system's authorities unless given."""
        self.seconds_max = seconds_max
        self._private_allowed = private_allowed
        self._resolve = resolve
        self._context = context or ssl.create_default_context()
        self._lock = threading.Lock()
        self._under_way: set[SocketHandle] = set()
        self._is_aborted = False

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> int:
        """Send one request; return the status of the answer. A redirect is an answer, too: it is not followed.

        Raises EndpointUnreachable where there is none.
        """
        ends = time.monotonic() + self.seconds_max
        try:
            target = Target.parsed(url, private_allowed=self._private_allowed)
        except ValueError as error:
            raise EndpointUnreachable(f"its address {error}") from None
        with self._handle() as handle:
            addresses = allowed_addresses(
                target,
                resolve=self._resolve,
                private_allowed=self._private_allowed,
                seconds_max=self.seconds_max,
            )
            seconds = max(0.1, ends - time.monotonic())
            with handle.deadline(seconds):
                connection = CheckedConnection(
                    target, addresses, handle=handle, context=self._context, seconds_max=seconds
                )
                try:
                    return _status(connection, handle, target.path, body, headers)
                except (OSError, http.client.HTTPException) as error:
                    if handle.is_aborted:
                        raise EndpointUnreachable("the worker ended before there was an answer") from None
                    raise EndpointUnreachable(_described(error, handle, self.seconds_max)) from None
                finally:
                    connection.close()

    def abort(self) -> None:
        """Break off what is under way now or is about to begin, for good. May be called from another thread."""
        with self._lock:
            self._is_aborted = True
            for handle in self._under_way:
                handle.abort()

    @contextmanager
    def _handle(self) -> Iterator[SocketHandle]:
        handle = SocketHandle()
        with self._lock:
            self._under_way.add(handle)
            if self._is_aborted:
                handle.abort()
        try:
            yield handle
        finally:
            with self._lock:
                self._under_way.discard(handle)
            handle.close()


def _status(
    connection: CheckedConnection, handle: SocketHandle, path: str, body: bytes, headers: Mapping[str, str]
) -> int:
    connection.request("POST", path, body=body, headers={**headers, "Connection": "close"})
    answer = connection.getresponse()
    if handle.time_is_up:
        # Shut down in the middle of the headers, half an answer looks like a whole one.
        raise OSError("too late")
    with suppress(OSError, http.client.HTTPException):
        answer.read(ANSWER_BYTES_MAX)
    return answer.status


def _described(error: Exception, handle: SocketHandle, seconds_max: float) -> str:
    # In our words: what the other side sent must not come back through the log of deliveries.
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if handle.time_is_up or isinstance(error, TimeoutError):
        return f"no answer within {seconds_max:.0f} s"
    if isinstance(error, ssl.SSLError):
        return "no encryption was agreed on"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, http.client.HTTPException) and not isinstance(error, ConnectionError):
        return "the answer is not HTTP"
    return "the connection broke off, or was never made"
