"""A browser without scripts: it keeps cookies, follows where it is led, and sends forms with their token."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.building import PASSWORD, Buyer
from tests.web.conftest import OpenApp


class Surfer:
    """One person's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def see(self, path: str, **options: Any) -> str:
        """The page at this path, wherever it leads."""
        return self._read(self.client.get(path, follow_redirects=True, **options))

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send a form; the answer leads on."""
        return self.client.post(path, data={"csrf_token": self.token, **fields})

    def ask(self, path: str, **body: Any) -> TestResponse:
        """Ask as a script does."""
        return self.client.post(path, json=body, headers={"X-CSRFToken": self.token})

    def send(self, path: str, **fields: str) -> str:
        """Send a form, and see the page that it leads to."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, answer.status
        return self.see(answer.headers["Location"])

    def sign_in(self, buyer: Buyer, password: str = PASSWORD) -> TestResponse:
        return self.post("/sign-in", username=buyer.username, password=password)

    @property
    def token(self) -> str:
        if not self._token:
            self.see("/sign-in")
        return self._token

    def _read(self, answer: TestResponse) -> str:
        text = answer.get_data(as_text=True)
        if found := re.search(r'name="csrf_token" value="([^"]+)"', text):
            self._token = found[1]
        return unescape(text)


@pytest.fixture
def surfer(open_app: OpenApp) -> Surfer:
    """Somebody who is not signed in."""
    # Not the `client` of all tests: its requests share one application context, and so what a request knows of its visitor.
    return Surfer(open_app().test_client())


@pytest.fixture
def member(surfer: Surfer, buyer: Buyer) -> Surfer:
    """`buyer`, signed in."""
    assert surfer.sign_in(buyer).status_code == 303
    return surfer
