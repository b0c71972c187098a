"""The staff: who belongs to it, and what managers change about others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.accounts.errors import LastManager, OwnManagerRole, UserNotFound
from matinee.accounts.models import ROLES, Passkey, User, UserRole, UserSession
from matinee.accounts.news_mails import send_account_news
from matinee.accounts.roles import grant_role, revoke_role
from matinee.accounts.second_factor import turn_off_second_factor
from matinee.accounts.sessions import end_all_sessions

MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody with a role, as managers see it. `last_session_at`: when the latest of the sessions that are kept began."""

    user_id: int
    name: str
    # In the order of ROLES.
    roles: tuple[str, ...]
    second_factor_since: datetime | None
    passkeys: int
    sessions: int
    last_session_at: datetime | None


def list_staff(session: Session, *, now: datetime) -> list[StaffMember]:
    """Everybody who has a role, by name."""
    return _members(session, select(UserRole.user_id), now)


def staff_member(session: Session, *, user_id: int, now: datetime) -> StaffMember:
    """One of them. Raises UserNotFound for whoever has no role, too."""
    found = _members(session, select(UserRole.user_id).where(UserRole.user_id == user_id), now)
    if not found:
        raise UserNotFound
    return found[0]


def _members(session: Session, ids: object, now: datetime) -> list[StaffMember]:
    users = session.scalars(select(User).where(User.id.in_(ids)).order_by(User.username)).all()  # type: ignore[arg-type]
    known = [user.id for user in users]
    roles: dict[int, set[str]] = {}
    for held in session.scalars(select(UserRole).where(UserRole.user_id.in_(known))):
        roles.setdefault(held.user_id, set()).add(held.role)
    passkeys: dict[int, int] = dict(
        session.execute(
            select(Passkey.user_id, func.count()).where(Passkey.user_id.in_(known)).group_by(Passkey.user_id)
        ).all()
    )
    devices = _devices(session, known, now)
    return [
        StaffMember(
            user_id=user.id,
            name=user.username,
            roles=tuple(role for role in ROLES if role in roles.get(user.id, ())),
            second_factor_since=user.totp_confirmed_at,
            passkeys=passkeys.get(user.id, 0),
            sessions=len(devices.get(user.id, ())),
            last_session_at=max(devices.get(user.id, ()), default=None),
        )
        for user in users
    ]


def _devices(session: Session, user_ids: Sequence[int], now: datetime) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    for user_id, begun in session.execute(
        select(UserSession.user_id, UserSession.created_at).where(
            UserSession.user_id.in_(user_ids), UserSession.expires_at > now
        )
    ):
        found.setdefault(user_id, []).append(begun)
    return found


def member_to_change(session: Session, *, user_id: int) -> User:
    """The account of a member of the staff. Raises UserNotFound for whoever has no role, too."""
    if session.scalar(select(UserRole.user_id).where(UserRole.user_id == user_id).limit(1)) is None:
        raise UserNotFound
    return session.get_one(User, user_id)


def change_roles(
    session: Session, *, user: User, roles: frozenset[str], by_user_id: int
) -> tuple[frozenset[str], frozenset[str]]:
    """Let a member of the staff have these roles and no others; return those that came and those that went.

    Raises RoleNotFound, OwnManagerRole where a manager would take that role away from himself, LastManager.
    """
    # Two managers who take the role away from each other: the second waits, and sees that he is the last.
    managers = set(
        session.scalars(
            select(UserRole.user_id)
            .where(UserRole.role == MANAGER)
            .order_by(UserRole.user_id)
            .with_for_update()
        )
    )
    held = frozenset(session.scalars(select(UserRole.role).where(UserRole.user_id == user.id)))
    gone = held - roles
    if MANAGER in gone:
        if user.id == by_user_id:
            raise OwnManagerRole
        if managers <= {user.id}:
            raise LastManager
    for role in sorted(roles - held):
        grant_role(session, user=user, role=role)
    for role in sorted(gone):
        revoke_role(session, user=user, role=role)
    return roles - held, gone


def turn_off_lost_second_factor(session: Session, *, user: User, now: datetime) -> None:
    """Ask a user whose phone is lost for no code any more. Every session of the user ends; a mail tells of it.

    Raises SecondFactorOff.
    """
    turn_off_second_factor(session, user=user)
    end_all_sessions(session, user=user)
    send_account_news(
        session, address=user.username, language=user.language, news="second_factor_off", now=now
    )
