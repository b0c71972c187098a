"""The API of today against its document, in both directions: whatever the document allows gets an answer that it knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from apiflask import APIFlask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import given as given_by_hypothesis
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, House, clock_at, on_one_database

EXAMPLES_PER_CALL = 20
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
pytestmark = on_one_database


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    with clock_at(NOW):
        yield


@pytest.fixture
def manager(services: Services, buyer: Buyer, house: House) -> Buyer:
    """Somebody who may do all."""
    services.transactions.write(
        lambda session: grant_role(session, user=session.get_one(User, buyer.id), role="manager")
    )
    return buyer


def without_gzip(application: Any) -> Any:
    """The application for a client that says that it takes gzip, and does not unpack it."""

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return application(environ, start_response)

    return call


def test_the_document_is_valid_openapi_3_1(client: FlaskClient) -> None:
    document: dict[str, Any] = client.get("/openapi.json").json
    validate(document, cls=OpenAPIV31SpecValidator)
    for path, operations in document["paths"].items():
        if path.startswith("/api/"):
            for operation in operations.values():
                assert operation["operationId"]
                assert "503" in operation["responses"]


def test_whatever_the_document_allows_gets_an_answer_that_it_knows(app: APIFlask, manager: Buyer) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app).include(path_regex="^/api/v1/")
    # With a token that is good, so that one sees what is behind the door.
    headers = {"Authorization": f"Bearer {manager.token}"}
    app.wsgi_app = without_gzip(app.wsgi_app)  # type: ignore[method-assign]
    called = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=EXAMPLES_PER_CALL,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given_by_hypothesis(case=operation.as_strategy())
        def send(case: schemathesis.Case) -> None:
            # With a token that is good, so that one sees what is behind the door.
            case.call_and_validate(headers={"Authorization": f"Bearer {manager.token}"}, checks=CHECKS)

        send()
        called += 1
    assert called > 3
