"""The application as `matinee serve` has it behind its event loop, for a client that speaks WSGI."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

import uvloop
from apiflask import APIFlask
from werkzeug.wrappers import Response

from matinee.db.direct import DirectConnections
from matinee.web.given.buying_in_passing import BuyingInPassing
from matinee.web.shared.asgi import Answered, Beforehand, Scope, WsgiBridge
from matinee.web.shared.bookkeeping import AnsweredBeside, Bookkeeping
from matinee.web.shared.services import services_of

Sent = dict[str, Any]
BODY_BYTES_MAX = 256 * 1024


class BehindBridge(WsgiBridge):
    """An application whose bridge sells in passing. It answers in the thread of the test, and is counted."""

    def __init__(self, app: APIFlask) -> None:
        self.services = services_of(app)
        direct = self.services.direct
        assert direct is not None
        self.direct: DirectConnections = direct
        self.told: list[AnsweredBeside] = []
        self.asked = 0
        self.passing = BuyingInPassing(
            app, direct, bookkeeping=Bookkeeping([self.told.append], trusted_proxies=0)
        )
        super().__init__(app, threads=0, body_bytes_max=BODY_BYTES_MAX, in_passing=self.passing)

    def _in_a_thread(self, scope: Scope, body: bytes, beforehand: Beforehand | None) -> Answered:
        self.asked += 1
        answered: Answered = asyncio.get_running_loop().create_future()
        answered.set_result(self._answer(scope, body, beforehand))
        return answered

    def wsgi(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """For a client that speaks WSGI."""
        head, body = uvloop.run(send(self, scope_of(environ), environ["wsgi.input"].read()))
        answer = Response(body["body"], head["status"])
        answer.headers.clear()
        for name, value in head["headers"]:
            answer.headers.add(name.decode("latin-1"), value.decode("latin-1"))
        return answer(environ, start_response)

    def end(self) -> None:
        """Close the connections of the threads that stand in, one for each statement."""
        for together in self.direct._together.values():
            closed = threading.Event()
            together._ask = lambda _group: [self.direct.close_mine() or []]
            together.ask_later({}, lambda _, closed=closed: closed.set())  # type: ignore[misc]
            assert closed.wait(10)


def scope_of(environ: dict[str, Any]) -> Scope:
    """What the server would say of this request."""
    names = [name for name in environ if name.startswith("HTTP_")]
    named = {name.removeprefix("HTTP_"): environ[name] for name in names}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            named[name] = environ[name]
    return {
        "type": "http",
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"].encode("latin-1").decode(),
        "query_string": environ["QUERY_STRING"].encode("latin-1"),
        "http_version": "1.1",
        "server": ("testserver", 80),
        "client": ("192.0.2.7", 4711),
        "scheme": environ["wsgi.url_scheme"],
        "headers": [(name.lower().replace("_", "-").encode(), _raw(value)) for name, value in named.items()],
    }


async def send(bridge: WsgiBridge, scope: Scope, body: bytes = b"") -> list[Sent]:
    """One request; what the bridge sent."""
    sent: list[Sent] = []

    async def receive() -> Sent:
        return {"type": "http.request", "body": body, "more_body": False}

    async def keep(message: Sent) -> None:
        sent.append(message)

    await bridge(scope, receive, keep)
    return sent


def _raw(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeError:  # which the client of the tests lets pass
        return text.encode()
