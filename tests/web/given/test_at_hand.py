"""What is answered without waiting: the day and the schedule as nobody has changed them"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from matinee.db import version
from matinee.db.version import announce_change
from matinee.web.given.at_hand import key_at_hand
from matinee.web.shared import kept_answers
from matinee.web.shared.services import Services
from tests.building import DAY, House


def scope(path: str, query: str = "", *, method: str = "GET", **headers: str) -> dict[str, Any]:
    return {
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }


def is_at_hand(services: Services, asked: dict[str, Any]) -> bool:
    key = key_at_hand(asked)
    assert key is not None
    return services.kept_answers.at_hand(key) is not None


@pytest.fixture(autouse=True)
def nothing_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for a second is kept for longer, however slowly the test runs."""
    monkeypatch.setattr(kept_answers, "SECONDS_TO_LIVE", 600.0)
    monkeypatch.setattr(version, "LOOK_SECONDS", 600.0)


def day_query() -> str:
    return f"date={DAY.isoformat()}"


# Where the file has to be asked, nothing is at hand.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_answer_is_at_hand_once_it_was_made_and_until_something_changes(
    client: FlaskClient, services: Services, house: House
) -> None:
    day, schedule = scope("/getDay", day_query()), scope("/fullSchedule")
    assert not is_at_hand(services, day)
    assert not is_at_hand(services, schedule)
    assert client.get("/getDay", query_string=day_query()).status_code == 200
    assert client.get("/fullSchedule").status_code == 200
    assert is_at_hand(services, day)
    assert is_at_hand(services, schedule)
    assert is_at_hand(services, scope("/getDay", f"date={DAY:%Y.%m.%d}"))

    services.transactions.write(announce_change)
    assert not is_at_hand(services, day)
    assert not is_at_hand(services, schedule)


@pytest.mark.parametrize(
    "other",
    [
        scope("/getDay", day_query(), method="HEAD"),
        scope("/getDay", day_query(), cinema="lux"),
        scope("/getDay", f"{day_query()}&cinema=lux"),
        scope("/getDay"),
        scope("/getDay", "date=2023-99-99"),
        scope("/fullSchedule", "cinema=lux"),
        scope("/fullSchedule", cinema="lux"),
        scope("/getTikets", day_query()),
        scope("/"),
    ],
    ids=repr,
)
def test_what_is_asked_in_another_way_is_not(other: dict[str, Any]) -> None:
    assert key_at_hand(other) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_the_file_has_to_be_asked(client: FlaskClient, services: Services, house: House) -> None:
    client.get("/fullSchedule")
    assert not is_at_hand(services, scope("/fullSchedule"))
