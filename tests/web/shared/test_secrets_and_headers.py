"""What a caller may write into addresses and headers: no secret is logged, nobody passes for a proxy, no fault follows"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.app import BODY_BYTES_MAX
from matinee.web.shared.access_log import mask_path, mask_query
from tests.building import on_one_database
from tests.web.shared.test_asgi import call, echo


@pytest.mark.parametrize(
    ("query", "logged"),
    [
        ("password=half;other-half", "password=***"),
        ("password=half;a=b&c=d", "password=***&c=d"),
        ("a=1;password=x;y", "a=1;password=***"),
        ("a=1;b=2;token=x&c=d", "a=1;b=2;token=***&c=d"),
        ("a=1;b", "a=1;b"),
    ],
)
def test_a_semicolon_ends_no_secret(query: str, logged: str) -> None:
    assert mask_query(query) == logged


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen() -> None:
    forged = [(b"x-forwarded-for", b"198.51.100.1"), (b"x_forwarded_for", b"203.0.113.9")]
    for headers in (forged, forged[::-1]):
        assert call(echo("HTTP_X_FORWARDED_FOR"), headers=headers)[1]["body"] == b"198.51.100.1"


@on_one_database
@pytest.mark.parametrize("path", ["/", "/nope", "/getDay?date=2030-05-18"])
def test_a_host_that_cannot_be_read_is_a_bad_request_for_browsers_too(client: FlaskClient, path: str) -> None:
    client.application.testing = False
    answer = client.get(path, headers={"Host": "a" * 70, "Accept": "text/html"})
    assert answer.status_code == 400
    assert answer.json["message"] == "Bad Request"


@on_one_database
def test_a_body_in_chunks_that_is_too_long_is_refused(client: FlaskClient) -> None:
    body = b'{"username": "a@example.com", "password": "x"}' + b" " * BODY_BYTES_MAX
    start, _ = call(
        client.application,
        headers=[(b"transfer-encoding", b"chunked"), (b"content-type", b"application/json")],
        parts=[body[:1000], body[1000:]],
        path="/login",
        body_bytes_max=BODY_BYTES_MAX,
    )
    assert start["status"] == 413


def test_a_body_has_the_length_that_it_has() -> None:
    assert call(echo("CONTENT_LENGTH"), parts=[b"ab", b"c"])[1]["body"] == b"3"
    assert (
        call(echo("CONTENT_LENGTH"), parts=[b"abc"], headers=[(b"content-length", b"9")])[1]["body"] == b"3"
    )


def test_a_query_of_very_many_parts_is_masked_as_well() -> None:
    assert mask_query("a=;" * 5000 + "password=x;y") == "a=;" * 5000 + "password=***"


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/tikets/HJUYT67T98HG54FJ.png", "/tikets/HJUY***.png"),
        ("/tikets/HJUYT67T98HG54FJ.svg", "/tikets/HJUY***.svg"),
        ("/tikets/HJUYT67T98HG54FJ", "/tikets/HJUY***"),
        ("/getTikets", "/getTikets"),
    ],
)
def test_the_id_of_a_ticket_is_logged_in_part(path: str, logged: str) -> None:
    assert mask_path(path) == logged
