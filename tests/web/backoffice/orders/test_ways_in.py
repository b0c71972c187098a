"""Who has a way in: API keys, sessions, and who is locked out"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.accounts.api_keys import caller_of_key
from matinee.accounts.errors import ApiKeyNotValid
from matinee.accounts.models import ApiKey, AttemptCount, UserSession
from matinee.accounts.throttling import LIMITS, account_key
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, count_rows, on_one_database
from tests.web.backoffice.conftest import OpenOffice

KEYS, SESSIONS, THROTTLED = "/backoffice/api-keys", "/backoffice/sessions", "/backoffice/throttled"


def test_a_key_is_made_shown_once_and_revoked(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    made = manager.post(KEYS, {"name": "  Our  website ", "scope": ["sales", "orders:read"]})
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    [secret] = re.findall(r"mk_\w+", made.text)
    caller, _ = services.transactions.read(lambda s: caller_of_key(s, secret=secret, now=NOW))
    assert (caller.name, caller.scopes) == ("key Our website", {"sales", "orders:read"})
    listed = manager.get(KEYS).text
    assert "Our website" in listed
    assert secret not in listed
    [key] = services.transactions.read(lambda s: list(s.query(ApiKey)))
    manager.post(f"{KEYS}/{key.public_id}/revoke", {"typed": "no"})
    assert "Our website" in manager.get(KEYS).text
    manager.post(f"{KEYS}/{key.public_id}/revoke", {"typed": key.hint})
    with pytest.raises(ApiKeyNotValid):
        services.transactions.read(lambda s: caller_of_key(s, secret=secret, now=NOW))
    assert "Our website" not in manager.get(KEYS).text
    assert manager.get(f"{KEYS}/{key.public_id}/revoke").status_code == 404
    assert [action for action, _ in manager.trail()] == ["api_key.create", "api_key.revoke"]
    assert secret not in manager.get("/backoffice/audit").text


def test_a_key_ends_with_its_day(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    made = manager.post(KEYS, {"name": "Fair", "scope": "sales", "until": "2030-05-20"})
    [secret] = re.findall(r"mk_\w+", made.text)
    with pytest.raises(ApiKeyNotValid):
        services.transactions.read(lambda s: caller_of_key(s, secret=secret, now=NOW + timedelta(days=4)))


@on_one_database
@pytest.mark.parametrize(
    "form",
    [{"name": "", "scope": "sales"}, {"name": "\0", "scope": "sales"}, {"name": "x" * 101, "scope": "sales"},
     {"name": "x"}, {"name": "x", "scope": "me"}, {"name": "x", "scope": "nonsense"},
     {"name": "x", "scope": "sales", "until": "2030-05-17"}],
)  # fmt: skip
def test_a_key_that_cannot_be_is_not_made_and_what_was_typed_stays(
    office: OpenOffice, services: Services, form: dict[str, str]
) -> None:
    manager = office("manager")
    answer = manager.post(KEYS, form)
    assert answer.status_code == 200
    assert "notice-error" in answer.text
    assert f'value="{form["name"]}"' in answer.text or "\0" in form["name"]
    assert services.transactions.read(lambda s: count_rows(s, ApiKey)) == 0


@on_one_database
def test_a_day_that_is_none_is_refused(office: OpenOffice) -> None:
    form = {"name": "x", "scope": "sales", "until": "soon"}
    assert office("manager").post(KEYS, form).status_code == 400


def test_whoever_is_signed_in_is_listed_and_signed_out(
    office: OpenOffice, services: Services, buyer: Buyer
) -> None:
    manager = office("manager")
    page = manager.get(SESSIONS).text
    assert buyer.username in page
    assert "this device" in page
    assert buyer.username not in manager.get(f"{SESSIONS}?staff=staff").text
    assert "manager@example.org</a>" not in manager.get(f"{SESSIONS}?staff=customers").text
    assert "Nobody who fits" in manager.get(f"{SESSIONS}?user=nobody").text
    assert buyer.username in manager.get(f"{SESSIONS}?user=USER@").text

    def device(session: Session) -> str:
        return session.query(UserSession).filter_by(user_id=buyer.id).one().token_hash

    token_hash = services.transactions.read(device)
    assert token_hash not in page
    manager.post(f"{SESSIONS}/{buyer.id}/end", {"session": token_hash[:16]})
    assert buyer.username not in manager.get(SESSIONS).text
    manager.post(f"{SESSIONS}/{buyer.id}/end", {"session": token_hash[:16]})
    assert "signed out already" in manager.get(SESSIONS).text
    assert manager.trail() == [("user.sign_out", f"user:{buyer.id}")]


def test_who_is_locked_out_is_listed_and_unlocked(
    office: OpenOffice, services: Services, buyer: Buyer
) -> None:
    per_account, per_address = LIMITS["login"]
    keys = {
        per_account.key_for("login", account_key(buyer.username)): per_account.amount,
        per_address.key_for("login", "address:192.0.2.9"): per_address.amount + 3,
        LIMITS["send_code"][0].key_for("send_code", account_key(buyer.username)): 1,
    }

    def lock(session: Session) -> None:
        for key, count in keys.items():
            session.add(AttemptCount(key=key, count=count, expires_at=NOW + timedelta(minutes=10)))

    services.transactions.write(lock)
    manager = office("manager")
    page = manager.get(THROTTLED).text
    for told in (buyer.username, "192.0.2.9", "Signing in", "12:10:00"):
        assert told in page, told
    assert "Having codes sent</td>" not in page
    assert buyer.username not in manager.get(f"{THROTTLED}?who=192").text
    assert "Nobody is locked out" in manager.get(f"{THROTTLED}?what=register").text
    manager.post(f"{THROTTLED}/unlock", {"key": next(iter(keys))})
    left = manager.get(THROTTLED).text
    assert f"{buyer.username}</td>" not in left
    assert "192.0.2.9" in left
    manager.post(f"{THROTTLED}/unlock", {"key": "nonsense\0"})
    assert "Nothing is locked there" in manager.get(THROTTLED).text
    assert manager.trail() == [("lockout.end", "lockout:login")]


@pytest.mark.parametrize("key_id", ["%00", "NOBODY", "%D0%B6"])
def test_a_key_that_nobody_knows_is_not_found(office: OpenOffice, key_id: str) -> None:
    assert office("manager").get(f"{KEYS}/{key_id}/revoke").status_code == 404
