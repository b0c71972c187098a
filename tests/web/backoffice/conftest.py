"""What tests of the back office start with: staff at work."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from matinee.accounts.models import AuditEntry, User
from matinee.accounts.roles import grant_role
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House, add_buyer
from tests.web.conftest import OpenApp

CINEMA = "/backoffice/at/odeon"


@dataclass
class Office:
    """The browser of a member of the staff."""

    client: FlaskClient
    services: Services
    name: str
    _token: str = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        """A page."""
        return self.client.get(path, headers={"Accept": "text/html", **options.pop("headers", {})}, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """A form, with the token."""
        headers = {"Accept": "text/html", **options.pop("headers", {})}
        return self.client.post(
            path, data={"csrf_token": self.token(), **(data or {})}, headers=headers, **options
        )

    def token(self) -> str:
        """The token of this browser's pages."""
        if not self._token:
            page = self.get("/orders").text
            found = re.search(r'name="csrf_token" value="([^"]+)"', page)
            assert found, page[:500]
            self._token = found[1]
        return self._token

    def trail(self) -> list[tuple[str, str]]:
        """Action and subject of every row of the audit log, in their order."""
        wanted = select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id)
        return self.services.transactions.read(lambda s: [(row[0], row[1]) for row in s.execute(wanted)])


OpenOffice = Callable[..., Office]


@pytest.fixture
def office(open_app: OpenApp, services: Services, house: House) -> OpenOffice:
    """Opens a browser of somebody with these roles; without any, of a moviegoer. The clock stands at `NOW`."""

    def open_one(*roles: str) -> Office:
        name = f"{'-'.join(roles) or 'nobody'}@example.org"

        def join(session: Any) -> Buyer:
            member = add_buyer(session, name)
            for role in roles:
                grant_role(session, user=session.get_one(User, member.id), role=role)
            return member

        member = services.transactions.write(join)
        # Not the `client` of all tests: its requests share what one of them knows of its visitor.
        client = open_app().test_client()
        client.set_cookie("token", member.token)
        return Office(client, services, name)

    return open_one


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    """The sale, at the same cinema."""
    return Sale(services, house, buyer)
