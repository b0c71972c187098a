"""Signing in and out"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User, UserSession
from matinee.accounts.roles import grant_role
from matinee.accounts.throttling import LIMITS
from matinee.kernel.codes import hash_secret
from matinee.web.shared.services import Services
from tests.accounts.authenticator_app import code_at
from tests.building import NOW, PASSWORD, Buyer, clock_at
from tests.web.conftest import OpenApp
from tests.web.site.account.conftest import Surfer

SECRET = b"0123456789ABCDEFGHIJ"
STEP = timedelta(seconds=30)


@pytest.fixture
def careful(services: Services, buyer: Buyer) -> Buyer:
    """A manager whose second factor is on."""

    def turn_on(session: Session) -> None:
        user = session.get_one(User, buyer.id)
        grant_role(session, user=user, role="manager")
        user.totp_secret, user.totp_confirmed_at = services.secret_box.lock(SECRET), NOW

    services.transactions.write(turn_on)
    return buyer


def token_of(surfer: Surfer) -> str:
    cookie = surfer.client.get_cookie("token")
    return cookie.value if cookie is not None else ""


def test_whoever_signs_in_comes_to_the_tickets(surfer: Surfer, buyer: Buyer) -> None:
    answer = surfer.sign_in(buyer)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("token="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert token_of(surfer) not in ("", buyer.token)
    assert buyer.username in surfer.see("/account")


@pytest.mark.parametrize(
    ("roles", "page"),
    [(["usher"], "/door/"), (["usher", "counter"], "/account"), (["manager"], "/account")],
)
def test_whoever_is_only_an_usher_comes_to_the_door(
    surfer: Surfer, services: Services, buyer: Buyer, roles: list[str], page: str
) -> None:
    def grant(session: Session) -> None:
        for role in roles:
            grant_role(session, user=session.get_one(User, buyer.id), role=role)

    services.transactions.write(grant)
    assert surfer.sign_in(buyer).headers["Location"] == page
    # Also where somebody is signed in already, and comes by the link.
    assert surfer.client.get("/sign-in").headers["Location"] == page
    assert surfer.client.get("/sign-in?next=/films").headers["Location"] == "/films"


def test_each_sign_in_has_a_token_of_its_own_and_ends_the_one_before(
    surfer: Surfer, services: Services, buyer: Buyer
) -> None:
    surfer.sign_in(buyer)
    first = token_of(surfer)
    surfer.sign_in(buyer)
    second = token_of(surfer)
    kept = services.transactions.read(lambda session: session.scalars(select(UserSession.token_hash)).all())
    assert set(kept) == {hash_secret(token) for token in (buyer.token, second)}
    assert first != second


def test_a_wrong_password_and_an_unknown_name_are_told_in_the_same_words(
    surfer: Surfer, buyer: Buyer
) -> None:
    wrong = surfer.send("/sign-in", username=buyer.username, password="wrong")
    unknown = surfer.send("/sign-in", username="nobody@example.org", password="wrong")
    for page in (wrong, unknown):
        assert "Address or password is wrong." in page
        assert 'aria-invalid="true"' in page
        assert "wrong</" not in page
    assert 'value="nobody@example.org"' in unknown
    assert token_of(surfer) == ""
    # It is said once.
    assert "is wrong" not in surfer.see("/sign-in")


def test_an_empty_form_says_what_is_missing(surfer: Surfer) -> None:
    page = surfer.send("/sign-in", username="", password="")
    assert page.count("This field is required.") >= 2
    assert 'aria-describedby="sign-in-username-error"' in page


def test_one_goes_on_to_where_one_wanted_to_go(surfer: Surfer, buyer: Buyer) -> None:
    led = surfer.get("/account/settings")
    assert led.headers["Location"] == "/sign-in?next=/account/settings"
    assert 'name="next" value="/account/settings"' in surfer.see("/sign-in?next=/account/settings")
    answer = surfer.post("/sign-in", username=buyer.username, password=PASSWORD, next="/account/settings")
    assert answer.headers["Location"] == "/account/settings"
    # Who is signed in need not do it again.
    assert surfer.get("/sign-in?next=/orders").headers["Location"] == "/orders"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(surfer: Surfer, buyer: Buyer, elsewhere: str) -> None:
    shown = surfer.see("/sign-in", query_string={"next": elsewhere})
    assert 'name="next"' not in shown.partition('action="/appearance"')[0]
    answer = surfer.post("/sign-in", username=buyer.username, password=PASSWORD, next=elsewhere)
    assert answer.headers["Location"] == "/account"


def test_a_form_of_another_site_signs_nobody_in_or_out(member: Surfer, buyer: Buyer) -> None:
    client = member.client
    form = {"username": buyer.username, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 400
    assert client.post("/sign-out").status_code == 400
    assert buyer.username in member.see("/account")


def test_attempts_are_counted(open_app: OpenApp, services: Services, buyer: Buyer) -> None:
    surfer = Surfer(open_app(ratelimit="on").test_client())
    for _ in range(LIMITS["login"][0].amount):
        assert "is wrong" in surfer.send("/sign-in", username=buyer.username, password="wrong")
    assert "Too many attempts" in surfer.send("/sign-in", username=buyer.username, password=PASSWORD)
    assert token_of(surfer) == ""


def test_signing_out_ends_the_session(member: Surfer, services: Services, buyer: Buyer) -> None:
    assert "You are signed out." in member.send("/sign-out")
    assert token_of(member) == ""
    kept = services.transactions.read(lambda session: session.scalars(select(UserSession.token_hash)).all())
    assert kept == [hash_secret(buyer.token)]
    assert member.get("/account").headers["Location"] == "/sign-in?next=/account"


def test_the_second_factor_is_a_second_step(surfer: Surfer, careful: Buyer, services: Services) -> None:
    answer = surfer.post("/sign-in", username=careful.username, password=PASSWORD, next="/account/settings")
    assert answer.headers["Location"] == "/sign-in/code"
    assert token_of(surfer) == ""
    page = surfer.see("/sign-in/code")
    assert 'autocomplete="one-time-code"' in page
    assert "This code is wrong" in surfer.send("/sign-in/code", code="000000")
    done = surfer.post("/sign-in/code", code=code_at(SECRET, NOW))
    assert done.headers["Location"] == "/account/settings"
    shown = services.transactions.read(
        lambda session: session.get_one(UserSession, hash_secret(token_of(surfer))).second_factor_at
    )
    assert shown == NOW
    assert surfer.get("/account/settings").status_code == 200
    # The step is done: its page does not ask again.
    assert surfer.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_the_second_step_may_take_five_minutes(surfer: Surfer, careful: Buyer) -> None:
    surfer.sign_in(careful)
    late = NOW + timedelta(minutes=5, seconds=1)
    with clock_at(late):
        assert "took too long" in surfer.send("/sign-in/code", code=code_at(SECRET, late))
    assert token_of(surfer) == ""


def test_the_second_step_ends_with_the_password_that_began_it(
    surfer: Surfer, careful: Buyer, services: Services
) -> None:
    surfer.sign_in(careful)
    services.transactions.write(
        lambda session: setattr(session.get_one(User, careful.id), "password_hash", "another")
    )
    assert "took too long" in surfer.send("/sign-in/code", code=code_at(SECRET, NOW))
    assert token_of(surfer) == ""


def test_the_second_step_is_counted(open_app: OpenApp, careful: Buyer) -> None:
    surfer = Surfer(open_app(ratelimit="on").test_client())
    surfer.sign_in(careful)
    for _ in range(LIMITS["try_code"][0].amount):
        surfer.post("/sign-in/code", code="000000")
    assert "Too many attempts" in surfer.send("/sign-in/code", code=code_at(SECRET, NOW))
    assert token_of(surfer) == ""


def test_a_session_without_the_second_factor_changes_no_account(surfer: Surfer, careful: Buyer) -> None:
    surfer.client.post("/login", query_string={"username": careful.username, "password": PASSWORD})
    assert surfer.get("/account").status_code == 200
    for path in ("/account/settings", "/account/second-factor", "/account/export", "/account/delete"):
        led = surfer.get(path)
        assert led.headers["Location"] == "/sign-in?next=/account/settings", path
    # There it is asked for, though somebody is signed in.
    assert "second factor" in surfer.see("/account/settings")
    surfer.sign_in(careful)
    surfer.post("/sign-in/code", code=code_at(SECRET, NOW))
    assert surfer.get("/account/settings").status_code == 200
