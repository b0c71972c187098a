"""What is answered when something is not a refusal of the domain"""

from __future__ import annotations

import logging
import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from matinee.app import BODY_BYTES_MAX
from matinee.db.errors import DatabaseUnavailable
from matinee.web.given import is_email_confirmed
from tests.building import on_one_database

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PATH = "/isEmailConfirmed?username=user@example.com"
pytestmark = on_one_database


@pytest.fixture
def failing(app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of an app in which a call meets a fault that nobody foresaw."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the secret inside of the machine")

    # As in earnest: exceptions are answered, not handed to the tests.
    app.testing = False
    monkeypatch.setattr(is_email_confirmed, "find_user", fail)
    return client


@pytest.mark.parametrize("accept", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
def test_an_unknown_path_is_json_for_programs(client: FlaskClient, accept: dict[str, str]) -> None:
    for path in ("/nowhere", "/getday", "/getDay/", "/tikets/", "/static/../../etc/passwd"):
        answer = client.get(path, headers=accept)
        assert answer.status_code == 404
        assert answer.is_json
        assert answer.json["message"] == "Not Found"


def test_an_unknown_path_is_a_page_for_browsers(client: FlaskClient) -> None:
    page = client.get("/<script>x</script>", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<script>x" not in page.text


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    for method, path, allowed in (
        ("PUT", "/getDay", "GET"),
        ("DELETE", "/buyTicket", "POST"),
        ("GET", "/login", "POST"),
    ):
        answer = client.open(path, method=method)
        assert answer.status_code == 405
        assert answer.json["message"] == "Method Not Allowed"
        assert allowed in answer.headers["Allow"]
        page = client.open(path, method=method, headers=BROWSER)
        assert (page.status_code, page.mimetype) == (405, "text/html")
        assert allowed in page.headers["Allow"]


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        answer = client.post("/login", data=b"x" * (BODY_BYTES_MAX + 1), content_type=kind)
        assert answer.status_code == 413
        assert answer.is_json


def test_a_fault_is_a_reference_number_and_no_trace(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = failing.get(PATH)
    assert answer.status_code == 500
    assert answer.json["message"] == "Internal server error"
    reference = answer.json["reference"]
    assert reference in answer.json["detail"]
    for inside in ("secret inside", "Traceback", "RuntimeError", ".py"):
        assert inside not in answer.text
    # Whoever runs it finds the trace under the same number.
    (record,) = [record for record in caplog.records if reference in record.getMessage()]
    assert record.exc_info is not None
    assert "the secret inside" in str(record.exc_info[1])


def test_a_fault_is_a_page_for_browsers(failing: FlaskClient) -> None:
    page = failing.get(PATH, headers=BROWSER)
    assert (page.status_code, page.mimetype) == (500, "text/html")
    assert re.search("say this number: [A-Z0-9]{8}", page.text)
    assert "secret inside" not in page.text


def test_two_faults_have_two_numbers(failing: FlaskClient) -> None:
    assert failing.get(PATH).json["reference"] != failing.get(PATH).json["reference"]


def test_a_database_that_is_away_is_503_and_when_to_come_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("OperationalError at db.example.org", retry_after_seconds=7)

    monkeypatch.setattr(is_email_confirmed, "find_user", away)
    answer = client.get(PATH)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.json["message"] == "Service unavailable"
    assert "db.example.org" not in answer.text
    page = client.get(PATH, headers=BROWSER)
    assert (page.status_code, page.mimetype, page.headers["Retry-After"]) == (503, "text/html", "7")
