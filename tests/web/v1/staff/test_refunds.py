"""GET /refunds, POST /refunds/{refund_id}/handed-out"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from matinee.boxoffice.models import OrderEvent
from matinee.payments.models import PaymentRefund
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import PRICE_A, Buyer, House
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/refunds"


@pytest.fixture
def counter(staff: Staff) -> Headers:
    return staff("counter")


@pytest.fixture
def given_back(services: Services, house: House, buyer: Buyer) -> list[str]:
    """The codes of two orders that were given back: the money of the first is to be handed out by hand."""
    sale = Sale(services, house, buyer)
    orders = [sale.hold("A1"), sale.hold("B1")]
    for order_id in orders:
        sale.pay(order_id)
        sale.refund(order_id)
    first = select(PaymentRefund.id).order_by(PaymentRefund.id).limit(1).scalar_subquery()
    by_hand = update(PaymentRefund).where(PaymentRefund.id == first).values(state="by_hand")
    services.transactions.write(lambda session: session.execute(by_hand))
    return [sale.order(order_id).code for order_id in orders]


def test_what_waits_for_a_person_is_listed_and_handed_out(
    client: FlaskClient, services: Services, given_back: list[str], counter: Headers
) -> None:
    (waiting,) = client.get(f"{PATH}?state=by_hand", headers=counter).json["items"]
    assert (waiting["order"], waiting["amount"]["amount"], waiting["reason"]) == (
        given_back[0],
        PRICE_A,
        "ill",
    )
    done = client.post(f"{PATH}/{waiting['id']}/handed-out", headers=counter)
    assert (done.status_code, done.json["state"]) == (200, "succeeded")
    assert client.get(f"{PATH}?state=by_hand", headers=counter).json["items"] == []
    notes = services.transactions.read(lambda session: session.scalars(select(OrderEvent.note)).all())
    assert "handed out: 150.00 UAH" in notes
    again = client.post(f"{PATH}/{waiting['id']}/handed-out", headers=counter)
    assert (again.status_code, again.json["code"]) == (409, "refund_not_by_hand")


def test_all_refunds_are_listed_in_pages(client: FlaskClient, given_back: list[str], staff: Staff) -> None:
    auditor = staff("auditor")
    page = client.get(f"{PATH}?limit=1", headers=auditor).json
    rest = client.get(f"{PATH}?limit=1&cursor={page['next_cursor']}", headers=auditor).json
    assert [one["order"] for one in page["items"] + rest["items"]] == given_back
    assert rest["next_cursor"] is None


def test_what_is_not_there_or_not_by_hand_is_refused(
    client: FlaskClient, given_back: list[str], counter: Headers
) -> None:
    for unknown in ("NOSUCHREFUND", "%00", "é"):
        assert client.post(f"{PATH}/{unknown}/handed-out", headers=counter).json["code"] == "refund_not_found"
    (pending,) = client.get(f"{PATH}?state=pending", headers=counter).json["items"]
    answer = client.post(f"{PATH}/{pending['id']}/handed-out", headers=counter)
    assert (answer.status_code, answer.json["code"]) == (409, "refund_not_by_hand")


def test_only_who_takes_money_hands_it_out(client: FlaskClient, house: House, staff: Staff) -> None:
    assert client.post(f"{PATH}/X/handed-out", headers=staff("auditor")).json["scope"] == "orders:write"
    assert client.get(PATH, headers=staff("usher")).status_code == 403
