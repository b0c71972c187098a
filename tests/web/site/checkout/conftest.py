"""Orders of guests and members, and the browsers that have them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matinee.boxoffice.models import Order
from matinee.kernel.codes import hash_secret
from matinee.web.shared.signin import COOKIE
from tests.boxoffice.selling import Sale
from tests.building import Buyer
from tests.web.site.conftest import HERE


@pytest.fixture
def app(demo_app: APIFlask) -> APIFlask:
    """Matinee on this machine, with demo payments."""
    return demo_app


class Browser:
    """A visitor's browser, which fills in forms."""

    def __init__(self, client: FlaskClient, sale: Sale) -> None:
        self.client, self.sale = client, sale

    def has(self, order_id: int) -> str:
        """Let this browser have the secret of a guest's order; the order's code."""
        secret = f"secret of {order_id}"

        def keep(session: Any) -> str:
            order = session.get_one(Order, order_id)
            order.secret_hash = hash_secret(secret)
            return str(order.code)

        code = self.sale.write(keep)
        with self.client.session_transaction() as cookie:
            cookie["orders"] = {**cookie.get("orders", {}), code: secret}
        return code

    def sign_in(self, buyer: Buyer) -> None:
        self.client.set_cookie(COOKIE, buyer.token, domain="localhost")

    def look(self, code: str, path: str = "", **more: Any) -> TestResponse:
        return self.client.get(f"/orders/{code}{path}", **more)

    def send(self, code: str, path: str, **form: Any) -> TestResponse:
        """Send a form of the order's page, with its token."""
        return self.client.post(f"/orders/{code}/{path}", data={"csrf_token": self.token(), **form})

    def press(self, code: str, path: str, **form: Any) -> str:
        """Send a form, and follow to the page that it leads to."""
        answer = self.send(code, path, **form)
        assert answer.status_code == 303, answer.text
        return self.client.get(answer.headers["Location"]).text

    def token(self) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/orders").text)
        assert found
        return found[1]

    def pay(self, code: str, answer: str = "pay") -> TestResponse:
        """Press the button of the play money, and one on its page."""
        led = self.send(code, "payment", provider="demo")
        return self.client.post(led.headers["Location"].removeprefix(HERE), data={"answer": answer})


@pytest.fixture
def browser(client: FlaskClient, sale: Sale) -> Browser:
    return Browser(client, sale)


@pytest.fixture
def stranger(app: APIFlask, sale: Sale) -> Browser:
    """The browser of somebody else."""
    return Browser(app.test_client(), sale)
