"""The bridge from the server's ASGI to the application."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from matinee.web.shared.asgi import WsgiBridge

BODY_BYTES_MAX = 10


def call(
    application: Callable[..., Iterable[bytes]],
    *,
    headers: list[tuple[bytes, bytes]] | None = None,
    parts: list[bytes] | None = None,
    path: str = "/",
    disconnects: bool = False,
    body_bytes_max: int = BODY_BYTES_MAX,
) -> list[dict[str, Any]]:
    """Send one request through the bridge; return what it sent."""
    sent: list[dict[str, Any]] = []
    chunks = parts or [b""]
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": chunk, "more_body": number + 1 < len(chunks) or disconnects}
        for number, chunk in enumerate(chunks)
    ]
    if disconnects:
        messages.append({"type": "http.disconnect"})

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"a=%20b",
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 4711),
        "scheme": "http",
        "headers": headers or [],
    }
    bridge = WsgiBridge(application, threads=1, body_bytes_max=body_bytes_max)
    asyncio.run(bridge(scope, receive, send))
    return sent


def echo(wanted: str) -> Callable[..., Iterable[bytes]]:
    """An application that answers one value of its environment."""

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        value = environ[wanted]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [value.read() if hasattr(value, "read") else str(value).encode("latin-1")]

    return application


@pytest.mark.parametrize("title", ["Амели".encode(), "Café".encode("latin-1"), b"%D0%90"])
def test_a_header_arrives_byte_for_byte(title: bytes) -> None:
    _, body = call(echo("HTTP_TITLE"), headers=[(b"title", title)])

    assert body["body"] == title


def test_repeated_headers_are_joined_and_cookies_in_their_own_way() -> None:
    headers = [(b"x-one", b"a"), (b"x-one", b"b"), (b"cookie", b"a=1"), (b"cookie", b"token=2")]

    assert call(echo("HTTP_X_ONE"), headers=headers)[1]["body"] == b"a,b"
    assert call(echo("HTTP_COOKIE"), headers=headers)[1]["body"] == b"a=1; token=2"


def test_path_query_and_caller_arrive() -> None:
    assert call(echo("PATH_INFO"), path="/Амели")[1]["body"] == "/Амели".encode()
    assert call(echo("QUERY_STRING"))[1]["body"] == b"a=%20b"
    assert call(echo("REMOTE_ADDR"))[1]["body"] == b"192.0.2.7"


def test_a_body_in_parts_arrives_whole() -> None:
    assert call(echo("wsgi.input"), parts=[b"ab", b"", b"cd"])[1]["body"] == b"abcd"


def test_a_body_beyond_the_limit_is_cut_one_byte_behind_it() -> None:
    assert call(echo("wsgi.input"), parts=[b"x" * 7, b"y" * 7, b"z" * 7])[1]["body"] == b"x" * 7 + b"y" * 4


def test_a_caller_who_goes_away_is_not_served() -> None:
    assert call(echo("wsgi.input"), parts=[b"ab"], disconnects=True) == []


def test_status_and_headers_of_the_answer_are_passed_on() -> None:
    start, body = call(echo("REQUEST_METHOD"))

    assert start == {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"text/plain")],
    }
    assert body == {"type": "http.response.body", "body": b"POST"}
