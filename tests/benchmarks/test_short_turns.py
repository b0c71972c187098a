"""Servers that are asked in turns: each as long as the other, and nothing but a page counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from benchmarks.short_turns import TURN_SECONDS, measure_in_short_turns


@contextmanager
def serving(
    asked: list[float], *, seconds: float = 0.0, status: int = 200, callers: set[int] | None = None
) -> Iterator[int]:
    """A server that notes when it was asked, and on which connections, and takes so long to answer; its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(time.monotonic())
            if callers is not None:
                callers.add(self.client_address[1])
            time.sleep(seconds)
            self.send_response(status)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"page")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def test_each_is_asked_in_turn_and_every_answer_is_counted() -> None:
    quick: list[float] = []
    slow: list[float] = []
    with serving(quick) as first, serving(slow, seconds=0.02) as second:
        found = measure_in_short_turns(
            {1: first, 2: second}, "/", headers={}, clients=2, seconds=4 * TURN_SECONDS
        )
    assert (found[1].requests, found[2].requests) == (len(quick), len(slow))
    assert found[2].latency_ms_50 >= 20
    assert found[1].per_second > found[2].per_second
    # Neither was measured before or after the other.
    assert max(quick) > min(slow)
    assert max(slow) > min(quick)
    turns = sorted((at, name) for name, times in (("quick", quick), ("slow", slow)) for at in times)
    changes = sum(one[1] != other[1] for one, other in pairwise(turns))
    assert changes >= 3


def test_each_turn_has_connections_of_its_own() -> None:
    callers: set[int] = set()
    with serving([], callers=callers) as port:
        measure_in_short_turns({1: port}, "/", headers={}, clients=3, seconds=2 * TURN_SECONDS)
    assert len(callers) in (6, 9)


def test_what_is_no_page_ends_it() -> None:
    with serving([], status=404) as port, pytest.raises(RuntimeError, match="404"):
        measure_in_short_turns({1: port}, "/", headers={}, clients=1, seconds=TURN_SECONDS)
