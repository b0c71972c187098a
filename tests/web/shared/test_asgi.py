"""The bridge from the server's ASGI to the application, on the event loop that the server has"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import uvloop

from matinee.web.shared.asgi import Beforehand, WsgiBridge, began_at, take_beforehand

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
    """Send one request through the bridge; return what it sent. With `parts`, it says that a body follows."""
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": part, "more_body": number + 1 < len(parts or []) or disconnects}
        for number, part in enumerate(parts or [])
    ]
    if disconnects:
        messages.append({"type": "http.disconnect"})
    announced = [(b"transfer-encoding", b"chunked")] if parts else []
    bridge = WsgiBridge(application, threads=1, body_bytes_max=body_bytes_max)
    return uvloop.run(send_one(bridge, messages, path=path, headers=[*(headers or []), *announced]))


async def send_one(
    bridge: WsgiBridge,
    messages: list[dict[str, Any]],
    *,
    path: str = "/",
    method: str = "POST",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> list[dict[str, Any]]:
    """One request, of which the server has `messages` to tell: what is asked for beyond them never comes."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"a=%20b",
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 4711),
        "scheme": "http",
        "headers": headers or [],
    }
    await asyncio.wait_for(bridge(scope, receive, send), 10)
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


@pytest.mark.parametrize("headers", [[], [(b"content-length", b"0")]])
def test_a_body_that_was_not_announced_is_not_waited_for(headers: list[tuple[bytes, bytes]]) -> None:
    _, body = call(echo("wsgi.input"), headers=headers)
    assert body["body"] == b""


def test_a_body_of_a_length_that_was_announced_arrives() -> None:
    message = {"type": "http.request", "body": b"abc", "more_body": False}
    bridge = WsgiBridge(echo("wsgi.input"), threads=1, body_bytes_max=BODY_BYTES_MAX)
    _, body = uvloop.run(send_one(bridge, [message], headers=[(b"content-length", b"3")]))
    assert body["body"] == b"abc"


def test_each_of_many_requests_gets_its_own_answer_from_so_many_threads() -> None:
    names: set[str] = set()

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        names.add(threading.current_thread().name)
        # The last digit of the path decides who is ready first.
        time.sleep(int(environ["PATH_INFO"][-1]) / 1000)
        return echo("PATH_INFO")(environ, start_response)

    async def all_at_once() -> list[list[dict[str, Any]]]:
        bridge = WsgiBridge(application, threads=4, body_bytes_max=BODY_BYTES_MAX)
        return await asyncio.gather(*(send_one(bridge, [], path=path) for path in paths))

    paths = [f"/{number}" for number in range(300)]
    assert [body["body"].decode() for _, body in uvloop.run(all_at_once())] == paths
    assert len(names) == 4


def test_a_failure_of_the_application_is_a_500_and_the_thread_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/exit":
            raise SystemExit
        return echo("PATH_INFO")(environ, start_response)

    async def one_after_the_other() -> list[int]:
        bridge = WsgiBridge(application, threads=1, body_bytes_max=BODY_BYTES_MAX)
        return [(await send_one(bridge, [], path=path))[0]["status"] for path in ("/exit", "/", "/exit", "/")]

    with caplog.at_level(logging.ERROR):
        assert uvloop.run(one_after_the_other()) == [500, 200, 500, 200]
    assert "the application failed" in caplog.text


def test_what_is_at_hand_is_answered_where_it_came_in_though_every_thread_is_busy() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            begun.set()
            go_on.wait(10)
        if environ["PATH_INFO"] == "/kept/broken":
            raise SystemExit
        return echo("PATH_INFO")(environ, start_response)

    async def all_of_them() -> list[list[dict[str, Any]]]:
        bridge = WsgiBridge(
            application, threads=1, body_bytes_max=BODY_BYTES_MAX,
            at_hand=lambda scope, answer_here: answer_here() if scope["path"].startswith("/kept") else None,
        )  # fmt: skip
        slow = asyncio.ensure_future(send_one(bridge, [], path="/slow"))
        await asyncio.to_thread(begun.wait, 10)
        kept = [await send_one(bridge, [], path=path) for path in ("/kept", "/kept/broken", "/kept")]
        assert not slow.done()
        go_on.set()
        return [*kept, await slow]

    answers = uvloop.run(all_of_them())
    assert [head["status"] for head, _ in answers] == [200, 500, 200, 200]
    assert [body["body"] for _, body in answers] == [b"/kept", b"", b"/kept", b"/slow"]


def test_who_buys_is_served_before_those_who_came_to_look() -> None:
    begun, go_on = threading.Event(), threading.Event()
    served: list[str] = []

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            begun.set()
            go_on.wait(10)
        served.append(environ["PATH_INFO"])
        return echo("PATH_INFO")(environ, start_response)

    async def all_of_them() -> None:
        bridge = WsgiBridge(application, threads=1, body_bytes_max=BODY_BYTES_MAX)
        slow = asyncio.ensure_future(send_one(bridge, [], path="/slow"))
        await asyncio.to_thread(begun.wait, 10)
        others = [
            asyncio.ensure_future(send_one(bridge, [], path=path, method=method))
            for path, method in (("/look", "GET"), ("/look/again", "HEAD"), ("/buy", "POST"))
        ]
        # Until each of them stands in line.
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(slow, *others)

    uvloop.run(all_of_them())
    assert served == ["/slow", "/buy", "/look", "/look/again"]


def test_a_caller_who_no_longer_waits_takes_nobodys_answer(caplog: pytest.LogCaptureFixture) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        begun.set()
        go_on.wait(10)
        return echo("PATH_INFO")(environ, start_response)

    async def one_gives_up() -> list[dict[str, Any]]:
        bridge = WsgiBridge(application, threads=1, body_bytes_max=BODY_BYTES_MAX)
        gone = asyncio.ensure_future(send_one(bridge, [], path="/gone"))
        await asyncio.to_thread(begun.wait, 10)
        gone.cancel()
        stays = asyncio.ensure_future(send_one(bridge, [], path="/stays"))
        await asyncio.sleep(0)
        go_on.set()
        return await stays

    assert uvloop.run(one_gives_up())[1]["body"] == b"/stays"
    assert caplog.text == ""


@pytest.mark.parametrize("where", ["at_hand", "in_passing", "awaited"])
def test_a_failure_of_what_answers_in_its_place_is_a_500_and_the_next_are_served(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(scope: Any, _ask: object) -> Any:
        if scope["path"] == "/broken":
            raise ValueError("no")

    async def fail_later() -> Any:
        raise ValueError("no")

    options: dict[str, Any] = {
        "at_hand": {"at_hand": fail},
        "in_passing": {"in_passing": fail},
        "awaited": {"in_passing": lambda scope, _: fail_later() if scope["path"] == "/broken" else None},
    }

    async def one_after_the_other() -> list[int]:
        bridge = WsgiBridge(echo("PATH_INFO"), threads=1, body_bytes_max=BODY_BYTES_MAX, **options[where])
        return [(await send_one(bridge, [], path=path))[0]["status"] for path in ("/broken", "/", "/broken")]

    assert uvloop.run(one_after_the_other()) == [500, 200, 500]
    assert "in place of the application failed" in caplog.text


def test_what_was_done_beforehand_goes_along_to_the_application() -> None:
    began = time.perf_counter() - 5
    refusal = ValueError("no")
    found: list[Any] = []

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        found.append(began_at(environ))
        beforehand = take_beforehand(environ)
        found.append(None if beforehand is None else beforehand.take_refusal())
        return echo("PATH_INFO")(environ, start_response)

    async def both() -> None:
        bridge = WsgiBridge(
            application, threads=1, body_bytes_max=BODY_BYTES_MAX,
            in_passing=lambda scope, ask: ask(Beforehand(began, refusal)) if scope["path"] == "/refused" else None,
        )  # fmt: skip
        for path in ("/refused", "/"):
            await send_one(bridge, [], path=path)

    before = time.perf_counter()
    uvloop.run(both())
    assert found[:2] == [began, refusal]
    assert found[2] >= before
    assert found[3] is None
