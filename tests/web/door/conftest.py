"""What tests of the door start with: half an hour before the screening in the lettered hall, and whoever holds a scanner."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.sessions import start_session
from matinee.boxoffice.models import Ticket
from matinee.tickets.codes import ticket_code
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House, add_buyer, clock_at
from tests.web.conftest import OpenApp

# 20:00 in Kyiv.
AT_THE_DOOR = datetime(2030, 5, 18, 17, 0, tzinfo=UTC)
SALT = base64.urlsafe_b64encode(bytes(range(16))).rstrip(b"=").decode()


@dataclass
class Holder:
    """Somebody with a scanner."""

    client: FlaskClient
    name: str
    screenings: list[int]
    device: str = "phone-1"
    door: str = "North"
    _tokens: list[str] = field(default_factory=list)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"/door/{path}", query_string=query)

    def listed(self, **headers: str) -> TestResponse:
        query = {"screenings": ",".join(map(str, self.screenings)), "salt": SALT}
        return self.client.get("/door/list", query_string=query, headers=headers)

    def post(self, body: Any, **more: Any) -> TestResponse:
        """A body for /door/scans, with the token."""
        if not self._tokens:
            self._tokens.append(self.get("me").json["token"])  # type: ignore[index]
        headers = {"X-CSRFToken": self._tokens[0]}
        if body is not None:
            # As a browser writes it, with whatever a scanner read: halves of characters as \ud800.
            more = {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.post("/door/scans", headers=headers, **more)

    def body(self, *scans: dict[str, Any], **changes: Any) -> dict[str, Any]:
        now = AT_THE_DOOR.isoformat()
        usual = {"device": self.device, "door": self.door, "device_now": now, "screenings": self.screenings}
        return {**usual, "scans": [{"deed": "scan", "at": now, **scan} for scan in scans], **changes}

    def tell(self, *scans: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
        """What became of scans."""
        answer = self.post(self.body(*scans, **changes))
        assert answer.status_code == 200, answer.text
        answers: list[dict[str, Any]] = answer.json["answers"]  # type: ignore[index]
        return answers

    def results(self, *scans: dict[str, Any], **changes: Any) -> list[str]:
        return [answer["result"] for answer in self.tell(*scans, **changes)]


OpenDoor = Callable[..., Holder]


@pytest.fixture(autouse=True)
def _soon(_clock_stands: None) -> Iterator[None]:
    with clock_at(AT_THE_DOOR):
        yield


@pytest.fixture
def at_door(open_app: OpenApp, services: Services, house: House) -> OpenDoor:
    """Gives a scanner to somebody with these roles, for the lettered hall; without any, to a moviegoer."""

    def give(*roles: str, device: str = "phone-1", door: str = "North", **settings: Any) -> Holder:
        name = f"{'-'.join(roles) or 'nobody'}-{device}@example.org"

        def join(session: Any) -> str:
            user = session.get_one(User, add_buyer(session, name).id)
            for role in roles:
                grant_role(session, user=user, role=role)
            token, _ = start_session(session, user=user, lifetime=timedelta(hours=8), now=AT_THE_DOOR)
            return token

        client = open_app(**settings).test_client()
        client.set_cookie("token", services.transactions.write(join))
        return Holder(client, name, [house.lettered], device, door)

    return give


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


def codes_of(services: Services, order_id: int) -> list[str]:
    """What the codes of an order's tickets say, by their seats."""
    wanted = (
        select(Ticket)
        .where(Ticket.order_id == order_id)
        .options(joinedload(Ticket.seat))
        .order_by(Ticket.seat_id)
    )
    tickets = services.transactions.read(lambda session: session.scalars(wanted).all())
    return [ticket_code("http://testserver", ticket, seal=services.seal) for ticket in tickets]


@pytest.fixture
def codes(services: Services, sale: Sale) -> list[str]:
    """The codes of A1, A2 and B1, which were bought together."""
    return codes_of(services, sale.sold("A1", "A2", "B1"))
