"""The signature, and the check of it that the documentation gives to receivers."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matinee.outbox.webhooks.signing import signature_header

SECRET = "whsec_0123456789"
BODY = '{"film":"Амели"}'.encode()
SENT = 1_905_238_800


def test_the_signature_is_an_hmac_of_the_time_and_the_body() -> None:
    header = signature_header(secret=SECRET, timestamp=SENT, body=BODY)
    digest = hmac.new(SECRET.encode(), b"1905238800." + BODY, "sha256").hexdigest()
    assert header == f"t=1905238800,v1={digest}"


@pytest.fixture
def is_genuine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """The function in docs/webhooks.md, at the time at which the request was sent."""
    text = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- tested: verify -->\n```python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    names: dict[str, Any] = {}
    exec(found[1], names)
    monkeypatch.setattr("time.time", lambda: SENT + 1.0)
    function: Callable[..., bool] = names["is_genuine"]
    return function


def test_the_documented_check_accepts_what_we_send(is_genuine: Callable[..., bool]) -> None:
    assert is_genuine(SECRET, signature_header(secret=SECRET, timestamp=SENT, body=BODY), BODY)


def test_the_documented_check_refuses_everything_else(is_genuine: Callable[..., bool]) -> None:
    header = signature_header(secret=SECRET, timestamp=SENT, body=BODY)
    assert not is_genuine(SECRET + "x", header, BODY)
    assert not is_genuine(SECRET, header, BODY + b" ")
    assert not is_genuine(SECRET, header.replace("t=19", "t=20"), BODY)
    assert not is_genuine(SECRET, header[:-1], BODY)
    for nonsense in ("", "t=", "v1=", "t=1905238800", "t=x,v1=y", "=,=", "t=1905238800,v1=é"):
        assert not is_genuine(SECRET, nonsense, BODY)
    for late in (SENT - 400, SENT + 400):
        assert not is_genuine(SECRET, signature_header(secret=SECRET, timestamp=late, body=BODY), BODY)
