"""What belongs to one buyer: at every route that names an order or a payment, to others it is as if it did not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from matinee.boxoffice.models import Order
from matinee.payments.models import Payment
from matinee.web.shared.services import Services
from matinee.web.v1.operations import DECLARED
from tests.architecture.authorisation import V1
from tests.architecture.callers import BUYER, EVERY_KEY, NOBODY, Caller, browser_of, program_of
from tests.architecture.declared_access import Call, declared, every_call
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House, on_one_database
from tests.web.conftest import _clock_stands, open_app

__all__ = ["_clock_stands", "open_app"]
pytestmark = on_one_database

OF_ONE_BUYER = {"code", "payment_id"}
SITE = ("site.", "site_in.")


@pytest.fixture
def known(services: Services, house: House, buyer: Buyer) -> dict[str, str]:
    """The code of an order of `buyer`, and the id of its payment."""
    sale = Sale(services, house, buyer)
    order_id = sale.sold("A1", "A2")
    code = sale.read(lambda session: session.get_one(Order, order_id).code)
    payment = sale.read(lambda session: session.scalars(select(Payment.public_id)).first())
    return {"code": code, "payment_id": payment or ""}


def unknown(known: dict[str, str]) -> dict[str, str]:
    """The same, with a character changed: what nobody has."""
    return {name: value[:-1] + ("2" if value[-1] != "2" else "3") for name, value in known.items()}


def calls_of_one_buyer(app: APIFlask, *surfaces: str) -> Iterator[Call]:
    for call in every_call(app):
        rule = declared(call)
        # What needs a scope or a role is in the matrix.
        is_open = rule is not None and rule.kind == "everybody"
        if is_open and call.rule.endpoint.startswith(surfaces) and OF_ONE_BUYER & call.rule.arguments:
            yield call


def ask(call: Call, caller: Caller, values: dict[str, str]) -> tuple[int, str]:
    """Status, and where it leads or what it says: with everything in place but the right to it."""
    given = {**values, "language": "uk"}
    address = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: given[found[1]], call.rule.rule)
    headers, body = {**caller.headers}, None
    if call.rule.endpoint.startswith(V1):
        operation = getattr(getattr(call.view.view_class, call.method.lower()), DECLARED)
        body = operation.body and {**operation.body.example}
        headers |= {"If-Match": "*"} if operation.if_match else {}
        if body and "return_url" in body:
            body["return_url"] = "http://testserver/back"
    elif call.method != "GET":
        headers["X-CSRFToken"] = caller.forgery_token
    answer = caller.client.open(address, method=call.method, headers=headers, json=body)
    said = str(answer.json) if answer.is_json else answer.headers.get("Location", "")
    return answer.status_code, said.replace(values["code"], "CODE")


@pytest.mark.parametrize(
    "name", [NOBODY, BUYER, "usher", "programmer", "key: sales", "key: admissions:write"]
)
def test_programs_are_told_of_no_order_but_their_own(app: APIFlask, known: dict[str, str], name: str) -> None:
    caller = program_of(app, name)
    calls = list(calls_of_one_buyer(app, V1))
    assert len(calls) >= 10
    for call in calls:
        answer = ask(call, caller, known)
        assert answer == ask(call, caller, unknown(known)), call
        assert answer[0] == 404, (call, answer)


@pytest.mark.parametrize("name", [NOBODY, BUYER, "manager", EVERY_KEY])
def test_pages_tell_of_no_order_but_ones_own(app: APIFlask, known: dict[str, str], name: str) -> None:
    caller = browser_of(app, name)
    calls = list(calls_of_one_buyer(app, *SITE))
    assert len(calls) >= 20
    for call in calls:
        answer = ask(call, caller, known)
        assert answer == ask(call, caller, unknown(known)), call
        assert answer[0] in (303, 404), (call, answer)


def test_whoever_bought_it_is_told(app: APIFlask, buyer: Buyer, known: dict[str, str]) -> None:
    """Or the others above would prove nothing."""
    client = app.test_client()
    headers = {"Authorization": f"Bearer {buyer.token}"}
    assert client.get(f"/api/v1/orders/{known['code']}", headers=headers).status_code == 200
    client.set_cookie("token", buyer.token)
    assert client.get(f"/orders/{known['code']}").status_code == 200
