"""POST /buyTicket: all that is asked of the application, asked of what stands before it in `matinee serve`"""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from matinee.web.shared.asgi import Headers
from tests.web.given import test_buy_ticket as asked_of_the_application
from tests.web.given.conftest import Buy
from tests.web.given.through_bridge import BehindBridge

globals().update(
    {name: test for name, test in vars(asked_of_the_application).items() if name.startswith("test_")}
)


class EveryWording(dict[object, Headers]):
    """As if the application had sold to all who ask, in whatever words."""

    def pop(self, _words: object, _default: object = None) -> Headers:  # type: ignore[override]
        return [(b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff")]


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def client(bridge: BehindBridge) -> Client:
    bridge.passing._headers = EveryWording()
    return Client(bridge.wsgi)


def test_these_are_not_sold_by_the_application(buy: Buy, bridge: BehindBridge) -> None:
    assert buy(**asked_of_the_application.LETTERED).status_code == 200
    assert (bridge.asked, len(bridge.told)) == (0, 1)
