"""What the tests of the pages of tickets share: an order with tickets, and whoever owns it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House

GUEST_SECRET = "s3cret"


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


class Bought:
    """A guest's paid order of some seats, and the client that the guest uses."""

    def __init__(self, sale: Sale, client: FlaskClient, *labels: str) -> None:
        self.sale, self.client = sale, client
        self.order_id = sale.sold(*labels, known=False)
        self.code = sale.order(self.order_id).code

    @property
    def ids(self) -> dict[str, str]:
        """The ids of the valid tickets, by their seats."""
        return {label: ticket.id for label, ticket in self.sale.tickets(self.order_id).items()}

    def own(self) -> None:
        """Let the client be the guest's, who has the secret of the order."""
        with self.client.session_transaction() as kept:
            kept["orders"] = {self.code: GUEST_SECRET}

    def post(self, path: str, **values: str) -> TestResponse:
        """Send a form as the page of the first ticket has it."""
        page = self.client.get(f"/tickets/{next(iter(self.ids.values()))}").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        data = {"csrf_token": token[1], **values} if token else values
        return self.client.post(f"/orders/{self.code}/{path}", data=data)


@pytest.fixture
def bought(sale: Sale, client: FlaskClient) -> Bought:
    """Two seats, A1 and A2."""
    return Bought(sale, client, "A1", "A2")
