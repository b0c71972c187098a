"""The OpenAPI document: valid, complete, and whatever is sent by it gets an answer that it knows, never a 5xx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.depth import examples

if TYPE_CHECKING:
    from apiflask import APIFlask
    from flask.testing import FlaskClient

PATHS = {
    "/buyManyTikets": {"post"},
    "/buyTicket": {"post"},
    "/checkToken": {"get"},
    "/confirmEmail": {"get", "post"},
    "/displayTikets": {"get"},
    "/forgot-password": {"post"},
    "/forgotPassword": {"post"},
    "/fullSchedule": {"get"},
    "/getDay": {"get"},
    "/getTikets": {"get"},
    "/isEmailConfirmed": {"get"},
    "/login": {"post"},
    "/register": {"post"},
    "/resendEmailValidationCode": {"get"},
    "/reset-password": {"get", "post"},
    "/resetPassword": {"get", "post"},
    "/tikets/{ticket_id}": {"get"},
    "/tikets/{ticket_id}.png": {"get"},
    "/tikets/{ticket_id}.svg": {"get"},
}
EXAMPLES_PER_CALL = examples(10)


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json
    return found


def paths_of_the_given_api(document: dict[str, Any]) -> dict[str, Any]:
    return {path: found for path, found in document["paths"].items() if not path.startswith("/api/")}


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document, cls=OpenAPIV31SpecValidator)


def test_every_call_of_the_contract_is_in_the_document(document: dict[str, Any]) -> None:
    found = paths_of_the_given_api(document)
    assert {path: set(operations) for path, operations in found.items()} == PATHS


def test_every_call_says_what_it_does_and_what_it_answers(document: dict[str, Any]) -> None:
    for path, operations in paths_of_the_given_api(document).items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)
            assert "503" in operation["responses"], (path, method)


def test_no_call_answers_with_a_fault_whatever_is_sent(app: APIFlask) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app).exclude(path_regex="^/api/")
    called = set()

    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES_PER_CALL,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case) -> None:
            case.call_and_validate(
                checks=[not_a_server_error, status_code_conformance, response_schema_conformance]
            )

        send()
        called.add(operation.path)
    assert called == set(PATHS)
