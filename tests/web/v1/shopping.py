"""Buying through the API of today, as guests, accounts and staff do it."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.building import House

API = "/api/v1"
GUEST = "guest@example.org"
Json = dict[str, Any]
Headers = dict[str, str]


def with_secret(told: Json) -> Headers:
    """The headers of the guest to whom this answer was given."""
    return {"Order-Secret": told["secret"]}


def uah(amount: int) -> Json:
    return {"amount": amount, "currency": "UAH"}


def refused(response: TestResponse) -> tuple[int, str]:
    """Status and code of a problem."""
    assert response.content_type == "application/problem+json"
    return response.status_code, response.json["code"]


class Shop:
    """A client of the API with paths and bodies written for it."""

    def __init__(self, client: FlaskClient, house: House) -> None:
        self.client, self.house = client, house

    def get(self, path: str, headers: Headers | None = None) -> TestResponse:
        return self.client.get(f"{API}{path}", headers=headers)

    def post(self, path: str, headers: Headers | None = None, **body: Any) -> TestResponse:
        return self.client.post(f"{API}{path}", headers=headers, json=body)

    def patch(self, path: str, headers: Headers | None = None, **body: Any) -> TestResponse:
        return self.client.patch(f"{API}{path}", headers=headers, json=body)

    def delete(self, path: str, headers: Headers | None = None) -> TestResponse:
        return self.client.delete(f"{API}{path}", headers=headers)

    def try_hold(
        self, *labels: str, headers: Headers | None = None, screening: int | None = None, **more: Any
    ) -> TestResponse:
        """Ask for seats of the lettered hall, or of another screening."""
        seats = [{"label": label} for label in labels]
        return self.post(
            "/holds", headers, **{"screening": screening or self.house.lettered, "seats": seats, **more}
        )

    def hold(self, *labels: str, **more: Any) -> Json:
        """Hold seats; return what was answered."""
        answer = self.try_hold(*labels, **more)
        assert answer.status_code == 201, answer.json
        told: Json = answer.json
        return told

    def order(self, told: Json, headers: Headers | None = None, **body: Any) -> Json:
        """Say where the tickets of a hold go, as a guest unless `headers` say who; return what was answered."""
        if headers is None:
            headers, body = with_secret(told), {"email": GUEST, **body}
        answer = self.post("/orders", headers, hold=told["code"], **body)
        assert answer.status_code == 201, answer.json
        order: Json = answer.json
        return order

    def pay(self, code: str, provider: str, headers: Headers | None = None, **body: Any) -> Json:
        """Begin to pay; return what was answered."""
        answer = self.post(f"/orders/{code}/payments", headers, provider=provider, **body)
        assert answer.status_code == 201, answer.json
        payment: Json = answer.json
        return payment

    def look(self, code: str, headers: Headers | None = None) -> Json:
        """The order as it is now."""
        answer = self.get(f"/orders/{code}", headers)
        assert answer.status_code == 200, answer.json
        order: Json = answer.json
        return order
