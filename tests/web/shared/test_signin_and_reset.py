"""A login with the old password while the password is reset"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matinee.accounts.codes import send_code
from matinee.accounts.confirmation import reset_password
from matinee.accounts.models import User
from matinee.accounts.passwords import Passwords
from matinee.accounts.sessions import session_is_valid, start_session
from matinee.web.shared import signin
from matinee.web.shared.services import Services
from tests.building import NOW, PASSWORD, Buyer, mailed_codes

# Long enough for a reset that does not wait to be over.
HEAD_START_SECONDS = 0.5


def reset(services: Services, buyer: Buyer) -> None:
    def work(session: Session) -> None:
        (code,) = mailed_codes(session, "reset_password")
        user = session.get_one(User, buyer.id)
        assert reset_password(session, user=user, code=code, password_hash="another", now=NOW) is None

    services.transactions.write(work)


def test_no_session_of_the_old_password_outlives_the_reset(
    services: Services, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.transactions.write(
        lambda session: send_code(
            session,
            user=session.get_one(User, buyer.id),
            purpose="reset",
            lifetime=services.reset_code_lifetime,
            now=NOW,
        )
    )
    meanwhile = threading.Thread(target=reset, args=(services, buyer))

    def start_late(*arguments: Any, **more: Any) -> tuple[str, datetime]:
        meanwhile.start()
        meanwhile.join(HEAD_START_SECONDS)
        return start_session(*arguments, **more)

    monkeypatch.setattr(signin, "start_session", start_late)
    token, _ = signin.log_in(
        services.transactions,
        Passwords(cheap=True),
        username=buyer.username,
        password=PASSWORD,
        lifetime=services.session_lifetime,
        now=NOW,
    )
    meanwhile.join()

    def is_valid(session: Session) -> bool:
        user = session.get_one(User, buyer.id)
        assert user.password_hash == "another"
        return session_is_valid(session, user=user, token=token, now=NOW)

    assert not services.transactions.read(is_valid)
