"""GET and POST /api-keys, DELETE /api-keys/{key_id}"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matinee.accounts.models import ApiKey
from matinee.kernel.codes import hash_secret
from matinee.web.shared.services import Services
from tests.building import on_one_database
from tests.web.v1.conftest import Headers, Program, Staff, bearer

PATH = "/api/v1/api-keys"


@pytest.fixture
def manager(staff: Staff) -> Headers:
    return staff("manager")


def make(client: FlaskClient, headers: Headers, **changes: Any) -> Any:
    return client.post(
        PATH, json={"name": "Website", "scopes": ["orders:read", "sales"], **changes}, headers=headers
    )


def test_a_key_is_shown_once_and_works(client: FlaskClient, services: Services, manager: Headers) -> None:
    made = make(client, manager, scopes=["keys:write"])
    assert made.status_code == 201
    assert made.headers["Location"] == f"{PATH}/{made.json['id']}"
    secret = made.json["key"]
    assert secret.startswith("mk_")
    assert made.json["hint"] == secret[-4:]
    assert client.get(PATH, headers=bearer(secret)).status_code == 200
    assert secret not in client.get(PATH, headers=manager).text
    (row,) = services.transactions.read(lambda session: session.scalars(select(ApiKey)).all())
    assert row.key_hash == hash_secret(secret)
    assert secret not in f"{vars(row)}"


def test_keys_are_listed_the_newest_first(client: FlaskClient, manager: Headers) -> None:
    for name in ("first", "second"):
        make(client, manager, name=name)
    items = client.get(PATH, headers=manager).json["items"]
    assert [key["name"] for key in items] == ["second", "first"]
    # In the usual order, however they were asked for.
    assert items[0]["scopes"] == ["sales", "orders:read"]
    assert items[0]["last_used_at"] is None


def test_a_revoked_key_is_worthless_at_once(client: FlaskClient, manager: Headers) -> None:
    made = make(client, manager, scopes=["keys:write"]).json
    path = f"{PATH}/{made['id']}"
    assert client.delete(path, headers=manager).status_code == 204
    assert client.get(PATH, headers=bearer(made["key"])).status_code == 401
    assert client.get(PATH, headers=manager).json["items"] == []
    again = client.delete(path, headers=manager)
    assert (again.status_code, again.json["code"]) == (404, "api_key_not_found")


def test_nobody_gives_what_he_does_not_have(client: FlaskClient, program: Program, manager: Headers) -> None:
    answer = make(client, program("keys:write", "sales"), scopes=["orders:write"])
    assert (answer.status_code, answer.json["scope"]) == (403, "orders:write")
    for scopes in (["me"], ["orders"], ["sales", "everything"]):
        answer = make(client, manager, scopes=scopes)
        assert (answer.status_code, answer.json["code"]) == (422, "scope_not_found")


@on_one_database
def test_values_are_checked(client: FlaskClient, manager: Headers) -> None:
    for changes, field in (
        ({"scopes": []}, "scopes"), ({"name": " "}, "name"), ({"name": "x" * 101}, "name"),
        ({"expires_at": "2030-05-17T09:00:00Z"}, "expires_at"), ({"expires_at": "2031-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, "expires_at"), ({"name": "a\x00"}, ""),
    ):  # fmt: skip
        answer = make(client, manager, **changes)
        assert (answer.status_code, [error["field"] for error in answer.json["errors"]]) == (422, [field])
    kept = make(client, manager, expires_at="2031-01-01T00:00:00+02:00").json
    assert kept["expires_at"] == "2030-12-31T22:00:00Z"


@on_one_database
@pytest.mark.parametrize("role", ["programmer", "counter", "usher", "auditor"])
def test_only_who_may_write_keys_sees_them(client: FlaskClient, staff: Staff, role: str) -> None:
    headers = staff(role)
    assert client.get(PATH, headers=headers).status_code == 403
    assert make(client, headers).status_code == 403
    assert client.delete(f"{PATH}/X", headers=headers).status_code == 403
