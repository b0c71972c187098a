"""GET /halls/{hall_id}/layout"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.programme.models import Hall, Screening, Seat
from matinee.web.shared.services import Services
from tests.building import LETTERED, House

FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture
def url(client: FlaskClient, house: House) -> str:
    """The address of the lettered hall's layout, as its screening tells it."""
    found: str = client.get(f"/api/v1/screenings/{house.lettered}").json["layout_url"]
    return found


def change(services: Services, house: House, model: type[Hall] | type[Seat], **values: Any) -> None:
    def write(session: Session) -> None:
        hall_id = session.get_one(Screening, house.lettered).hall_id
        column = Hall.id if model is Hall else Seat.hall_id
        session.execute(update(model).where(column == hall_id).values(**values))
        announce_change(session)

    services.transactions.write(write)


def test_a_layout_tells_where_each_seat_stands_and_what_it_is(client: FlaskClient, url: str) -> None:
    layout = client.get(url).json
    assert layout["hall"]["name"] == "Hall 10"
    assert [seat["label"] for seat in layout["seats"]] == list(LETTERED)
    assert layout["seats"][4] == {
        "label": "B1", "row": "B", "place": "1", "x": 4, "y": 0, "kind": "standard", "zone": "sofa",
    }  # fmt: skip
    assert (layout["columns"], layout["lines"]) == (6, 1)
    assert url.endswith(f"?v={layout['version']}")


def test_under_its_version_it_may_be_kept_for_a_year(client: FlaskClient, url: str) -> None:
    assert client.get(url).headers["Cache-Control"] == FOREVER
    for other in (url.partition("?")[0], url + "0"):
        answer = client.get(other)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
        assert answer.data == client.get(url).data
    again = client.get(url, headers={"If-None-Match": client.get(url).headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, FOREVER)


@pytest.mark.parametrize(
    ("model", "values"),
    [(Seat, {"kind": "sofa"}), (Seat, {"zone": "x"}), (Seat, {"y": 3}), (Hall, {"focal_x": 2, "focal_y": 0}),
     (Hall, {"curve": 40}), (Hall, {"name": "Great Hall"})],
)  # fmt: skip
def test_whatever_changes_there_changes_the_address(
    client: FlaskClient, services: Services, house: House, url: str, model: Any, values: dict[str, Any]
) -> None:
    before = client.get(url).data
    change(services, house, model, **values)
    after = client.get(f"/api/v1/screenings/{house.lettered}").json["layout_url"]
    assert after != url
    assert client.get(after).headers["Cache-Control"] == FOREVER
    # The old address is never kept with the new content.
    old = client.get(url)
    assert (old.data == client.get(after).data, old.headers["Cache-Control"]) == (True, "no-cache")
    assert old.data != before


def test_a_sale_does_not_change_the_address(client: FlaskClient, house: House, url: str, sell: Any) -> None:
    sell(house.lettered, "A1")
    assert client.get(f"/api/v1/screenings/{house.lettered}").json["layout_url"] == url


def test_the_focal_point_is_the_halls_own_or_worked_out(
    client: FlaskClient, services: Services, house: House, url: str
) -> None:
    path = url.partition("?")[0]
    assert client.get(path).json["focal_point"] == {"x": 2.5, "y": 0.0}
    change(services, house, Hall, focal_x=1, focal_y=0)
    assert client.get(path).json["focal_point"] == {"x": 1.0, "y": 0.0}


def test_a_hall_without_seats_has_a_layout(client: FlaskClient, services: Services, house: House) -> None:
    def add(session: Session) -> int:
        hall = Hall(cinema_id=house.cinema, name="New")
        session.add(hall)
        session.flush()
        return hall.id

    layout = client.get(f"/api/v1/halls/{services.transactions.write(add)}/layout").json
    assert (layout["seats"], layout["columns"], layout["lines"]) == ([], 0, 0)


def test_an_unknown_hall_is_404(client: FlaskClient, house: House) -> None:
    assert client.get("/api/v1/halls/999/layout").json["code"] == "hall_not_found"
