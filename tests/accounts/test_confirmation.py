"""Confirming an address and setting a password, where what is kept matters"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.codes import WRONG_TRIES_MAX
from matinee.accounts.confirmation import (
    check_reset_code,
    confirm_email,
    reset_password,
    send_confirmation,
    send_reset_code,
)
from matinee.accounts.errors import EmailAlreadyConfirmed, WeakPassword, WrongCode
from matinee.accounts.models import User, UserCode
from matinee.web.shared.services import Services
from tests.building import NOW, add_buyer, count_rows, mailed_codes

LIFETIME = timedelta(hours=1)


def user_of(session: Session) -> User:
    return session.scalars(select(User)).one()


def test_a_wrong_code_is_returned_so_that_its_count_is_kept(services: Services) -> None:
    services.transactions.write(lambda session: add_buyer(session, confirmed=False))
    services.transactions.write(
        lambda session: send_confirmation(session, user=user_of(session), lifetime=LIFETIME, now=NOW)
    )
    for tries in range(1, WRONG_TRIES_MAX + 1):
        refusal = services.transactions.write(
            lambda session: confirm_email(session, user=user_of(session), code="WRONG", now=NOW)
        )
        assert isinstance(refusal, WrongCode)
        kept = services.transactions.read(lambda session: session.scalars(select(UserCode.wrong_tries)).one())
        assert kept == tries


def test_the_moment_of_the_confirmation_is_kept(services: Services) -> None:
    services.transactions.write(lambda session: add_buyer(session, confirmed=False))

    def confirm(session: Session) -> object:
        user = user_of(session)
        send_confirmation(session, user=user, lifetime=LIFETIME, now=NOW)
        (code,) = mailed_codes(session)
        return confirm_email(session, user=user, code=code, now=NOW + timedelta(minutes=5))

    assert services.transactions.write(confirm) is None
    assert services.transactions.read(user_of).email_confirmed_at == NOW + timedelta(minutes=5)


def test_a_confirmed_address_needs_no_code(services: Services) -> None:
    services.transactions.write(add_buyer)
    for act in (
        lambda session: send_confirmation(session, user=user_of(session), lifetime=LIFETIME, now=NOW),
        lambda session: confirm_email(session, user=user_of(session), code="X", now=NOW),
    ):
        with pytest.raises(EmailAlreadyConfirmed):
            services.transactions.write(act)


def test_to_look_at_a_reset_code_changes_nothing_where_it_is_right(services: Services) -> None:
    services.transactions.write(add_buyer)

    def look(session: Session) -> None:
        user = user_of(session)
        send_reset_code(session, user=user, lifetime=LIFETIME, now=NOW)
        (code,) = mailed_codes(session, "reset_password")
        weak = check_reset_code(session, user=user, code=code, password="short", now=NOW)
        assert isinstance(weak, WeakPassword)
        assert check_reset_code(session, user=user, code=code, password="long enough", now=NOW) is None
        wrong = check_reset_code(session, user=user, code="WRONG", password="short", now=NOW)
        assert isinstance(wrong, WrongCode)
        assert session.scalars(select(UserCode.wrong_tries)).one() == 1

    services.transactions.write(look)


def test_a_new_password_leaves_no_reset_code_behind(services: Services) -> None:
    services.transactions.write(add_buyer)

    def reset(session: Session) -> None:
        user = user_of(session)
        for _ in range(2):
            send_reset_code(session, user=user, lifetime=LIFETIME, now=NOW)
        code = mailed_codes(session, "reset_password")[0]
        assert reset_password(session, user=user, code=code, password_hash="new", now=NOW) is None
        again = reset_password(session, user=user, code=code, password_hash="newer", now=NOW)
        assert isinstance(again, WrongCode)

    services.transactions.write(reset)
    assert services.transactions.read(user_of).password_hash == "new"
    assert services.transactions.read(lambda session: count_rows(session, UserCode)) == 0
