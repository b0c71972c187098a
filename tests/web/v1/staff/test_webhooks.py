"""The webhook endpoints, their secrets, and the log of what each was told"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from matinee.outbox.webhooks.events import announce_event
from matinee.web.shared.services import Services
from tests.building import NOW, House, on_one_database
from tests.web.v1.conftest import Headers, Staff

PATH = "/api/v1/webhook-endpoints"
URL = "https://crm.example.org/matinee"


@pytest.fixture
def manager(staff: Staff) -> Headers:
    return staff("manager")


def register(client: FlaskClient, headers: Headers, **changes: Any) -> Any:
    return client.post(PATH, json={"url": URL, "events": ["order.paid"], **changes}, headers=headers)


def happen(services: Services, count: int = 1) -> None:
    for _ in range(count):
        services.transactions.write(
            lambda session: announce_event(session, event="order.paid", payload={"order_id": 1}, now=NOW)
        )


def test_an_endpoint_tells_its_secret_once(client: FlaskClient, manager: Headers) -> None:
    made = register(client, manager, description="Records")
    assert made.status_code == 201
    endpoint = made.json
    secret = endpoint.pop("secret")
    assert secret.startswith("whsec_")
    assert client.get(made.headers["Location"], headers=manager).json == endpoint
    listed = client.get(PATH, headers=manager)
    assert listed.json["items"] == [endpoint]
    assert secret not in listed.text
    renewed = client.post(f"{made.headers['Location']}/secret", headers=manager).json
    assert renewed["secret"] not in ("", secret)


def test_an_endpoint_changes_and_is_told_nothing_once_deactivated(
    client: FlaskClient, services: Services, manager: Headers
) -> None:
    path = register(client, manager).headers["Location"]
    changed = client.patch(path, json={"events": ["order.refunded", "order.paid"]}, headers=manager)
    assert (changed.status_code, changed.json["events"]) == (200, ["order.paid", "order.refunded"])
    assert client.delete(path, headers=manager).status_code == 204
    assert client.get(path, headers=manager).json == {**changed.json, "active": False}
    happen(services)
    assert client.get(f"{path}/deliveries", headers=manager).json["items"] == []
    assert client.patch(path, json={"active": True}, headers=manager).json == changed.json
    happen(services)
    assert len(client.get(f"{path}/deliveries", headers=manager).json["items"]) == 1


def test_the_log_is_told_newest_first_in_pages(
    client: FlaskClient, services: Services, manager: Headers
) -> None:
    path = f"{register(client, manager).headers['Location']}/deliveries"
    happen(services, 3)
    page = client.get(f"{path}?limit=2", headers=manager).json
    rest = client.get(f"{path}?limit=2&cursor={page['next_cursor']}", headers=manager).json
    ids = [one["id"] for one in page["items"] + rest["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 3
    assert {one["state"] for one in page["items"]} == {"waiting"}


def test_an_event_is_delivered_again_under_its_own_id(
    client: FlaskClient, services: Services, manager: Headers
) -> None:
    path = register(client, manager).headers["Location"]
    happen(services)
    (told,) = client.get(f"{path}/deliveries", headers=manager).json["items"]
    again = client.post(f"{path}/deliveries/{told['id']}/redelivery", headers=manager)
    assert (again.status_code, again.json["event_id"]) == (201, told["event_id"])
    assert len(client.get(f"{path}/deliveries", headers=manager).json["items"]) == 2
    unknown = client.post(f"{path}/deliveries/9999/redelivery", headers=manager)
    assert (unknown.status_code, unknown.json["code"]) == (404, "delivery_not_found")
    client.delete(path, headers=manager)
    inactive = client.post(f"{path}/deliveries/{told['id']}/redelivery", headers=manager)
    assert (inactive.status_code, inactive.json["code"]) == (409, "endpoint_not_active")


def test_a_log_is_of_one_endpoint(client: FlaskClient, services: Services, manager: Headers) -> None:
    first = register(client, manager).headers["Location"]
    happen(services)
    other = register(client, manager).headers["Location"]
    (told,) = client.get(f"{first}/deliveries", headers=manager).json["items"]
    assert client.get(f"{other}/deliveries", headers=manager).json["items"] == []
    assert client.post(f"{other}/deliveries/{told['id']}/redelivery", headers=manager).status_code == 404


@on_one_database
def test_values_are_checked(client: FlaskClient, manager: Headers) -> None:
    for changes in (
        {"url": "http://crm.example.org"},
        {"url": "https://127.0.0.1/x"},
        {"events": ["order.lost"]},
    ):
        answer = register(client, manager, **changes)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_endpoint"), changes
    assert register(client, manager, events=[]).json["code"] == "invalid_values"
    assert client.get(f"{PATH}/we_NOTHING", headers=manager).json["code"] == "endpoint_not_found"


@on_one_database
@pytest.mark.parametrize("role", ["programmer", "counter", "usher", "auditor"])
def test_only_managers_see_and_write_endpoints(
    client: FlaskClient, house: House, staff: Staff, role: str
) -> None:
    headers = staff(role)
    assert register(client, headers).json["scope"] == "webhooks:write"
    for method, path in (
        ("get", PATH), ("get", f"{PATH}/x"), ("patch", f"{PATH}/x"), ("delete", f"{PATH}/x"), ("post", f"{PATH}/x/secret"),
        ("get", f"{PATH}/x/deliveries"), ("post", f"{PATH}/x/deliveries/1/redelivery"),
    ):  # fmt: skip
        body = {"json": {}} if method == "patch" else {}
        assert getattr(client, method)(path, headers=headers, **body).status_code == 403, (method, path)
