"""Finding accounts by a part of their mail address, in a time that does not grow with how many there are."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, select, union
from sqlalchemy.orm import Session

from matinee.accounts.errors import NotAnAddress
from matinee.accounts.models import User
from matinee.accounts.users import normal_username

# Inside of addresses no index can look: of so many of the latest accounts each is read.
LATEST_ACCOUNTS = 10_000
_LAST_CHARACTER = "\U0010ffff"


def address_has(session: Session, text: str) -> ColumnElement[bool]:
    """The condition of accounts whose address begins with this text, or has it inside and is among the latest accounts.

    A whole address is no part of another one: it is looked for at the beginning alone.
    """
    part = text.lower()
    beginning = select(User.id).where(_begins_with(session, part))
    if _is_whole(part):
        return User.id.in_(beginning)
    # Read before, and not a part of the statement: the database would guess that a third of all accounts are later.
    newest = session.scalar(select(func.max(User.id))) or 0
    inside = select(User.id).where(
        User.id > newest - LATEST_ACCOUNTS, User.username.contains(part, autoescape=True)
    )
    return User.id.in_(union(beginning, inside))


def _begins_with(session: Session, part: str) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        return User.username.startswith(part, autoescape=True)
    # SQLite looks for what is LIKE something in no index that tells capitals apart.
    return and_(User.username >= part, User.username < part + _LAST_CHARACTER)


def _is_whole(text: str) -> bool:
    try:
        return normal_username(text) == text
    except NotAnAddress:
        return False
