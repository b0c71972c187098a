"""Powers that are withheld from a session without a second factor, everywhere"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.second_factor import begin_second_factor
from matinee.accounts.sessions import start_session
from matinee.web.shared.services import Services
from tests.building import NOW, PASSWORD, Buyer, House, add_buyer
from tests.web.conftest import OpenApp


@pytest.fixture
def anna(services: Services, house: House) -> Buyer:
    def work(session: Session) -> Buyer:
        member = add_buyer(session, "anna@example.org")
        grant_role(session, user=session.get_one(User, member.id), role="manager")
        return member

    return services.transactions.write(work)


def begin(services: Services, member: Buyer, *, second_factor: bool) -> str:
    return services.transactions.write(
        lambda s: start_session(
            s,
            user=s.get_one(User, member.id),
            lifetime=timedelta(hours=1),
            now=NOW,
            second_factor=second_factor,
        )
    )[0]


def turn_on(services: Services, member: Buyer) -> None:
    def work(session: Session) -> None:
        user = session.get_one(User, member.id)
        begin_second_factor(session, user=user, box=services.secret_box)
        user.totp_confirmed_at = NOW

    services.transactions.write(work)


def browser(open_app: OpenApp, token: str, required: str) -> FlaskClient:
    client = open_app(staff_second_factor=required).test_client()
    client.set_cookie("token", token)
    return client


def api_status(client: FlaskClient, token: str) -> list[int]:
    """Of calls for staff: of a manager, and at the door."""
    client.delete_cookie("token")
    headers = {"Authorization": f"Bearer {token}"}
    return [
        client.get(path, headers=headers).status_code for path in ("/api/v1/api-keys", "/api/v1/admissions")
    ]


def test_without_one_a_session_has_no_powers_and_is_led_to_where_it_is_set_up(
    open_app: OpenApp, services: Services, anna: Buyer
) -> None:
    client = browser(open_app, anna.token, "on")
    answer = client.get("/backoffice/people?role=usher")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/account/second-factor?next=/backoffice/people?role%3Dusher"
    page = client.get(answer.headers["Location"]).text
    assert "asks its staff for a second factor" in page
    part = client.get("/backoffice/people", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"].startswith("/account/second-factor")
    assert api_status(client, anna.token) == [403, 403]


def test_with_one_that_was_not_shown_it_is_led_to_signing_in_anew(
    open_app: OpenApp, services: Services, anna: Buyer
) -> None:
    turn_on(services, anna)
    for required in ("on", "off"):
        client = browser(open_app, anna.token, required)
        answer = client.get("/backoffice/people")
        assert answer.headers["Location"] == "/sign-in?next=/backoffice/people"
        page = client.get(answer.headers["Location"])
        assert page.status_code == 200, "no circle"
        assert "with the code of your app" in page.text
        assert api_status(client, anna.token) == [403, 403]


def test_a_session_that_showed_one_has_them(open_app: OpenApp, services: Services, anna: Buyer) -> None:
    token = begin(services, anna, second_factor=True)
    client = browser(open_app, token, "on")
    assert client.get("/backoffice/people").status_code == 200
    assert api_status(client, token) == [200, 200]


def test_where_it_is_not_required_a_password_is_enough(open_app: OpenApp, anna: Buyer) -> None:
    client = browser(open_app, anna.token, "off")
    assert client.get("/backoffice/people").status_code == 200
    assert api_status(client, anna.token) == [200, 200]


def test_a_moviegoer_is_asked_for_nothing(open_app: OpenApp, buyer: Buyer, house: House) -> None:
    client = browser(open_app, buyer.token, "on")
    assert client.get("/account").status_code == 200
    assert client.get("/backoffice/people").status_code == 403


def test_a_login_of_the_api_as_given_brings_no_powers(open_app: OpenApp, anna: Buyer) -> None:
    client = open_app(staff_second_factor="on").test_client()
    token = client.post(f"/login?username={anna.username}&password={PASSWORD}").get_json()["token"]
    assert api_status(client, token) == [403, 403]
