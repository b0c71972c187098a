from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.errors import EndpointNotFound, InvalidEndpoint
from matinee.outbox.models import WebhookEndpoint
from matinee.outbox.webhooks.endpoints import (
    change_endpoint,
    deactivate_endpoint,
    events_of,
    find_endpoint,
    list_endpoints,
    register_endpoint,
    renew_secret,
)
from tests.building import on_one_database

URL = "https://shop.example/hook"


def register(session: Session, **wanted: Any) -> WebhookEndpoint:
    known = {"url": URL, "events": ["order.paid"], "private_allowed": False, "now": clock.now()}
    return register_endpoint(session, **{**known, **wanted})


def test_an_endpoint_is_found_by_its_public_id(transactions: Transactions) -> None:
    def work(session: Session) -> None:
        wanted = ["screening.sold_out", "order.paid", "order.paid"]
        made = register(session, url=f"  {URL} ", events=wanted, description="The  shop\n")
        other = register(session)
        session.expire_all()
        found = find_endpoint(session, public_id=made.public_id)
        assert found is made
        assert (found.url, found.description, found.active) == (URL, "The shop", True)
        assert events_of(found) == ("order.paid", "screening.sold_out")
        assert found.secret.startswith("whsec_")
        assert len(found.secret) == 46
        assert found.secret != other.secret
        assert [endpoint.id for endpoint in list_endpoints(session)] == [made.id, other.id]

    transactions.write(work)


@pytest.mark.parametrize("public_id", ["we_NONE", "", "x" * 400, "we_\x00", "we_%"])
def test_an_unknown_public_id_is_not_found(transactions: Transactions, public_id: str) -> None:
    with pytest.raises(EndpointNotFound):
        transactions.read(lambda session: find_endpoint(session, public_id=public_id))


@on_one_database
@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"url": "http://shop.example/"}, "The address must begin with https://."),
        ({"url": "https://127.0.0.1/"}, "The address leads to a private address."),
        ({"url": "https://me:pw@shop.example/"}, "must not have a user name or a password"),
        ({"events": []}, "must ask for an event"),
        ({"events": ["order.paid", "order.payed"]}, "no event 'order.payed'.*order.refunded"),
        ({"description": "x" * 201}, "more than 200"),
        ({"description": "x\x00"}, "cannot be shown"),
    ],
)
def test_what_an_endpoint_cannot_be_is_refused_with_the_reason(
    transactions: Transactions, wanted: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidEndpoint, match=reason):
        transactions.write(lambda session: register(session, **wanted))

    def change(session: Session) -> None:
        change_endpoint(session, endpoint=register(session), private_allowed=False, **wanted)

    with pytest.raises(InvalidEndpoint, match=reason):
        transactions.write(change)


def test_where_private_addresses_are_allowed_one_may_be_registered_over_http(
    transactions: Transactions,
) -> None:
    made = transactions.write(
        lambda session: register(session, url="http://127.0.0.1:9/", private_allowed=True)
    )
    assert made.url == "http://127.0.0.1:9/"


def test_only_what_is_given_changes(transactions: Transactions) -> None:
    def work(session: Session) -> None:
        endpoint = register(session, description="The shop")
        secret = endpoint.secret
        change_endpoint(session, endpoint=endpoint, events=["ticket.admitted"], private_allowed=False)
        assert events_of(endpoint) == ("ticket.admitted",)
        change_endpoint(
            session, endpoint=endpoint, url="https://other.example/", description="", private_allowed=False
        )
        assert (endpoint.url, endpoint.description) == ("https://other.example/", "")
        deactivate_endpoint(session, endpoint=endpoint)
        assert not endpoint.active
        change_endpoint(session, endpoint=endpoint, active=True, private_allowed=False)
        assert endpoint.active
        assert endpoint.secret == secret
        assert renew_secret(session, endpoint=endpoint) == endpoint.secret != secret

    transactions.write(work)
