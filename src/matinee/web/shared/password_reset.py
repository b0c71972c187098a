"""Setting a new password by a mailed code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.accounts.confirmation import check_reset_code, reset_password
from matinee.accounts.users import find_user
from matinee.kernel.errors import DomainError
from matinee.web.shared.address import caller_address
from matinee.web.shared.services import services


def set_new_password(*, username: str, code: str, password: str, now: datetime) -> None:
    """Set the password; every session of the user ends. A good code is not used up by a password that is too weak.

    Raises UserNotFound, WrongCode, WeakPassword, TooManyAttempts.
    """
    service = services()
    service.throttle.count_attempt("try_code", account=username, address=caller_address())

    def check(session: Session) -> DomainError | None:
        user = find_user(session, username=username)
        return check_reset_code(session, user=user, code=code, password=password, now=now)

    _raise(service.transactions.write(check))
    # Hashing takes a while, on purpose; no transaction waits for it.
    password_hash = service.passwords.hash(password)
    _raise(
        service.transactions.write(
            lambda session: reset_password(
                session,
                user=find_user(session, username=username),
                code=code,
                password_hash=password_hash,
                now=now,
            )
        )
    )


def _raise(refusal: DomainError | None) -> None:
    # Returned and not raised inside: a wrong try must be counted, so it is committed.
    if refusal is not None:
        raise refusal
