"""The examples of the API's first description, word for word: the requests as they stand there, the answers that they get.

The clock stands in April 2023, where those examples are; the house shows what they name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from matinee.programme.models import Cinema, Film, Hall, Seat
from matinee.web.shared.services import Services
from tests.building import add_screening, clock_at, mailed_codes

USER = "user@example.com"
CODE = "123456"
SECRET_CODE = "abcdefg12345"
SENT = {"message": "Email sent successfully"}
NO_USER = {"message": "User not found"}
# As the description writes a purchase in headers; the seats in its two forms.
AVENGERS = {"date": "2023-04-15", "title": "The Avengers", "time": "15:00", "username": USER}


@pytest.fixture(autouse=True)
def _april_2023() -> Iterator[None]:
    with clock_at(datetime(2023, 4, 8, 12, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def house(services: Services) -> None:
    """Two halls, one with numbers and one with letters."""

    def build(session: Session) -> None:
        cinema = Cinema(slug="odeon", name="Odeon", timezone="UTC", currency="EUR")
        avengers, other = (
            Film(title="The Avengers", duration_minutes=143),
            Film(title="Movie Title", duration_minutes=90),
        )
        session.add_all([cinema, avengers, other])
        session.flush()
        for name, labels, film, day in (
            ("Hall 1", ("A1", "A2", "A3"), avengers, date(2023, 4, 15)),
            ("Hall 2", ("1", "2", "3", "4", "5"), other, date(2023, 4, 15)),
            ("Hall 3", ("1", "2"), other, date(2023, 4, 9)),
        ):
            hall = Hall(cinema_id=cinema.id, name=name)
            session.add(hall)
            session.flush()
            session.add_all(
                Seat(hall_id=hall.id, label=label, row="", place=label, x=x, y=0)
                for x, label in enumerate(labels)
            )
            add_screening(session, hall=hall, film=film, day=day, time="15:00")

    services.transactions.write(build)


def register(client: FlaskClient) -> TestResponse:
    return client.post(f"/register?username={USER}&password=mysecretpassword")


def confirmed_token(client: FlaskClient, services: Services) -> str:
    token: str = register(client).json["token"]
    code = services.transactions.read(mailed_codes)[-1]
    assert client.get(f"/confirmEmail?username={USER}&code={code}").status_code == 200
    # From here on the token speaks for itself.
    client.delete_cookie("token")
    return token


def said(answer: TestResponse) -> tuple[int, Any]:
    return answer.status_code, answer.json


def test_login(client: FlaskClient) -> None:
    register(client)
    answer = client.post(f"/login?username={USER}&password=mysecretpassword")
    assert answer.status_code == 200
    assert set(answer.json) == {"message", "token", "validDue"}
    assert answer.json["message"] == "Logged in successfully"
    assert isinstance(answer.json["token"], str)
    assert isinstance(answer.json["validDue"], int)
    # "the session token is also returned in a cookie named token"
    cookie = client.get_cookie("token")
    assert cookie is not None
    assert cookie.value == answer.json["token"]
    wrong = client.post(f"/login?username={USER}&password=wrong")
    assert said(wrong) == (400, {"message": "Wrong username or password"})


def test_register(client: FlaskClient) -> None:
    answer = register(client)
    assert answer.status_code == 200
    assert answer.json["message"] == "User registered successfully"
    assert isinstance(answer.json["token"], str)


def test_is_email_confirmed(client: FlaskClient, services: Services) -> None:
    path = f"/isEmailConfirmed?username={USER}"
    assert said(client.get(path)) == (404, NO_USER)
    register(client)
    assert said(client.get(path)) == (200, {"message": "Email not confirmed"})
    code = services.transactions.read(mailed_codes)[-1]
    client.get(f"/confirmEmail?username={USER}&code={code}")
    assert said(client.get(path)) == (200, {"message": "Email confirmed"})


def test_confirm_email(client: FlaskClient, services: Services) -> None:
    path = f"/confirmEmail?username={USER}"
    assert said(client.get(f"{path}&code={CODE}")) == (404, NO_USER)
    register(client)
    assert said(client.get(path)) == (200, SENT)
    assert said(client.get(f"{path}&code=-1")) == (200, {"message": "Email not confirmed"})
    assert said(client.get(f"{path}&code={CODE}")) == (400, {"message": "Wrong code"})
    code = services.transactions.read(mailed_codes)[-1]
    assert said(client.get(f"{path}&code={code}")) == (200, {"message": "Email confirmed"})
    assert said(client.get(f"{path}&code=-1")) == (200, {"message": "Email confirmed"})
    assert said(client.get(path)) == (400, {"message": "Email already confirmed"})


def test_resend_email_validation_code(client: FlaskClient, services: Services) -> None:
    path = f"/resendEmailValidationCode?username={USER}"
    assert said(client.get(path)) == (404, NO_USER)
    register(client)
    assert said(client.get(path)) == (200, SENT)
    code = services.transactions.read(mailed_codes)[-1]
    client.get(f"/confirmEmail?username={USER}&code={code}")
    assert said(client.get(path)) == (400, {"message": "Email already confirmed"})


@pytest.mark.parametrize("forgot", ["/forgotPassword", "/forgot-password"])
@pytest.mark.parametrize("reset", ["/resetPassword", "/reset-password"])
def test_forgot_and_reset_password(client: FlaskClient, services: Services, forgot: str, reset: str) -> None:
    reset_with = f"{reset}?username={USER}&password=newpassword&secret_code="
    assert said(client.post(f"{forgot}?username={USER}")) == (404, NO_USER)
    assert said(client.post(reset_with + SECRET_CODE)) == (404, NO_USER)
    register(client)
    assert said(client.post(f"{forgot}?username={USER}")) == (200, SENT)
    assert said(client.post(reset_with + SECRET_CODE)) == (400, {"message": "Wrong secret code"})
    (code,) = services.transactions.read(lambda session: mailed_codes(session, "reset_password"))
    assert said(client.post(reset_with + code)) == (200, {"message": "Password reset successfully"})


def test_get_day_and_full_schedule(client: FlaskClient) -> None:
    answer = client.get("/getDay?date=2023-04-09")
    assert answer.status_code == 200
    assert answer.json["message"] == "success"
    (film,) = answer.json["day"]
    assert {"title", "duration", "trailer", "beginTime", "aviableTikets"} <= set(film)
    assert said(client.get("/getDay?date=2023-04-10")) == (404, {"message": "Date not found"})
    schedule = client.get("/fullSchedule")
    assert said(schedule)[0] == 200
    assert list(schedule.json["schedule"]) == ["2023-04-09", "2023-04-15"]
    assert schedule.json["schedule"]["2023-04-09"] == [film]


def test_check_token(client: FlaskClient, services: Services) -> None:
    path = f"/checkToken?username={USER}&token="
    wrong = "rygtfcedxswzaq1234567890poiuytrewqas"
    assert said(client.get(path + wrong)) == (404, NO_USER)
    token = confirmed_token(client, services)
    assert said(client.get(path + token)) == (200, {"message": "Token valid"})
    assert said(client.get(path + wrong)) == (200, {"message": "Token not valid"})


def test_buy_ticket_and_get_tikets(client: FlaskClient, services: Services) -> None:
    token = confirmed_token(client, services)
    headers = {**AVENGERS, "title": "Movie Title", "token": token, "number": "5"}
    answer = client.post("/buyTicket", headers=headers)
    data = answer.json["data"]
    assert said(answer) == (200, {"message": "Ticket bought successfully", "data": data})
    assert re.fullmatch("[A-Za-z0-9]{16}", data["id"])
    ticket = {
        "date": "2023-04-15",
        "title": "Movie Title",
        "time": "15:00",
        "number": 5,
        "id": data["id"],
        "urltoqr": f"http://testserver/tikets/{data['id']}.png",
    }
    assert data == ticket
    mine = client.get(f"/getTikets?username={USER}&token={token}")
    assert said(mine) == (200, {"message": "success", "tikets": [ticket]})
    for name, value, message in (
        ("username", "nobody@example.com", "User not found"),
        ("date", "2023-04-10", "Date not found"),
        ("title", "The Godfather", "Title not found"),
        ("time", "16:00", "Time not found"),
        ("number", "5", "Seat not found"),
    ):
        assert said(client.post("/buyTicket", headers={**headers, name: value})) == (
            404,
            {"message": message},
        )
    wrong = client.post("/buyTicket", headers={**headers, "token": "wrong"})
    assert said(wrong) == (400, {"message": "Wrong token or session expired"})


def test_buy_many_tikets(client: FlaskClient, services: Services) -> None:
    token = confirmed_token(client, services)
    answer = client.post("/buyManyTikets", headers={**AVENGERS, "token": token, "number": "[A1, A2, A3]"})
    assert answer.status_code == 200
    assert answer.json["message"] == "Ticket bought successfully"
    assert answer.json["data"] == [
        {
            "username": USER,
            "date": "2023-04-15",
            "title": "The Avengers",
            "time": "15:00",
            "number": label,
            "id": ticket["id"],
            "urltoqr": f"http://testserver/tikets/{ticket['id']}.png",
        }
        for label, ticket in zip(("A1", "A2", "A3"), answer.json["data"], strict=True)
    ]


def test_the_address_has_to_be_confirmed_before_a_purchase(client: FlaskClient) -> None:
    token = register(client).json["token"]
    for path in ("/buyTicket", "/buyManyTikets"):
        answer = client.post(path, headers={**AVENGERS, "token": token, "number": "A1"})
        assert said(answer) == (400, {"message": "Email not confirmed"})
