"""Users: registering, finding, confirming the address."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.errors import NotAnAddress, UserExists, UserNotFound
from matinee.accounts.models import User
from matinee.db.constraints import translating
from matinee.languages.catalogs import DEFAULT_LANGUAGE

USERNAME_CHARACTERS_MAX = 254  # RFC 5321, section 4.5.3.1.3
# A closed network has addresses such as staff@cinema.local. The library's list is the one place to say so.
SPECIAL_USE_DOMAIN_NAMES[:] = [name for name in SPECIAL_USE_DOMAIN_NAMES if name != "local"]


@lru_cache(maxsize=4096)
def normal_username(text: str) -> str:
    """The mail address in the one form in which it is stored: lower case, its domain in the normal form.

    Raises NotAnAddress. Whether the domain receives mail is not asked: a name server may be away.
    """
    if len(text) > USERNAME_CHARACTERS_MAX:
        raise NotAnAddress("The username is too long for a mail address.")
    try:
        address = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise NotAnAddress from None
    if "." not in address.domain:
        raise NotAnAddress
    return address.normalized.lower()


def find_user(session: Session, *, username: str) -> User:
    """The user of this name. Raises UserNotFound, also for what is not an address."""
    try:
        name = normal_username(username)
    except NotAnAddress:
        raise UserNotFound from None
    user = session.scalars(select(User).where(User.username == name)).one_or_none()
    if user is None:
        raise UserNotFound
    return user


def store_user(
    session: Session, *, username: str, password_hash: str, now: datetime, language: str = DEFAULT_LANGUAGE
) -> User:
    """Store a user whose address is in normal form and not yet confirmed. Raises UserExists."""
    user = User(
        username=username,
        password_hash=password_hash,
        created_at=now,
        email_confirmed_at=None,
        language=language,
    )
    session.add(user)
    with translating({"uq_users_username": UserExists}):
        session.flush()
    return user


def confirm_email_by_staff(session: Session, *, user: User, now: datetime) -> None:
    """Mark the address as confirmed without a code, as the operator may. Does nothing where it is confirmed."""
    if user.email_confirmed_at is None:
        user.email_confirmed_at = now
        session.flush()
