"""What the tests of the API as given share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.building import DAY, Buyer, House
from tests.web.given.through_bridge import BehindBridge

Buy = Callable[..., TestResponse]


@pytest.fixture
def buy(client: FlaskClient, house: House, buyer: Buyer) -> Buy:
    """Buys seat 5 of the first screening of tomorrow, or what else the test says; a value of None leaves a header out."""

    def buy(path: str = "/buyTicket", **changes: Any) -> TestResponse:
        values = {
            "token": buyer.token,
            "username": buyer.username,
            "date": DAY.isoformat(),
            "title": "%D0%90%D0%BC%D0%B5%D0%BB%D0%B8",
            "time": "18:00",
            "number": "5",
            **changes,
        }
        return client.post(path, headers={name: value for name, value in values.items() if value is not None})

    return buy


PutBehindBridge = Callable[[APIFlask], BehindBridge]


@pytest.fixture
def put_behind_bridge() -> Iterator[PutBehindBridge]:
    """Puts an application behind the bridge that `matinee serve` has on PostgreSQL."""
    opened: list[BehindBridge] = []

    def put(app: APIFlask) -> BehindBridge:
        opened.append(BehindBridge(app))
        return opened[-1]

    yield put
    for bridge in opened:
        bridge.end()


@pytest.fixture
def bridge(app: APIFlask, put_behind_bridge: PutBehindBridge, house: House) -> BehindBridge:
    """The application behind it."""
    return put_behind_bridge(app)
