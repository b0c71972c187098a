"""Roles of staff."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matinee.accounts.errors import RoleNotFound
from matinee.accounts.models import ROLES, User, UserRole


def grant_role(session: Session, *, user: User, role: str) -> None:
    """Give the user a role; nothing happens where the user has it. Raises RoleNotFound."""
    if role not in ROLES:
        raise RoleNotFound
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    # Two who grant it at once do the same.
    session.execute(dialect.insert(UserRole).values(user_id=user.id, role=role).on_conflict_do_nothing())


def revoke_role(session: Session, *, user: User, role: str) -> None:
    """Take a role away; nothing happens where the user does not have it. Raises RoleNotFound."""
    if role not in ROLES:
        raise RoleNotFound
    held = session.get(UserRole, (user.id, role))
    if held is not None:
        session.delete(held)
        session.flush()


def list_users(session: Session) -> list[tuple[User, list[str]]]:
    """Every user with the roles held, by name."""
    roles: dict[int, list[str]] = {}
    for held in session.scalars(select(UserRole).order_by(UserRole.role)):
        roles.setdefault(held.user_id, []).append(held.role)
    return [(user, roles.get(user.id, [])) for user in session.scalars(select(User).order_by(User.username))]


def roles_of(session: Session, *, user_id: int) -> list[str]:
    """The roles that the user holds."""
    return list(
        session.scalars(select(UserRole.role).where(UserRole.user_id == user_id).order_by(UserRole.role))
    )
