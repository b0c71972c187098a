"""Who calls: sessions, keys, cookies, and what each of them may do"""

from __future__ import annotations

from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from matinee.accounts.api_keys import create_api_key, list_api_keys
from matinee.accounts.callers import Caller
from matinee.accounts.scopes import OF_ROLE, SCOPES
from matinee.kernel import clock
from matinee.web.shared.services import Services
from matinee.web.v1.callers import find_caller, needs, optional, order_secret
from tests.building import NOW, Buyer, clock_at
from tests.web.v1.conftest import Headers, Program, Staff, bearer


def ask(client: FlaskClient, headers: Headers | None = None, path: str = "/api/v1/me") -> tuple[int, str]:
    answer = client.get(path, headers=headers)
    return answer.status_code, answer.headers.get("WWW-Authenticate", "")


def test_the_token_of_a_session_is_taken_until_it_ends(client: FlaskClient, signed_in: Headers) -> None:
    assert ask(client, signed_in) == (200, "")
    assert ask(client, {"Authorization": signed_in["Authorization"].replace("Bearer", "bearer")}) == (200, "")
    with clock_at(NOW + timedelta(hours=24)):
        status, challenge = ask(client, signed_in)
    assert (status, challenge) == (401, 'Bearer realm="matinee", error="invalid_token"')


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic dXNlcjpw", "Bearer wrong", "Bearer mk_wrong", "x"]
)
def test_a_wrong_token_is_401_and_says_what_is_wanted(client: FlaskClient, header: str) -> None:
    for path in ("/api/v1/me", "/api/v1/api-keys"):
        status, challenge = ask(client, {"Authorization": header}, path)
        assert (status, challenge.partition(" ")[0]) == (401, "Bearer")
    # What everybody may see does not look at the token at all.
    assert ask(client, {"Authorization": header}, "/api/v1/cinemas") == (200, "")


def test_without_a_token_it_is_401(client: FlaskClient) -> None:
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="matinee"'


def test_a_missing_scope_is_403_and_named(client: FlaskClient, signed_in: Headers) -> None:
    answer = client.get("/api/v1/api-keys", headers=signed_in)
    assert (answer.status_code, answer.json["code"], answer.json["scope"]) == (
        403,
        "scope_missing",
        "keys:write",
    )
    assert 'error="insufficient_scope", scope="keys:write"' in answer.headers["WWW-Authenticate"]


def test_the_cookie_counts_for_what_only_reads(client: FlaskClient, buyer: Buyer) -> None:
    client.set_cookie("token", buyer.token)
    assert ask(client)[0] == 200
    # A page of another site can make a browser send it.
    assert client.delete("/api/v1/sessions/current").status_code == 401
    assert client.post("/api/v1/me/confirmation").status_code == 401
    client.set_cookie("token", "wrong")
    assert ask(client)[0] == 401


@pytest.mark.parametrize("role", OF_ROLE)
def test_a_role_brings_its_scopes(client: FlaskClient, staff: Staff, role: str) -> None:
    told = client.get("/api/v1/me", headers=staff(role)).json["scopes"]
    assert set(told) == {"me", "sales", "programme:read", *OF_ROLE[role]}


def test_roles_add_up_and_a_manager_may_do_all(client: FlaskClient, staff: Staff) -> None:
    told = client.get("/api/v1/me", headers=staff("auditor", "usher")).json["scopes"]
    assert set(told) == {"me", "sales", "programme:read", "orders:read", "admissions:write"}
    assert set(client.get("/api/v1/me", headers=staff("manager")).json["scopes"]) == set(SCOPES)


def test_a_key_has_the_scopes_that_it_was_given(client: FlaskClient, program: Program) -> None:
    assert ask(client, program("keys:write"), "/api/v1/api-keys")[0] == 200
    assert ask(client, program("sales", "orders:write"), "/api/v1/api-keys")[0] == 403
    # A key is nobody.
    assert ask(client, program("sales"))[0] == 403


def test_a_key_ends_when_it_was_said(client: FlaskClient, services: Services) -> None:
    creator = Caller(identity="test", name="test", scopes=frozenset(SCOPES))
    _, secret = services.transactions.write(
        lambda session: create_api_key(
            session,
            name="x",
            scopes=["keys:write"],
            creator=creator,
            expires_at=NOW + timedelta(hours=1),
            now=NOW,
        )
    )
    assert ask(client, bearer(secret), "/api/v1/api-keys")[0] == 200
    with clock_at(NOW + timedelta(hours=1)):
        assert ask(client, bearer(secret), "/api/v1/api-keys")[0] == 401


def test_the_use_of_a_key_is_noted_once_a_minute(
    client: FlaskClient, services: Services, program: Program
) -> None:
    headers = program("keys:write")
    noted = []
    for seconds in (0, 59, 60, 61):
        with clock_at(NOW + timedelta(seconds=seconds)):
            client.get("/api/v1/api-keys", headers=headers)
            (key,) = services.transactions.read(list_api_keys)
            noted.append(key.last_used_at)
    minute = timedelta(minutes=1)
    assert noted == [NOW, NOW, NOW + minute, NOW + minute]


def test_the_secret_of_an_order_tells_unknown_callers_apart(app: APIFlask) -> None:
    found = []
    for headers in ({}, {"Order-Secret": "one"}, {"Order-Secret": "two"}, {"Order-Secret": "one"}):
        with app.test_request_context("/api/v1/x", method="POST", headers=headers):
            caller = find_caller(optional(order_secret=True), now=clock.now())
            assert order_secret() == headers.get("Order-Secret")
            assert not caller.is_known
            assert caller.scopes == frozenset()
            found.append(caller.identity)
    assert found[1] == found[3]
    assert len(set(found)) == 3
    assert "one" not in found[1]


def test_a_scope_that_is_misspelt_is_noticed_at_once() -> None:
    with pytest.raises(AssertionError, match="no such scope"):
        needs("order:write")
