"""The settings of an account, its passkeys, its second factor, its data, and its end"""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import Passkey, User, UserSession
from matinee.accounts.roles import grant_role
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.accounts.authenticator import Authenticator
from tests.accounts.authenticator_app import code_at
from tests.building import NOW, PASSWORD, Buyer, add_buyer, clock_at, count_rows, mailed_codes
from tests.web.site.account.conftest import Surfer

SETTINGS = "/account/settings"
NEW_PASSWORD = "another long walk"
ORIGIN = {"origin": "http://testserver", "rp_id": "testserver"}


def user(services: Services, buyer: Buyer) -> User:
    return services.transactions.read(lambda session: session.get_one(User, buyer.id))


def challenge_in(options: Any) -> bytes:
    text = options["challenge"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def add_passkey(member: Surfer, device: Authenticator, name: str = "Phone") -> Any:
    options = member.ask(f"{SETTINGS}/passkeys/options", password=PASSWORD)
    assert options.status_code == 200, options.text
    answer = device.make(challenge_in(options.json), user_handle=options.json["user"]["id"])
    return member.ask(f"{SETTINGS}/passkeys", name=name, credential=answer)


def test_the_language_of_mails_is_changed(member: Surfer, services: Services, buyer: Buyer) -> None:
    assert "in this language" in member.send(f"{SETTINGS}/language", language="uk")
    assert user(services, buyer).language == "uk"


def test_a_new_password_needs_the_old_one(member: Surfer, services: Services, buyer: Buyer) -> None:
    form = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert "not your password" in member.send(f"{SETTINGS}/password", **{**form, "old_password": "wrong"})
    assert "too easy" in member.send(f"{SETTINGS}/password", **{**form, "new_password": "password123"})
    page = member.send(f"{SETTINGS}/password", **form)
    assert "Your new password is set" in page
    # Still signed in here, and nowhere else.
    assert services.transactions.read(lambda session: count_rows(session, UserSession)) == 1
    member.send("/sign-out")
    assert "is wrong" in member.send("/sign-in", username=buyer.username, password=PASSWORD)
    assert member.sign_in(buyer, NEW_PASSWORD).headers["Location"] == "/account"


def test_a_new_address_needs_the_password_and_the_code(
    member: Surfer, services: Services, buyer: Buyer
) -> None:
    form = {"new_address": "New@Example.org", "password": PASSWORD}
    assert "not your password" in member.send(f"{SETTINGS}/address", **{**form, "password": "wrong"})
    same = member.send(f"{SETTINGS}/address", **{**form, "new_address": buyer.username})
    assert "has already" in same
    assert "We have mailed a code" in member.send(f"{SETTINGS}/address", **form)
    assert "code is wrong" in member.send(f"{SETTINGS}/address/code", code="WRONG")
    assert user(services, buyer).username == buyer.username
    (code,) = services.transactions.read(lambda session: mailed_codes(session, "change_address"))
    assert "new@example.org" in member.send(f"{SETTINGS}/address/code", code=code)
    assert user(services, buyer).username == "new@example.org"


def test_one_may_keep_the_old_address_after_all(member: Surfer, services: Services, buyer: Buyer) -> None:
    member.send(f"{SETTINGS}/address", new_address="new@example.org", password=PASSWORD)
    (code,) = services.transactions.read(lambda session: mailed_codes(session, "change_address"))
    assert "keeps its address" in member.send(f"{SETTINGS}/address/keep")
    assert "Change the address" in member.see(SETTINGS)
    assert "code is wrong" in member.send(f"{SETTINGS}/address/code", code=code)
    assert user(services, buyer).username == buyer.username


def test_devices_are_signed_out_one_by_one_or_all_at_once(
    member: Surfer, services: Services, buyer: Buyer
) -> None:
    member.client.post("/api/v1/sessions", json={"username": buyer.username, "password": PASSWORD})
    page = member.see(SETTINGS)
    assert page.count("this device") == 1
    first, _ = re.findall(r"/sessions/(\w+)/end\"", page)
    member.send(f"{SETTINGS}/sessions/{first}/end")
    assert services.transactions.read(lambda session: count_rows(session, UserSession)) == 2
    member.send(f"{SETTINGS}/sessions/end-others")
    assert services.transactions.read(lambda session: count_rows(session, UserSession)) == 1
    assert member.get(SETTINGS).status_code == 200


def test_nobody_signs_out_devices_of_others(member: Surfer, services: Services) -> None:
    services.transactions.write(lambda session: add_buyer(session, "another@example.com"))
    others = services.transactions.read(
        lambda session: session.scalars(
            select(UserSession.token_hash).join(User).where(User.username == "another@example.com")
        ).one()
    )
    member.send(f"{SETTINGS}/sessions/{others[:16]}/end")
    assert services.transactions.read(lambda session: session.get(UserSession, others)) is not None


def test_a_passkey_signs_in_with_the_powers_of_a_second_factor(
    member: Surfer, services: Services, buyer: Buyer
) -> None:
    device = Authenticator(**ORIGIN)
    assert add_passkey(member, device).status_code == 200
    assert "Phone" in member.see(SETTINGS)
    member.send("/sign-out")
    options = member.ask("/sign-in/passkey/options").json
    answer = device.show(challenge_in(options))
    done = member.ask("/sign-in/passkey?next=/account/settings", credential=answer)
    assert done.json == {"next": "/account/settings"}
    newest = services.transactions.read(
        lambda session: session.scalars(
            select(UserSession).where(UserSession.second_factor_at.is_not(None))
        ).all()
    )
    assert [one.user_id for one in newest] == [buyer.id]


def test_a_challenge_is_answered_once_and_in_time(member: Surfer) -> None:
    device = Authenticator(**ORIGIN, counts=False)
    add_passkey(member, device)
    member.send("/sign-out")
    challenge = challenge_in(member.ask("/sign-in/passkey/options").json)
    kept = member.client.get_cookie("visitor")
    assert kept is not None
    answer = device.show(challenge)
    assert member.ask("/sign-in/passkey", credential=answer).status_code == 200
    # The answer again, with the cookie of before.
    member.client.set_cookie("visitor", kept.value)
    assert member.ask("/sign-in/passkey", credential=answer).status_code == 403
    challenge = challenge_in(member.ask("/sign-in/passkey/options").json)
    with clock_at(NOW + timedelta(minutes=5, seconds=1)):
        assert member.ask("/sign-in/passkey", credential=device.show(challenge)).status_code == 403


@pytest.mark.parametrize(
    "body", [{}, {"credential": []}, {"credential": {"id": 7}}, {"credential": {"id": "\0"}}]
)
def test_what_is_no_answer_to_a_challenge_is_refused(surfer: Surfer, body: dict[str, Any]) -> None:
    surfer.ask("/sign-in/passkey/options")
    refused = surfer.ask("/sign-in/passkey", **body)
    assert refused.status_code == 403
    assert "did not work" in refused.json["error"]


def test_a_passkey_is_added_with_the_password_alone(member: Surfer, services: Services) -> None:
    refused = member.ask(f"{SETTINGS}/passkeys/options", password="wrong")
    assert (refused.status_code, refused.json) == (403, {"error": "This is not your password."})
    # A challenge for signing in is none for a new one.
    device = Authenticator(**ORIGIN)
    challenge = challenge_in(member.ask("/sign-in/passkey/options").json)
    answer = device.make(challenge)
    assert member.ask(f"{SETTINGS}/passkeys", credential=answer).status_code == 403
    assert services.transactions.read(lambda session: count_rows(session, Passkey)) == 0


def test_staff_whose_device_asks_nothing_are_asked_for_the_code(
    member: Surfer, services: Services, buyer: Buyer
) -> None:
    device = Authenticator(**ORIGIN, verifies=False)
    add_passkey(member, device)
    services.transactions.write(
        lambda session: grant_role(session, user=session.get_one(User, buyer.id), role="usher")
    )
    member.send("/account/second-factor/begin")
    page = member.see("/account/second-factor")
    letters = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert letters is not None
    secret = base64.b32decode(letters[1].replace(" ", ""))
    assert "<svg" in page
    assert "code is wrong" in member.send("/account/second-factor/on", code="000000")
    assert "The second factor is on." in member.send("/account/second-factor/on", code=code_at(secret, NOW))
    assert letters[1] not in member.see("/account/second-factor")
    member.send("/sign-out")
    challenge = challenge_in(member.ask("/sign-in/passkey/options").json)
    done = member.ask("/sign-in/passkey", credential=device.show(challenge))
    assert done.json == {"next": "/sign-in/code"}
    later = NOW + timedelta(minutes=1)
    with clock_at(later):
        assert member.post("/sign-in/code", code=code_at(secret, later)).headers["Location"] == "/door/"
        assert "code is wrong" in member.send("/account/second-factor/off", code=code_at(secret, later))
    last = later + timedelta(minutes=1)
    with clock_at(last):
        page = member.send("/account/second-factor/off", code=code_at(secret, last))
        assert "The second factor is off." in page
    assert user(services, buyer).totp_secret is None


def test_ones_data_comes_as_a_file(member: Surfer, buyer: Buyer) -> None:
    answer = member.get("/account/export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    data = json.loads(answer.data)
    assert data["account"]["address"] == buyer.username
    assert len(data["sessions"]) == 2


def test_an_account_is_deleted_with_the_password(member: Surfer, services: Services, buyer: Buyer) -> None:
    assert "not your password" in member.send("/account/delete", password="wrong")
    assert "Your account is deleted." in member.send("/account/delete", password=PASSWORD)
    assert services.transactions.read(lambda session: count_rows(session, User)) == 0
    assert member.client.get_cookie("token") is None
    assert "is wrong" in member.send("/sign-in", username=buyer.username, password=PASSWORD)
    sent = services.transactions.read(lambda session: session.scalars(select(Message.kind)).all())
    assert sent == ["account_news"]


def test_an_account_is_deleted_with_a_passkey_of_its_own(
    member: Surfer, services: Services, buyer: Buyer
) -> None:
    device, stranger = Authenticator(**ORIGIN), Authenticator(**ORIGIN)
    add_passkey(member, device)
    other = services.transactions.write(lambda session: add_buyer(session, "another@example.com"))
    add_passkey(member, stranger)

    def give_away(session: Session) -> None:
        passkey = session.scalars(select(Passkey).order_by(Passkey.id.desc())).first()
        assert passkey is not None
        passkey.user_id = other.id

    services.transactions.write(give_away)
    stranger.user_handle = None
    challenge = challenge_in(member.ask("/sign-in/passkey/options").json)
    assert member.ask("/account/delete/passkey", credential=stranger.show(challenge)).status_code == 403
    challenge = challenge_in(member.ask("/sign-in/passkey/options").json)
    assert member.ask("/account/delete/passkey", credential=device.show(challenge)).json == {"next": "/"}
    left = services.transactions.read(lambda session: session.scalars(select(User.username)).all())
    assert left == ["another@example.com"]


def test_staff_are_told_why_they_cannot_leave(member: Surfer, services: Services, buyer: Buyer) -> None:
    services.transactions.write(
        lambda session: grant_role(session, user=session.get_one(User, buyer.id), role="usher")
    )
    assert "A manager takes your role away first." in member.see("/account/delete")
    assert "member of staff" in member.send("/account/delete", password=PASSWORD)
    assert user(services, buyer).username == buyer.username
