"""Registering, confirming the address, and the way back for who forgot the password"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matinee.accounts.models import User
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import PASSWORD, Buyer, add_buyer, mail_kinds, mailed_codes
from tests.web.site.account.conftest import Surfer

ADDRESS = "anna@example.org"
SECRET = "a long walk home"


def user(services: Services, username: str = ADDRESS) -> User:
    return services.transactions.read(
        lambda session: session.scalars(select(User).where(User.username == username)).one()
    )


def codes(services: Services, kind: str = "confirm_email") -> list[str]:
    return services.transactions.read(lambda session: mailed_codes(session, kind))


def register(surfer: Surfer, path: str = "/account/register", **fields: str) -> str:
    answer = surfer.post(path, username=ADDRESS, password=SECRET, **fields)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_new_member_is_signed_in_and_confirms_by_the_code(surfer: Surfer, services: Services) -> None:
    assert register(surfer) == "/confirm"
    page = surfer.see("/confirm")
    assert f'value="{ADDRESS}"' in page
    (code,) = codes(services)
    assert code not in page
    assert "This code is wrong" in surfer.send("/confirm", username=ADDRESS, code="WRONG")
    assert "your address is confirmed" in surfer.send("/confirm", username=ADDRESS, code=f" {code.lower()} ")
    assert user(services).email_confirmed_at is not None


def test_who_registers_in_the_middle_of_something_goes_on_with_it(surfer: Surfer) -> None:
    assert 'name="next" value="/orders/ABC"' in surfer.see("/account/register?next=/orders/ABC")
    assert register(surfer, next="/orders/ABC") == "/orders/ABC"


@pytest.mark.parametrize(("path", "language"), [("/uk", "uk"), ("/en", "en"), ("", "en")])
def test_mails_are_in_the_language_of_the_page(
    surfer: Surfer, services: Services, path: str, language: str
) -> None:
    surfer.see(f"{path}/account/register")
    assert register(surfer, f"{path}/account/register") == f"{path}/confirm"
    assert user(services).language == language


def test_programs_say_the_language_by_a_header(surfer: Surfer, services: Services) -> None:
    surfer.client.post(
        "/register",
        query_string={"username": ADDRESS, "password": SECRET},
        headers={"Accept-Language": "uk-UA,uk;q=0.9,en;q=0.5"},
    )
    assert user(services).language == "uk"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"username": "anna"}, "This is no mail address."),
        ({"username": "user@example.com"}, "There is an account with this address already."),
        ({"password": "short"}, "too easy to guess"),
        ({"password": "password123"}, "too easy to guess"),
        ({"password": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    surfer: Surfer, services: Services, buyer: Buyer, fields: dict[str, str], said: str
) -> None:
    page = surfer.send("/account/register", **{"username": ADDRESS, "password": SECRET, **fields})
    assert said in page
    assert SECRET not in page
    assert services.transactions.read(mail_kinds) == []


def test_opening_the_link_of_the_mail_changes_nothing(surfer: Surfer, services: Services) -> None:
    register(surfer)
    (code,) = codes(services)
    stranger = Surfer(surfer.client.application.test_client())
    page = stranger.see("/confirm", query_string={"username": ADDRESS, "code": code})
    assert user(services).email_confirmed_at is None
    assert f'name="code" value="{code}"' in page
    assert "your address is confirmed" in stranger.send("/confirm", username=ADDRESS, code=code)
    assert user(services).email_confirmed_at is not None
    assert "confirmed before" in stranger.send("/confirm", username=ADDRESS, code=code)


def test_what_stands_in_the_link_is_shown_as_text(surfer: Surfer) -> None:
    page = surfer.client.get("/confirm", query_string={"username": '"><b>x</b>', "code": "<i>"}).get_data(
        as_text=True
    )
    assert "<b>x" not in page
    assert "<i>" not in page


def test_another_code_is_mailed_and_says_nothing_of_who_has_an_account(
    surfer: Surfer, services: Services, buyer: Buyer
) -> None:
    services.transactions.write(lambda session: add_buyer(session, ADDRESS, confirmed=False))
    pages = [
        surfer.send("/confirm/resend", username=name)
        for name in (ADDRESS, buyer.username, "nobody@example.org")
    ]
    assert all("a new code is on its way" in page for page in pages)
    sent = services.transactions.read(lambda session: session.scalars(select(Message.recipient)).all())
    assert sent == [ADDRESS]


def test_who_forgot_the_password_chooses_another(surfer: Surfer, services: Services, buyer: Buyer) -> None:
    pages = [surfer.post("/account/forgot", username=name) for name in ("nobody@example.org", buyer.username)]
    assert {page.headers["Location"] for page in pages} == {"/account/reset"}
    page = surfer.see("/account/reset")
    assert "If there is an account" in page
    assert f'value="{buyer.username}"' in page
    (code,) = codes(services, "reset_password")
    form = {"username": buyer.username, "code": code, "password": SECRET}
    assert "This code is wrong" in surfer.send("/account/reset", **{**form, "code": "WRONG"})
    weak = surfer.send("/account/reset", **{**form, "password": "password123"})
    assert "too easy to guess" in weak
    assert "Your new password is set" in surfer.send("/account/reset", **form)
    assert "is wrong" in surfer.send("/sign-in", username=buyer.username, password=PASSWORD)
    assert surfer.sign_in(buyer, SECRET).headers["Location"] == "/account"


def test_an_unknown_name_and_a_wrong_code_are_refused_in_the_same_words(surfer: Surfer, buyer: Buyer) -> None:
    form = {"code": "WRONG", "password": SECRET}
    for name in (buyer.username, "nobody@example.org"):
        assert "This code is wrong" in surfer.send("/account/reset", username=name, **form)
        assert "This code is wrong" in surfer.send("/confirm", username="nobody@example.org", code="WRONG")
