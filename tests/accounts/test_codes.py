"""Codes that are mailed"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.codes import (
    WRONG_TRIES_MAX,
    delete_expired_codes,
    discard_codes,
    match_code,
    send_code,
    use_up_code,
)
from matinee.accounts.models import User, UserCode
from matinee.kernel.codes import hash_secret
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import NOW, add_buyer, count_rows, mailed_codes

HOUR = timedelta(hours=1)


@pytest.fixture
def user_id(services: Services) -> int:
    return services.transactions.write(add_buyer).id


def sent(services: Services, user_id: int) -> str:
    def send(session: Session) -> str:
        send_code(session, user=session.get_one(User, user_id), purpose="reset", lifetime=HOUR, now=NOW)
        return mailed_codes(session, "reset_password")[-1]

    return services.transactions.write(send)


def matches(
    services: Services, user_id: int, code: str, *, later: timedelta = timedelta(), use: bool = False
) -> bool:
    def match(session: Session) -> bool:
        user = session.get_one(User, user_id)
        found = match_code(session, user=user, purpose="reset", code=code, now=NOW + later)
        if found is not None and use:
            use_up_code(session, code=found, now=NOW + later)
        return found is not None

    return services.transactions.write(match)


def test_the_mail_and_the_hash_are_stored_together(services: Services, user_id: int) -> None:
    code = sent(services, user_id)

    def check(session: Session) -> None:
        kept = session.scalars(select(UserCode)).one()
        mail = session.scalars(select(Message)).one()
        assert (kept.code_hash, kept.expires_at, kept.wrong_tries, kept.used_at) == (
            hash_secret(code),
            NOW + HOUR,
            0,
            None,
        )
        assert (mail.kind, mail.recipient, mail.payload) == (
            "reset_password",
            "user@example.com",
            {"user_id": user_id, "code": code},
        )

    services.transactions.read(check)


def test_to_match_does_not_use_up(services: Services, user_id: int) -> None:
    code = sent(services, user_id)
    assert matches(services, user_id, code)
    assert matches(services, user_id, code, use=True)
    assert not matches(services, user_id, code)


def test_it_ends_at_the_very_moment(services: Services, user_id: int) -> None:
    code = sent(services, user_id)
    assert matches(services, user_id, code, later=HOUR - timedelta(microseconds=1))
    assert not matches(services, user_id, code, later=HOUR)


def test_a_wrong_try_counts_against_every_live_code(services: Services, user_id: int) -> None:
    older = sent(services, user_id)
    for _ in range(WRONG_TRIES_MAX - 1):
        assert not matches(services, user_id, "WRONG")
    newer = sent(services, user_id)
    assert not matches(services, user_id, "WRONG")
    assert not matches(services, user_id, older)
    assert matches(services, user_id, newer)


def test_the_other_purpose_and_the_other_user_do_not_match(services: Services, user_id: int) -> None:
    code = sent(services, user_id)
    other = services.transactions.write(lambda session: add_buyer(session, "other@example.com")).id
    assert not matches(services, other, code)
    assert (
        services.transactions.write(
            lambda session: match_code(
                session, user=session.get_one(User, user_id), purpose="confirm", code=code, now=NOW
            )
        )
        is None
    )


def test_discarded_codes_are_gone(services: Services, user_id: int) -> None:
    code = sent(services, user_id)
    services.transactions.write(
        lambda session: discard_codes(session, user=session.get_one(User, user_id), purpose="confirm")
    )
    assert matches(services, user_id, code)
    services.transactions.write(
        lambda session: discard_codes(session, user=session.get_one(User, user_id), purpose="reset")
    )
    assert not matches(services, user_id, code)


def test_expired_codes_are_tidied_up(services: Services, user_id: int) -> None:
    sent(services, user_id)
    just_before = NOW + HOUR - timedelta(microseconds=1)
    assert services.transactions.write(lambda session: delete_expired_codes(session, now=just_before)) == 0
    assert services.transactions.write(lambda session: delete_expired_codes(session, now=NOW + HOUR)) == 1
    assert services.transactions.read(lambda session: count_rows(session, UserCode)) == 0
