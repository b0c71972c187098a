"""Many who watch the seats of one screening, in a process of their own: by asking again, or by a stream.

`python -m benchmarks.watchers poll|stream PORT SCREENING COUNT SECONDS` tells as JSON each time that a watcher saw a seat
taken: the how manieth it was, and the moment (`time.monotonic`).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time

POLL_SECONDS = 2.0
Seen = list[tuple[int, float]]


async def _poll(port: int, screening: int, ends: float, seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    etag, known = "", 0
    await asyncio.sleep(random.uniform(0, POLL_SECONDS))
    while time.monotonic() < ends:
        began = time.monotonic()
        head = f"GET /api/v1/screenings/{screening}/seats HTTP/1.1\r\nHost: localhost\r\n"
        writer.write((head + (f"If-None-Match: {etag}\r\n" if etag else "") + "\r\n").encode())
        status, headers, body = await _read_answer(reader)
        if status == 200:
            etag, taken = headers["etag"], len(json.loads(body)["taken"])
            seen += [(number, time.monotonic()) for number in range(known, taken)]
            known = taken
        await asyncio.sleep(max(0.0, POLL_SECONDS - (time.monotonic() - began)))
    writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines[1:] if line)
    headers = {name.lower(): value for name, _, value in pairs}
    return (
        int(lines[0].split()[1]),
        headers,
        await reader.readexactly(int(headers.get("content-length", "0"))),
    )


async def _stream(port: int, screening: int, ends: float, seen: Seen) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(f"GET /stream/{screening} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    known = 0
    while (left := ends - time.monotonic()) > 0:
        try:
            line = await asyncio.wait_for(reader.readline(), left)
        except TimeoutError:
            break
        if line.startswith(b"data: "):
            taken = len(json.loads(line[6:])["taken"])
            seen += [(number, time.monotonic()) for number in range(known, taken)]
            known = taken
    writer.close()


async def _watch(kind: str, port: int, screening: int, count: int, seconds: float) -> Seen:
    ends, seen = time.monotonic() + seconds, Seen()
    watch = {"poll": _poll, "stream": _stream}[kind]
    await asyncio.gather(*(watch(port, screening, ends, seen) for _ in range(count)))
    return seen


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:]
    port, screening, count, seconds = (int(text) for text in numbers)
    print(json.dumps(asyncio.run(_watch(kind, port, screening, count, seconds))))
