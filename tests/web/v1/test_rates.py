"""How many calls that write a caller may make"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from matinee.accounts import throttling
from tests.building import NOW, Buyer, clock_at
from tests.web.conftest import OpenApp
from tests.web.v1.conftest import Headers, Program, bearer

LIMIT = 3


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "CALLS_MAX", {"user": LIMIT, "key": LIMIT + 1, "address": LIMIT})


def post(client: FlaskClient, headers: Headers) -> tuple[int, list[str | None]]:
    """A call that is counted, and what is said of the count. It is refused after it was counted."""
    answer = client.post("/api/v1/api-keys", json={}, headers=headers)
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")
    return answer.status_code, [answer.headers.get(name) for name in names]


def test_calls_that_write_are_counted_over_all_processes(open_app: OpenApp, program: Program) -> None:
    clients = [open_app(ratelimit="on").test_client() for _ in range(2)]
    headers = program("keys:write")
    for number in range(LIMIT + 1):
        assert post(clients[number % 2], headers) == (422, ["4", str(LIMIT - number), "60", None])
    assert post(clients[0], headers) == (429, ["4", "0", "60", "60"])
    # Reading is free.
    assert clients[0].get("/api/v1/api-keys", headers=headers).status_code == 200
    with clock_at(NOW + timedelta(seconds=60)):
        assert post(clients[1], headers) == (422, ["4", "3", "60", None])


def test_each_caller_has_a_count_of_his_own(open_app: OpenApp, program: Program) -> None:
    client = open_app(ratelimit="on").test_client()
    first, second = program("keys:write"), program("keys:write")
    for _ in range(LIMIT + 2):
        status, _ = post(client, first)
    assert status == 429
    assert post(client, second)[0] == 422


def test_too_many_is_a_problem(open_app: OpenApp, program: Program) -> None:
    client = open_app(ratelimit="on").test_client()
    headers = program("keys:write")
    for _ in range(LIMIT + 2):
        answer = client.post("/api/v1/api-keys", json={}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_attempts")


def test_a_change_is_counted_too(open_app: OpenApp) -> None:
    # A change of an order may try a promo code.
    client = open_app(ratelimit="on").test_client()
    answers = [client.patch("/api/v1/orders/NOSUCHCODE", json={"promo_code": "GUESS"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [404, 404]
    left = [int(answer.headers["RateLimit-Remaining"]) for answer in answers]
    assert left[1] == left[0] - 1


def test_what_has_a_stricter_count_is_not_counted_twice(open_app: OpenApp, buyer: Buyer) -> None:
    client = open_app(ratelimit="on").test_client()
    body = {"username": buyer.username, "password": "wrong"}
    limit = throttling.LIMITS["login"][0].amount
    answers = [client.post("/api/v1/sessions", json=body) for _ in range(limit + 1)]
    assert [answer.status_code for answer in answers] == [401] * limit + [429]
    assert answers[-1].json["code"] == "too_many_attempts"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
    assert "RateLimit-Limit" not in answers[0].headers


def test_switched_off_nothing_is_said(client: FlaskClient, program: Program) -> None:
    headers = program("keys:write")
    for _ in range(LIMIT + 3):
        assert post(client, headers) == (422, [None] * 4)


def test_a_user_is_counted_wherever_he_is_signed_in(open_app: OpenApp, buyer: Buyer) -> None:
    client = open_app(ratelimit="on").test_client()
    for _ in range(2):
        status, told = post(client, bearer(buyer.token))
    # Refused for its scope before it counts: who may not call at all costs no count.
    assert (status, told) == (403, [None] * 4)
