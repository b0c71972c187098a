"""Somebody who chooses seats without a browser, and the sale that he finds."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matinee.web.shared.signin import COOKIE
from tests.building import Buyer, House
from tests.web.conftest import OpenApp

JSON = {"Accept": "application/json"}


@dataclass
class Shopper:
    """One person's browser at the page of one screening."""

    client: FlaskClient
    screening: int

    @property
    def here(self) -> str:
        return f"/screenings/{self.screening}"

    def look(self, **query: str) -> str:
        answer = self.client.get(self.here, query_string=query)
        assert answer.status_code == 200
        return answer.text

    def config(self) -> dict[str, Any]:
        """What the page tells its scripts."""
        found = re.search(r'data-picker="([^"]*)"', self.look())
        assert found is not None
        told: dict[str, Any] = json.loads(html.unescape(found[1]))
        return told

    def choose(self, *labels: str, **types: str) -> TestResponse:
        """Ask for exactly these seats, as the scripts do."""
        seats = [{"label": label, "ticket_type": types.get(label)} for label in labels]
        headers = {**JSON, "X-CSRFToken": self.config()["token"]}
        return self.client.post(f"{self.here}/choice", json={"seats": seats}, headers=headers)

    def send(self, action: str, data: dict[str, str], *, by_script: bool = False) -> TestResponse:
        """Send a form of the page."""
        form = {**data, "csrf_token": self.config()["token"]}
        return self.client.post(f"{self.here}/{action}", data=form, headers=JSON if by_script else {})

    def held(self) -> list[str]:
        """The labels of the seats that are held."""
        hold = self.client.get(f"{self.here}/choice", headers=JSON).json["hold"]
        return [seat["label"] for seat in hold["seats"]] if hold is not None else []

    def map_marks(self) -> dict[str, str]:
        """Seat label -> state, of the seats in the drawing that are not free."""
        return dict(re.findall(r'data-n="([^"]+)"[^>]*? data-s="(\w+)"', self.look()))


OpenShop = Callable[..., Shopper]


@pytest.fixture
def open_shop(open_app: OpenApp, house: House) -> OpenShop:
    """Opens the page of a screening in a browser of its own, at a process of its own; `buyer`: who is signed in there."""

    def open_one(screening: int | None = None, buyer: Buyer | None = None) -> Shopper:
        client = open_app().test_client()
        if buyer is not None:
            client.set_cookie(COOKIE, buyer.token)
        return Shopper(client, screening or house.lettered)

    return open_one


@pytest.fixture
def shopper(open_shop: OpenShop) -> Shopper:
    """A guest at the lettered hall, which has prices."""
    return open_shop()
