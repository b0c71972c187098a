"""What is owed to a request that is answered without the application"""

from __future__ import annotations

from typing import Any

import pytest

from matinee.web.shared.bookkeeping import AnsweredBeside, Bookkeeping


def entered(*, trusted_proxies: int, **headers: str) -> AnsweredBeside:
    told: list[AnsweredBeside] = []
    scope: dict[str, Any] = {
        "method": "POST",
        "path": "/buyTicket",
        "query_string": b"",
        "client": ("192.0.2.7", 4711),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    given = (200, [(b"content-type", b"text/plain")], b"x")
    status, said, body = Bookkeeping([told.append], trusted_proxies=trusted_proxies).enter(
        scope, given, seconds=0.5
    )
    (one,) = told
    assert (status, body) == (200, b"x")
    assert said == [(b"content-type", b"text/plain"), (b"x-request-id", one.request_id.encode())]
    assert given[1] == [(b"content-type", b"text/plain")], "what is kept stays as it is"
    assert (one.method, one.path, one.query, one.status, one.seconds) == ("POST", "/buyTicket", b"", 200, 0.5)
    return one


def test_whoever_connects_calls() -> None:
    said = entered(trusted_proxies=0, x_forwarded_for="198.51.100.9", x_request_id="0123456789abcdef")
    assert said.caller == "192.0.2.7"
    assert said.request_id != "0123456789abcdef"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "caller"),
    [
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "made up, 198.51.100.9", "198.51.100.9"),
        (2, "made up, 198.51.100.9, 10.0.0.1", "198.51.100.9"),
        (2, "198.51.100.9", "192.0.2.7"),
        (1, '"198.51.100.9"', "198.51.100.9"),
        (1, "", "192.0.2.7"),
    ],
)
def test_what_a_trusted_proxy_says_is_believed(proxies: int, forwarded: str, caller: str) -> None:
    said = entered(trusted_proxies=proxies, x_forwarded_for=forwarded, x_request_id="0123456789abcdef")
    assert (said.caller, said.request_id) == (caller, "0123456789abcdef")
