"""Sessions"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from matinee.accounts.errors import SessionNotValid
from matinee.accounts.models import User, UserSession
from matinee.accounts.sessions import (
    delete_expired_sessions,
    end_all_sessions,
    require_session,
    session_is_valid,
    start_session,
    user_of_session,
)
from matinee.kernel.codes import hash_secret
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, add_buyer, count_rows

DAY_LONG = timedelta(hours=24)


@pytest.fixture
def buyer(services: Services) -> Buyer:
    return services.transactions.write(add_buyer)


def test_a_token_is_kept_as_a_hash(services: Services, buyer: Buyer) -> None:
    kept = services.transactions.read(lambda session: session.scalars(select(UserSession)).one())
    assert kept.token_hash == hash_secret(buyer.token)
    assert buyer.token not in str(vars(kept))


def test_what_is_told_is_what_is_kept_to_the_second(services: Services, buyer: Buyer) -> None:
    now = NOW + timedelta(microseconds=999_999)

    def start(session) -> bool:
        user = session.get_one(User, buyer.id)
        token, expires_at = start_session(session, user=user, lifetime=DAY_LONG, now=now)
        assert expires_at.microsecond == 0
        assert session.get_one(UserSession, hash_secret(token)).expires_at == expires_at
        return True

    assert services.transactions.write(start)


def test_a_session_ends_at_its_very_end(services: Services, buyer: Buyer) -> None:
    def check(session) -> None:
        user = session.get_one(User, buyer.id)
        before, end = NOW + DAY_LONG - timedelta(seconds=1), NOW + DAY_LONG
        assert session_is_valid(session, user=user, token=buyer.token, now=before)
        assert user_of_session(session, token=buyer.token, now=before).id == buyer.id
        assert not session_is_valid(session, user=user, token=buyer.token, now=end)
        with pytest.raises(SessionNotValid):
            require_session(session, user=user, token=buyer.token, now=end)
        with pytest.raises(SessionNotValid):
            user_of_session(session, token=buyer.token, now=end)

    services.transactions.read(check)


def test_a_session_is_of_one_user(services: Services, buyer: Buyer) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    with pytest.raises(SessionNotValid):
        services.transactions.read(
            lambda session: require_session(
                session, user=session.get_one(User, other.id), token=buyer.token, now=NOW
            )
        )


def test_all_sessions_of_a_user_end_and_no_other(services: Services, buyer: Buyer) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "other@example.com"))
    services.transactions.write(
        lambda session: end_all_sessions(session, user=session.get_one(User, buyer.id))
    )
    kept = services.transactions.read(lambda session: session.scalars(select(UserSession.user_id)).all())
    assert kept == [other.id]


def test_expired_sessions_are_tidied_up(services: Services, buyer: Buyer) -> None:
    before = NOW + DAY_LONG - timedelta(seconds=1)
    assert services.transactions.write(lambda session: delete_expired_sessions(session, now=before)) == 0
    assert (
        services.transactions.write(lambda session: delete_expired_sessions(session, now=NOW + DAY_LONG)) == 1
    )
    assert services.transactions.read(lambda session: count_rows(session, UserSession)) == 0
