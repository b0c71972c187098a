"""Requests from pages of other sites"""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.building import on_one_database
from tests.web.conftest import OpenApp

FRIEND = "https://films.example.org"
pytestmark = on_one_database


def test_a_configured_origin_may_read_the_answer_with_credentials(open_app: OpenApp) -> None:
    client = open_app(cors_origins=(FRIEND,)).test_client()
    for answer in (
        client.get("/fullSchedule", headers={"Origin": FRIEND}),
        client.get("/no", headers={"Origin": FRIEND}),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in answer.headers["Vary"]


def test_another_origin_may_not_and_caches_are_told_the_difference(open_app: OpenApp) -> None:
    client = open_app(cors_origins=(FRIEND,)).test_client()
    for origin in ("https://evil.example", "null", FRIEND + ".evil.example", FRIEND.upper(), ""):
        answer = client.get("/fullSchedule", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer.headers["Vary"]


def test_a_preflight_allows_the_headers_of_a_purchase(open_app: OpenApp) -> None:
    client = open_app(cors_origins=(FRIEND,)).test_client()
    answer = client.options(
        "/buyTicket",
        headers={
            "Origin": FRIEND,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "token,number",
        },
    )
    assert answer.status_code == 200
    allowed = {name.strip() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert allowed >= {"token", "username", "date", "title", "time", "number", "cinema", "Content-Type"}
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Origin"] == FRIEND


def test_a_page_may_send_and_read_what_the_api_of_today_uses(open_app: OpenApp) -> None:
    client = open_app(cors_origins=(FRIEND,)).test_client()
    preflight = client.options(
        "/api/v1/me", headers={"Origin": FRIEND, "Access-Control-Request-Method": "PATCH"}
    )
    sent = {name.strip() for name in preflight.headers["Access-Control-Allow-Headers"].split(",")}
    assert sent >= {"Authorization", "Idempotency-Key", "If-Match", "If-None-Match", "Order-Secret"}
    assert {"PUT", "PATCH", "DELETE"} <= set(
        preflight.headers["Access-Control-Allow-Methods"].replace(",", " ").split()
    )
    # A refusal, too, can be read there.
    refused = client.get("/api/v1/me", headers={"Origin": FRIEND})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, FRIEND)
    read = {name.strip() for name in refused.headers["Access-Control-Expose-Headers"].split(",")}
    assert read >= {"ETag", "Link", "Location", "RateLimit-Remaining", "Idempotent-Replayed", "Retry-After"}


def test_without_origins_nothing_is_said_and_options_behaves(client: FlaskClient) -> None:
    answer = client.options("/buyTicket", headers={"Origin": FRIEND})
    assert answer.status_code == 200
    assert "POST" in answer.headers["Allow"]
    assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118 - not a dict
