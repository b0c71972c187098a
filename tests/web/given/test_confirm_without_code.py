"""POST /confirmEmail that carries no code"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.accounts.codes import WRONG_TRIES_MAX
from matinee.web.shared.services import Services
from tests.building import mailed_codes

USERNAME = "new@example.com"


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_it_is_no_try_and_spoils_no_code(client: FlaskClient, services: Services, accept: str) -> None:
    client.post("/register", json={"username": USERNAME, "password": "a long passphrase"})
    (code,) = services.transactions.read(mailed_codes)
    for _ in range(WRONG_TRIES_MAX):
        answer = client.post("/confirmEmail", data={"username": USERNAME}, headers={"Accept": accept})
        assert (answer.status_code, answer.json) == (
            400,
            {"message": "Bad request", "detail": "code is missing."},
        )
    assert client.post("/confirmEmail", data={"username": USERNAME, "code": code}).status_code == 200
