"""HTTP/1.1 for asyncio, small enough to be hundreds of buyers beside the server: connections that stay open, and a pool."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

ANSWER_SECONDS_MAX = 30.0
# Between the blanks of a page's head there is a lot of room; what is longer is no answer of ours.
HEAD_BYTES_MAX = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read whole; the names of its headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """What its JSON says."""
        return json.loads(self.body)

    def __str__(self) -> str:
        return f"{self.status} {self.body[:200]!r}"


class Line:
    """A connection to a server on this machine, made at the first request and anew after it broke. For one at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connect(self) -> None:
        """Be connected, anew where the server has closed what nobody used for a while. Raises OSError."""
        if self._open is not None and self._open[0].at_eof():
            self.close()
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port, limit=HEAD_BYTES_MAX)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json_body: object = None,
        form: str | None = None,
    ) -> Answer:
        """Send one request and read its answer. Raises OSError or TimeoutError; the connection is closed then."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                await self.connect()
                assert self._open is not None
                reader, writer = self._open
                writer.write(_request(method, path, headers or {}, json_body, form))
                answer = await _read(reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            raise (
                error if isinstance(error, OSError) else ConnectionResetError("closed by the server")
            ) from error
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        """Let go of the connection, if there is one."""
        if self._open is not None:
            self._open[1].close()
            self._open = None


class Lines:
    """A pool of connections, each lent to one at a time."""

    def __init__(self, port: int, count: int) -> None:
        self._free: asyncio.LifoQueue[Line] = asyncio.LifoQueue()
        for _ in range(count):
            self._free.put_nowait(Line(port))

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Line]:
        """One of them, as soon as one is free."""
        line = await self._free.get()
        try:
            yield line
        finally:
            self._free.put_nowait(line)


def _request(
    method: str, path: str, headers: Mapping[str, str], json_body: object, form: str | None
) -> bytes:
    sent = dict(headers)
    body = b""
    if json_body is not None:
        body, sent["Content-Type"] = json.dumps(json_body).encode(), "application/json"
    elif form is not None:
        body, sent["Content-Type"] = form.encode(), "application/x-www-form-urlencoded"
    if method != "GET":
        sent["Content-Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode() + body


async def _read(reader: asyncio.StreamReader) -> Answer:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(first.split()[1]), headers, body)
