"""Keys with which programs call"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.accounts.api_keys import (
    USE_NOTED_EVERY,
    caller_of_key,
    create_api_key,
    list_api_keys,
    note_use,
    revoke_api_key,
)
from matinee.accounts.callers import ANONYMOUS, Caller
from matinee.accounts.errors import (
    ApiKeyNotFound,
    ApiKeyNotValid,
    ScopeMissing,
    ScopeNotFound,
    SessionNotValid,
)
from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.scopes import SCOPES, check_grantable
from matinee.db.transaction import Transactions
from matinee.web.shared.services import Services
from tests.accounts.session_callers import caller_of_session
from tests.building import NOW, Buyer

ALL = Caller(identity="user:1", name="manager@example.com", scopes=frozenset(SCOPES))


@pytest.fixture
def transactions(services: Services) -> Transactions:
    return services.transactions


def test_a_key_leads_to_its_scopes_until_it_is_revoked(transactions: Transactions) -> None:
    key, secret = transactions.write(
        lambda session: create_api_key(
            session, name="Site", scopes=["sales"], creator=ALL, expires_at=None, now=NOW
        )
    )
    caller, _ = transactions.read(lambda session: caller_of_key(session, secret=secret, now=NOW))
    assert (caller.identity, caller.name, caller.scopes) == (f"key:{key.public_id}", "key Site", {"sales"})
    assert caller.is_known
    assert caller.user_id is None
    transactions.write(lambda session: revoke_api_key(session, public_id=key.public_id, now=NOW))
    with pytest.raises(ApiKeyNotValid):
        transactions.read(lambda session: caller_of_key(session, secret=secret, now=NOW))
    with pytest.raises(ApiKeyNotFound):
        transactions.write(lambda session: revoke_api_key(session, public_id=key.public_id, now=NOW))
    assert transactions.read(list_api_keys) == []


def test_its_use_is_to_be_noted_when_a_minute_is_over(transactions: Transactions) -> None:
    key, secret = transactions.write(
        lambda session: create_api_key(
            session, name="Site", scopes=["sales"], creator=ALL, expires_at=None, now=NOW
        )
    )
    transactions.write(lambda session: note_use(session, api_key_id=key.id, now=NOW))

    def is_to_be_noted(after: timedelta) -> bool:
        return transactions.read(lambda session: caller_of_key(session, secret=secret, now=NOW + after))[1]

    assert not is_to_be_noted(USE_NOTED_EVERY - timedelta(microseconds=1))
    assert is_to_be_noted(USE_NOTED_EVERY)


def test_what_a_key_may_have_is_what_its_giver_has() -> None:
    assert check_grantable(["orders:read", "sales", "sales"], held=ALL.scopes) == ("sales", "orders:read")
    with pytest.raises(ScopeMissing) as refusal:
        check_grantable(["sales", "orders:read"], held=frozenset({"sales"}))
    assert refusal.value.scope == "orders:read"
    for scopes in ([], ["me"], ["nothing"]):
        with pytest.raises(ScopeNotFound):
            check_grantable(scopes, held=ALL.scopes)


def test_a_session_leads_to_its_user_and_the_scopes_of_the_roles(
    transactions: Transactions, buyer: Buyer
) -> None:
    def with_roles(session: Session) -> Caller:
        user = session.get_one(User, buyer.id)
        for role in ("usher", "auditor"):
            grant_role(session, user=user, role=role)
        return caller_of_session(session, token=buyer.token, now=NOW, second_factor_required=False)

    caller = transactions.write(with_roles)
    assert (caller.identity, caller.name, caller.user_id) == (f"user:{buyer.id}", buyer.username, buyer.id)
    assert caller.scopes == {"me", "sales", "programme:read", "orders:read", "admissions:write"}
    with pytest.raises(SessionNotValid):
        transactions.read(
            lambda session: caller_of_session(
                session, token=buyer.token, now=NOW + timedelta(hours=24), second_factor_required=False
            )
        )


def test_nobody_may_do_nothing() -> None:
    assert not ANONYMOUS.is_known
    assert not any(ANONYMOUS.may(scope) for scope in SCOPES)
