"""The API of today against its document, in both directions: whatever the document allows gets an answer that it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from apiflask import APIFlask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings, strategies
from hypothesis import given as given_by_hypothesis
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.sessions import start_session
from matinee.outbox.webhooks.endpoints import register_endpoint
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, House, clock_at, on_one_database
from tests.depth import examples

# Of fewer, some GET meets nothing that is there.
EXAMPLES_PER_CALL = examples(8)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
pytestmark = on_one_database

# What the paths name: the name of a part -> one that there is.
Known = Mapping[str, object]


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


@pytest.fixture
def known(services: Services, house: House, manager: Buyer) -> Known:
    """Of the house of these tests, a hold of the manager's, a sold order, and a webhook endpoint."""
    sale = Sale(services, house, manager)
    held, sold = sale.order(sale.hold("A1", "A2")), sale.hold("A3", "A4")
    payment_id = sale.pay(sold)
    endpoint_id = services.transactions.write(
        lambda session: (
            register_endpoint(
                session, url="https://example.org", events=["order.paid"], private_allowed=False, now=NOW
            ).public_id
        )
    )
    return {
        "screening_id": house.lettered,
        "film_id": 1,
        "hall_id": 1,
        "slug": "odeon",
        "ticket_type_id": 1,
        "price_list_id": 1,
        "endpoint_id": endpoint_id,
        "code": held.code,
        "payment_id": payment_id,
        "ticket_id": sale.tickets(sold)["A3"].id,
    }


def new_token(buyer: Buyer) -> Callable[[Session], str]:
    """The work that signs the buyer in once more."""

    def sign_in(session: Session) -> str:
        user = session.get_one(User, buyer.id)
        return start_session(session, user=user, lifetime=timedelta(hours=1), now=NOW)[0]

    return sign_in


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


sent_by_hypothesis = settings(
    max_examples=EXAMPLES_PER_CALL,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def statuses_of(operation: Any, headers: dict[str, str], known: Known) -> set[int]:
    """What the operation answers to whatever the document allows."""
    statuses: set[int] = set()

    @sent_by_hypothesis
    @given_by_hypothesis(case=operation.as_strategy(), of_what_there_is=strategies.booleans())
    def send(case: schemathesis.Case, of_what_there_is: bool) -> None:
        if of_what_there_is:
            # A number at random is nearly never one, a cursor never.
            there = {name: known[name] for name in case.path_parameters if name in known}
            case.path_parameters = {**case.path_parameters, **there}
            case.query = {name: value for name, value in (case.query or {}).items() if name != "cursor"}
            case.headers = {name: value for name, value in case.headers.items() if name != "If-None-Match"}
        answer = case.call_and_validate(headers=headers, checks=CHECKS)
        statuses.add(answer.status_code)

    send()
    return statuses


def send_what_is_wrong(operation: Any, headers: dict[str, str]) -> None:
    """Bodies that the document does not allow; each must be refused."""

    @sent_by_hypothesis
    @given_by_hypothesis(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def send(case: schemathesis.Case) -> None:
        answer = case.call(headers=headers)
        # A part of the path that is left empty makes it another address, which may not know the method.
        if not (answer.status_code == 405 and case.path_parameters):
            case.validate_response(answer, checks=[*CHECKS, negative_data_rejection])

    send()


def test_whatever_the_document_allows_gets_an_answer_that_it_knows(
    app: APIFlask, services: Services, manager: Buyer, known: Known
) -> None:
    app.wsgi_app = without_gzip(app.wsgi_app)  # type: ignore[method-assign]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app).include(path_regex="^/api/v1/")
    unanswered = []
    operations = [result.ok() for result in schema.get_all_operations()]
    # Reads first: afterwards, some of what they read is gone.
    for operation in sorted(operations, key=lambda each: each.method.upper() != "GET"):
        # With a token that is good (a call before may have ended the session), so that one sees what is behind the door.
        headers = {"Authorization": f"Bearer {services.transactions.write(new_token(manager))}"}
        statuses = statuses_of(operation, headers, known)
        if operation.method.upper() == "GET" and 200 not in statuses:
            unanswered.append((operation.path, statuses))
    assert unanswered == [], "nothing but refusals was seen of these"


def test_a_body_that_the_document_does_not_allow_is_refused(
    app: APIFlask, services: Services, manager: Buyer
) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app).include(path_regex="^/api/v1/")
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        # What a query has beyond what is known is passed over, so it is no matter there.
        if not list(operation.body) or list(operation.query):
            continue
        send_what_is_wrong(
            operation, {"Authorization": f"Bearer {services.transactions.write(new_token(manager))}"}
        )
        tried += 1
    assert tried > 4
