"""What is answered without waiting: the seats of a screening as nobody has changed them"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.db import version
from matinee.db.version import Change, announce_change
from matinee.web.shared import kept_answers
from matinee.web.shared.services import Services
from matinee.web.v1.at_hand import shown_at_hand
from tests.building import House
from tests.web.given.test_at_hand import scope


@pytest.fixture(autouse=True)
def nothing_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for a second is kept for longer, however slowly the test runs."""
    monkeypatch.setattr(kept_answers, "SECONDS_TO_LIVE", 600.0)
    monkeypatch.setattr(version, "LOOK_SECONDS", 600.0)


# Where the file has to be asked, nothing is at hand.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_seats_are_at_hand_once_they_were_read_and_until_something_changes(
    client: FlaskClient, services: Services, house: House
) -> None:
    path = f"/api/v1/screenings/{house.lettered}/seats"
    shown = shown_at_hand(scope(path))
    assert shown is not None
    assert services.kept_answers.at_hand(shown.key) is None
    assert client.get(path).status_code == 200
    assert services.kept_answers.at_hand(shown.key) is not None
    services.transactions.write(lambda session: announce_change(session, Change.CLAIMS))
    assert services.kept_answers.at_hand(shown.key) is None


def test_they_are_counted_as_the_route_that_they_are(client: FlaskClient, house: House) -> None:
    shown = shown_at_hand(scope(f"/api/v1/screenings/{house.lettered}/seats"))
    assert shown is not None
    assert shown.route in {rule.rule for rule in client.application.url_map.iter_rules()}


@pytest.mark.parametrize(
    "other",
    [
        scope("/api/v1/screenings/7/seats", method="HEAD"),
        scope("/api/v1/screenings/7/seats", "a=1"),
        scope("/api/v1/screenings/07/seats"),
        scope("/api/v1/screenings/\u0667/seats"),
        scope("/api/v1/screenings/7/seats/"),
        scope("/api/v1/screenings/7"),
    ],
    ids=repr,
)
def test_what_is_asked_in_another_way_is_not(other: dict[str, object]) -> None:
    assert shown_at_hand(other) is None
