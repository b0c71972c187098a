"""Matinee with a stream of server-sent events beside it: what is compared with asking again and again.

It is here for the measurement alone. One task for all watchers of a screening looks for changes; what it finds goes to each.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from matinee.app import BODY_BYTES_MAX, create_app
from matinee.cli.web_server import Ending, Listening, build_web_server, prepare_processes
from matinee.settings import read_settings
from matinee.web.shared.asgi import Receive, Scope, Send, WsgiBridge

LOOK_SECONDS = 0.5
PREFIX = "/stream/"


class Streams:
    """An ASGI application: streams of a screening's seats under /stream/<screening>, all else as Matinee has it."""

    def __init__(self, threads: int) -> None:
        self._bridge = WsgiBridge(create_app(read_settings()), threads=threads, body_bytes_max=BODY_BYTES_MAX)
        self._latest: dict[str, bytes] = {}
        self._changed: dict[str, asyncio.Condition] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._stream(scope["path"].removeprefix(PREFIX), send)
        else:
            await self._bridge(scope, receive, send)

    async def _stream(self, screening: str, send: Send) -> None:
        if screening not in self._changed:
            self._changed[screening] = asyncio.Condition()
            self._tasks.add(asyncio.create_task(self._look(screening)))
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        sent = b""
        while True:
            async with self._changed[screening]:
                while self._latest.get(screening, b"") == sent:
                    await self._changed[screening].wait()
            sent = self._latest[screening]
            await send({"type": "http.response.body", "body": b"data: " + sent + b"\n\n", "more_body": True})

    async def _look(self, screening: str) -> None:
        while True:
            body = await self._ask(f"/api/v1/screenings/{screening}/seats")
            if body != self._latest.get(screening):
                self._latest[screening] = body
                async with self._changed[screening]:
                    self._changed[screening].notify_all()
            await asyncio.sleep(LOOK_SECONDS)

    async def _ask(self, path: str) -> bytes:
        found = bytearray()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            found.extend(message.get("body", b""))

        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "http_version": "1.1",
            "headers": [],
        }
        await self._bridge(scope, receive, send)
        return bytes(found).strip()


if __name__ == "__main__":
    port, threads = (int(text) for text in sys.argv[1:])
    prepare_processes()
    listening = Listening("127.0.0.1", port)
    server = build_web_server(listening, workers=1, ending=Ending(), drain_seconds=0)
    server.serve(target_loader=lambda: Streams(threads), wrap_loader=False)
