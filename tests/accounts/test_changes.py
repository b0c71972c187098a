"""Changing the password, the address and the language of mails"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.changes import (
    ask_for_address,
    awaited_address,
    change_address,
    change_language,
    change_password,
    forget_asked_address,
)
from matinee.accounts.codes import WRONG_TRIES_MAX
from matinee.accounts.confirmation import check_reset_code, send_reset_code
from matinee.accounts.errors import SameAddress, UserExists, WrongCode
from matinee.accounts.models import User, UserSession
from matinee.accounts.sessions import start_session
from matinee.kernel.codes import hash_secret
from matinee.outbox.models import Message
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, add_buyer, mailed_codes

LIFETIME = timedelta(hours=1)
NEW = "new@example.com"


def own(session: Session, buyer: Buyer) -> User:
    return session.get_one(User, buyer.id)


def ask(services: Services, buyer: Buyer, address: str = NEW) -> str:
    """Ask for another address; the code that was mailed there."""

    def work(session: Session) -> str:
        ask_for_address(session, user=own(session, buyer), new_username=address, lifetime=LIFETIME, now=NOW)
        return mailed_codes(session, "change_address")[-1]

    return services.transactions.write(work)


def answer(services: Services, buyer: Buyer, code: str) -> object:
    return services.transactions.write(
        lambda session: change_address(session, user=own(session, buyer), code=code, now=NOW)
    )


def address_of(services: Services, buyer: Buyer) -> str:
    return services.transactions.read(lambda session: own(session, buyer).username)


def recipients(services: Services, kind: str) -> list[str]:
    return services.transactions.read(
        lambda session: list(session.scalars(select(Message.recipient).where(Message.kind == kind)))
    )


def test_a_new_password_ends_every_other_session_and_old_codes(services: Services, buyer: Buyer) -> None:
    def work(session: Session) -> str:
        user = own(session, buyer)
        start_session(session, user=user, lifetime=LIFETIME, now=NOW)
        send_reset_code(session, user=user, lifetime=LIFETIME, now=NOW)
        change_password(
            session, user=user, password_hash="new", session_hash=hash_secret(buyer.token), now=NOW
        )
        return mailed_codes(session, "reset_password")[0]

    code = services.transactions.write(work)
    kept = services.transactions.read(lambda session: session.scalars(select(UserSession.token_hash)).all())
    assert kept == [hash_secret(buyer.token)]
    refusal = services.transactions.write(
        lambda session: check_reset_code(
            session, user=own(session, buyer), code=code, password="rather a long one", now=NOW
        )
    )
    assert isinstance(refusal, WrongCode)
    assert recipients(services, "account_news") == [buyer.username]


def test_an_address_changes_by_the_code_that_went_there(services: Services, buyer: Buyer) -> None:
    code = ask(services, buyer)
    assert recipients(services, "change_address") == [NEW]
    assert address_of(services, buyer) == buyer.username
    assert answer(services, buyer, code) is None
    assert address_of(services, buyer) == NEW
    # Whoever reads the old one is told.
    assert recipients(services, "account_news") == [buyer.username]
    assert isinstance(answer(services, buyer, code), WrongCode)


def test_wrong_codes_for_an_address_count(services: Services, buyer: Buyer) -> None:
    code = ask(services, buyer)
    for _ in range(WRONG_TRIES_MAX):
        assert isinstance(answer(services, buyer, "WRONG"), WrongCode)
    assert isinstance(answer(services, buyer, code), WrongCode)
    assert address_of(services, buyer) == buyer.username


def test_an_address_that_somebody_has_is_refused_to_who_reads_its_mail_alone(
    services: Services, buyer: Buyer
) -> None:
    services.transactions.write(lambda session: add_buyer(session, NEW))
    code = ask(services, buyer)
    with pytest.raises(UserExists):
        answer(services, buyer, code)
    assert address_of(services, buyer) == buyer.username


def test_the_last_address_that_was_asked_for_counts(services: Services, buyer: Buyer) -> None:
    first = ask(services, buyer, "first@example.com")
    ask(services, buyer, "second@example.com")
    assert isinstance(answer(services, buyer, first), WrongCode)

    def awaited(session: Session) -> str | None:
        return awaited_address(session, user=own(session, buyer), now=NOW)

    assert services.transactions.read(awaited) == "second@example.com"
    services.transactions.write(lambda session: forget_asked_address(session, user=own(session, buyer)))
    assert services.transactions.read(awaited) is None


def test_the_own_address_is_no_new_one(services: Services, buyer: Buyer) -> None:
    with pytest.raises(SameAddress):
        ask(services, buyer, buyer.username)


def test_codes_that_went_to_the_old_address_open_nothing_any_more(services: Services, buyer: Buyer) -> None:
    services.transactions.write(
        lambda session: send_reset_code(session, user=own(session, buyer), lifetime=LIFETIME, now=NOW)
    )
    reset = services.transactions.read(lambda session: mailed_codes(session, "reset_password")[0])
    answer(services, buyer, ask(services, buyer))
    refusal = services.transactions.write(
        lambda session: check_reset_code(
            session, user=own(session, buyer), code=reset, password="rather a long one", now=NOW
        )
    )
    assert isinstance(refusal, WrongCode)


@pytest.mark.parametrize(("asked", "kept"), [("uk", "uk"), ("uk-UA", "uk"), ("xx", "en"), ("", "en")])
def test_mails_come_in_a_language_that_we_have(
    services: Services, buyer: Buyer, asked: str, kept: str
) -> None:
    services.transactions.write(
        lambda session: change_language(session, user=own(session, buyer), language=asked)
    )
    assert services.transactions.read(lambda session: own(session, buyer).language) == kept
