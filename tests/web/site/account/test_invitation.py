"""Accepting an invitation to the staff on the website"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matinee.accounts.invitations import invite
from matinee.accounts.models import User, UserSession
from matinee.accounts.roles import roles_of
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, House, on_one_database
from tests.web.site.account.conftest import Surfer

EMAIL = "olena@example.org"
SECRET = "a long walk home"


@pytest.fixture(autouse=True)
def _a_house(house: House) -> None:
    """The back office is that of a cinema."""


def invited(services: Services, email: str = EMAIL) -> str:
    services.transactions.write(
        lambda s: (
            invite(s, email=email, roles=("usher",), invited_by="anna@example.org", language="en", now=NOW).id
        )
    )
    wanted = select(Message).where(Message.kind == "invitation").order_by(Message.id.desc())
    return str(services.transactions.read(lambda s: s.scalars(wanted).first()).payload["code"])  # type: ignore[union-attr]


def roles(services: Services, email: str) -> list[str]:
    def read(session) -> list[str]:
        user = session.scalars(select(User).where(User.username == email)).one_or_none()
        return roles_of(session, user_id=user.id) if user is not None else []

    return services.transactions.read(read)


def test_somebody_new_opens_the_account_there_and_is_in_the_back_office(
    surfer: Surfer, services: Services
) -> None:
    code = invited(services)
    answer = surfer.get(f"/en/invitation?code={code}")
    assert answer.headers["Location"] == "/en/invitation", "the code stays in no history"
    page = surfer.see("/en/invitation")
    assert EMAIL in page
    assert "Usher" in page
    assert roles(services, EMAIL) == [], "looking changes nothing"
    assert "too easy to guess" in surfer.send("/en/invitation", password="12345678")
    answer = surfer.post("/en/invitation", password=SECRET)
    assert answer.headers["Location"] == "/backoffice/"
    assert roles(services, EMAIL) == ["usher"]
    user = services.transactions.read(lambda s: s.scalars(select(User).where(User.username == EMAIL)).one())
    assert user.email_confirmed_at == NOW
    assert surfer.get(f"/invitation?code={code}").status_code == 303
    assert surfer.get("/invitation").status_code == 410


def test_who_has_an_account_signs_in_and_accepts(surfer: Surfer, services: Services, buyer: Buyer) -> None:
    code = invited(services, buyer.username)
    page = surfer.see(f"/invitation?code={code}")
    assert "/sign-in?next=/invitation" in page
    assert 'name="password"' not in page
    surfer.sign_in(buyer)
    assert "Accept" in surfer.see("/invitation")
    assert surfer.post("/invitation").headers["Location"] == "/backoffice/"
    assert roles(services, buyer.username) == ["usher"]


def test_who_is_signed_in_with_another_address_cannot_accept(
    member: Surfer, services: Services, buyer: Buyer
) -> None:
    page = member.see(f"/invitation?code={invited(services)}")
    assert "is not for that address" in page
    assert member.post("/invitation").status_code == 403
    assert roles(services, buyer.username) == []


def test_nobody_takes_an_account_over_by_its_invitation(
    surfer: Surfer, services: Services, buyer: Buyer
) -> None:
    surfer.see(f"/invitation?code={invited(services, buyer.username)}")
    before = services.transactions.read(lambda s: len(s.scalars(select(UserSession)).all()))
    assert "Sign in, and accept then" in surfer.send("/invitation", password=SECRET)
    assert services.transactions.read(lambda s: len(s.scalars(select(UserSession)).all())) == before
    assert roles(services, buyer.username) == []


@on_one_database
@pytest.mark.parametrize("code", ["", "WRONG", "%00", "x" * 5000])
def test_a_code_that_is_none_is_refused_with_a_sentence(surfer: Surfer, code: str) -> None:
    assert surfer.get(f"/invitation?code={code}").status_code == 303
    answer = surfer.get("/invitation")
    assert answer.status_code == 410
    assert "Ask for another one" in answer.text
