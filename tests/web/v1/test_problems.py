"""How the API of today says no"""

from __future__ import annotations

import logging

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from matinee.app import BODY_BYTES_MAX
from matinee.db.errors import DatabaseUnavailable
from matinee.web.v1 import cinemas
from matinee.web.v1.problems import CONTENT_TYPE
from tests.building import on_one_database
from tests.web.v1.conftest import Headers, Staff

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
pytestmark = on_one_database


@pytest.fixture
def manager(staff: Staff) -> Headers:
    return staff("manager")


def break_cinemas(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cinemas, "cinemas", fail)


def test_a_refusal_is_a_problem_with_its_code(client: FlaskClient) -> None:
    answer = client.get("/api/v1/cinemas/nowhere")
    assert (answer.status_code, answer.content_type) == (404, CONTENT_TYPE)
    assert answer.get_json(force=True) == {
        "type": "urn:matinee:problem:cinema_not_found",
        "title": "There is no such cinema.",
        "status": 404,
        "detail": "There is no such cinema.",
        "code": "cinema_not_found",
    }
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accept", [{}, BROWSER])
def test_an_unknown_path_is_a_problem_for_browsers_too(client: FlaskClient, accept: Headers) -> None:
    for path in (
        "/api/v1/nowhere",
        "/api/v1/",
        "/api/v1/films/0",
        "/api/v1/films/99999999999",
        "/api/v1/films/x",
    ):
        answer = client.get(path, headers=accept)
        assert (answer.status_code, answer.content_type) == (404, CONTENT_TYPE)
        assert answer.json["code"] == "no_such_path"
    # Everywhere else it stays as it is.
    assert client.get("/nowhere").json["message"] == "Not Found"
    assert client.get("/api/nowhere", headers=BROWSER).mimetype == "text/html"


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/api/v1/cinemas")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_refused(client: FlaskClient, manager: Headers) -> None:
    answer = client.post("/api/v1/api-keys", data=b"x" * (BODY_BYTES_MAX + 1), headers=manager)
    assert (answer.status_code, answer.json["code"]) == (413, "body_too_large")


def test_a_body_that_is_no_json_is_refused(client: FlaskClient, manager: Headers) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", ""):
        answer = client.post("/api/v1/api-keys", data=b"{}", content_type=kind, headers=manager)
        assert (answer.status_code, answer.json["code"]) == (415, "not_json")
    for body in (b"{", b"[1]", b'"x"', b"\xff\xfe", b"null", b'{"name": "\\ud800"}', b"[" * 100_000):
        answer = client.post("/api/v1/api-keys", data=body, content_type="application/json", headers=manager)
        assert (answer.status_code, answer.json["code"]) == (400, "malformed_body"), body[:20]


def test_values_that_are_wrong_are_named_one_by_one(client: FlaskClient, manager: Headers) -> None:
    answer = client.post("/api/v1/api-keys", json={"name": "\x00", "scops": ["sales"]}, headers=manager)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_values")
    answer = client.post("/api/v1/api-keys", json={"name": 5, "scops": ["sales"]}, headers=manager)
    assert {error["field"] for error in answer.json["errors"]} == {"name", "scopes", "scops"}
    assert all(error["message"] for error in answer.json["errors"])
    # A number in place of a text is not taken for one, nor is a text taken for a number.
    answer = client.post("/api/v1/api-keys", json={"name": "x", "scopes": [1]}, headers=manager)
    assert [error["field"] for error in answer.json["errors"]] == ["scopes.0"]


def test_values_of_a_query_that_are_wrong_are_named_and_unknown_ones_passed_over(client: FlaskClient) -> None:
    answer = client.get("/api/v1/screenings?limit=0&day=1&film=x&utm_source=mail")
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json["errors"]} == {"limit", "day", "film"}
    assert client.get("/api/v1/screenings?utm_source=mail&day=").status_code == 200


def test_a_fault_is_a_reference_number_and_no_trace(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app.testing = False
    break_cinemas(monkeypatch, RuntimeError("the secret inside of the machine"))
    with caplog.at_level(logging.ERROR):
        answer = client.get("/api/v1/cinemas", headers=BROWSER)
    assert (answer.status_code, answer.content_type) == (500, CONTENT_TYPE)
    assert answer.json["code"] == "internal_error"
    assert answer.json["reference"] in answer.json["detail"]
    assert answer.json["reference"] in caplog.text
    assert "secret inside" not in answer.text


def test_a_database_that_is_away_is_503_and_when_to_come_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_cinemas(monkeypatch, DatabaseUnavailable("OperationalError", retry_after_seconds=7))
    answer = client.get("/api/v1/cinemas")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert (answer.content_type, answer.json["code"]) == (CONTENT_TYPE, "service_unavailable")
