"""From the server's ASGI to our WSGI application, each request in a thread of a pool.

The server speaks WSGI itself, but hands over a header that is not ASCII as an empty one; the API as given has film
titles in headers, as Latin-1 or as UTF-8 bytes. ASGI gives the bytes. See docs/decisions/asgi-bridge.md.
"""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matinee.web.shared.handing_back import HandingBack
from matinee.web.shared.waiting_line import WaitingLine

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Answer = tuple[int, Headers, bytes]
Answered = asyncio.Future[Answer]

# In the environment of a request: whether the server ends soon.
ENDING = "matinee.is_ending"
# And what was done beforehand; missing where nothing was.
_BEFOREHAND = "matinee.beforehand"
_WITHOUT_PREFIX = {"CONTENT_TYPE", "CONTENT_LENGTH"}
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Beforehand:
    """What was done for a request before the application is asked."""

    # By `time.perf_counter`: the request is as old for the application, too.
    began: float
    # What the application shall say.
    refusal: Exception | None = None

    def take_refusal(self) -> Exception | None:
        """The refusal, once. When it is raised it knows all that called it: known there in turn, it would stay until the
        garbage collector comes.
        """
        refusal, self.refusal = self.refusal, None
        return refusal


# Lets the application answer, in a thread.
AskApplication = Callable[[Beforehand | None], Awaitable[Answer]]
InPassing = Callable[[Scope, AskApplication], Awaitable[Answer] | None]


class WsgiBridge:
    """An ASGI application that runs a WSGI application. Bodies are held in memory, up to a limit.

    Every request passes here, so that it does little: a queue of its own in place of the event loop's executor, and one
    wake-up of the loop for all answers that are ready by then.
    """

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        threads: int,
        body_bytes_max: int,
        larger: Callable[..., int] | None = None,
        is_ending: Callable[[], bool] = lambda: False,
        at_hand: Callable[[Scope, Callable[[], Answer]], Answer | None] = lambda scope, answer_here: None,
        in_passing: InPassing | None = None,
    ) -> None:
        """Starts the threads. `is_ending`: the server ends soon, so that every connection is closed with its answer.

        `at_hand`: gives the answer to a request for which nothing has to be waited for, else None; it may let the
        application answer. That is then done where the request came in: handing it to a thread and back takes longer.

        `in_passing`: takes on a request that it can answer without a thread for it alone, though it has to be waited for,
        and may let the application answer after all; gives None for others.

        `threads`: how many requests are worked on at the same time; the others wait in line, see `waiting_line`.

        `larger(method, path, usual=body_bytes_max)`: how much a body may have where some paths take more than others.
        """
        self._application = application
        self._body_bytes_max = body_bytes_max
        self._larger = larger
        self._is_ending = is_ending
        self._at_hand = at_hand
        self._in_passing = in_passing
        self._waiting: WaitingLine[tuple[Scope, bytes, Beforehand | None, Answered]] = WaitingLine()
        self._hand_back = HandingBack()
        for number in range(threads):
            # The server itself waits for the requests in hand when it ends; an idle thread must not hold it up.
            threading.Thread(target=self._work, name=f"request-{number}", daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await self._read_body(receive, self._limit(scope)) if _has_body(scope) else b""
        if body is None:
            return  # the caller went away before it had said all
        try:
            status, headers, answer = await self._known(scope, body)
        except Exception:  # not the application's: it has an answer to its own
            log.exception("what answers in place of the application failed")
            status, headers, answer = 500, [], b""
        if self._is_ending():
            # The caller goes on with another connection, and so with the next server.
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _known(self, scope: Scope, body: bytes) -> Answer:
        known = self._at_hand(scope, lambda: self._answer(scope, body))
        if known is not None:
            return known

        def ask(beforehand: Beforehand | None) -> Answered:
            return self._in_a_thread(scope, body, beforehand)

        taken_on = None if self._in_passing is None else self._in_passing(scope, ask)
        return await (ask(None) if taken_on is None else taken_on)

    def _in_a_thread(self, scope: Scope, body: bytes, beforehand: Beforehand | None) -> Answered:
        answered: Answered = asyncio.get_running_loop().create_future()
        waiting = (scope, body, beforehand, answered)
        self._waiting.put(waiting, method=scope["method"], path=scope["path"])
        return answered

    def _work(self) -> None:
        while True:
            scope, body, beforehand, answered = self._waiting.get()
            self._hand_back(answered, self._answer(scope, body, beforehand))

    def _limit(self, scope: Scope) -> int:
        if self._larger is None:
            return self._body_bytes_max
        return self._larger(scope["method"], scope["path"], usual=self._body_bytes_max)

    async def _read_body(self, receive: Receive, bytes_max: int) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            # One byte beyond the limit is kept, so that the application sees that it is too long, and says so.
            room = bytes_max + 1 - len(body)
            body += message.get("body", b"")[:room]
            if not message.get("more_body"):
                return bytes(body)

    def _answer(self, scope: Scope, body: bytes, beforehand: Beforehand | None = None) -> Answer:
        try:
            return self._run(scope, body, beforehand)
        except BaseException:  # whatever it is, the next request needs this thread
            log.exception("the application failed")
            return 500, [], b""

    def _run(self, scope: Scope, body: bytes, beforehand: Beforehand | None) -> Answer:
        environ = _environ(scope, body)
        environ[ENDING] = self._is_ending()
        if beforehand is not None:
            environ[_BEFOREHAND] = beforehand
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None
        ) -> Callable[[bytes], object]:
            started.append((status, headers))
            return lambda data: None

        chunks = self._application(environ, start_response)
        try:
            answer = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return int(status[:3]), encoded, answer


def take_beforehand(environ: dict[str, Any]) -> Beforehand | None:
    """What was done for the request before the application was asked, if anything; once."""
    found: Beforehand | None = environ.pop(_BEFOREHAND, None)
    return found


def began_at(environ: Mapping[str, Any]) -> float:
    """When work on the request began, by `time.perf_counter`; now, where nothing was done beforehand."""
    beforehand: Beforehand | None = environ.get(_BEFOREHAND)
    return time.perf_counter() if beforehand is None else beforehand.began


def _has_body(scope: Scope) -> bool:
    """Whether there is something to wait for; HTTP/1.1 says so in one of two headers."""
    for name, value in scope["headers"]:
        if name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            return True
    return False


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """The environment that PEP 3333 asks for: every text is bytes read as Latin-1."""
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0] if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            # It would become the same name as with a hyphen: a caller could add to what a trusted proxy says in
            # X-Forwarded-For.
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        key = name if name in _WITHOUT_PREFIX else f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    # Of what was kept, and in one piece now: a body that came in chunks and is too long is then refused, too, in place of
    # being read as far as it goes.
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return environ
