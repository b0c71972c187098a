"""GET /"""

from __future__ import annotations

from flask.testing import FlaskClient

from matinee.web.shared.services import Services
from tests.building import House, cancel


def test_the_page_shows_what_is_on_and_nothing_that_was_cancelled(
    client: FlaskClient, house: House, services: Services
) -> None:
    assert "20:30 Café" in client.get("/").text

    services.transactions.write(lambda session: cancel(session, house.lettered))

    page = client.get("/").text
    assert "20:30" not in page
    assert "18:00 Амели" in page
