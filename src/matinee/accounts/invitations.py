"""Invitations to join the staff: a code by mail, good for one use and some days, which brings roles to its address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from matinee.accounts.audit import record_audit
from matinee.accounts.errors import (
    InvitationForAnother,
    InvitationNotFound,
    InvitationNotValid,
    InvitationOpen,
    NoRoles,
    RoleNotFound,
    StaffAlready,
    UserNotFound,
)
from matinee.accounts.models import ROLES, Invitation, Passkey, User
from matinee.accounts.roles import grant_role, roles_of
from matinee.accounts.sessions import end_all_sessions
from matinee.accounts.users import find_user, normal_username, store_user
from matinee.kernel.codes import hash_secret, random_token
from matinee.languages.catalogs import known_language
from matinee.outbox.messages import enqueue_message

LIFETIME = timedelta(days=7)


def invite(
    session: Session, *, email: str, roles: Sequence[str], invited_by: str, language: str, now: datetime
) -> Invitation:
    """Mail an invitation to an address. `language`: of the mail, where no account says which.

    Raises NotAnAddress, NoRoles, RoleNotFound, StaffAlready and InvitationOpen.
    """
    address = normal_username(email)
    if set(roles) - set(ROLES):
        raise RoleNotFound
    if not roles:
        raise NoRoles
    user = _account_of(session, address)
    if user is not None and roles_of(session, user_id=user.id):
        raise StaffAlready
    waiting = select(Invitation.id).where(Invitation.email == address, is_open(now))
    if session.scalar(waiting.limit(1)) is not None:
        raise InvitationOpen
    code = random_token()
    invitation = Invitation(
        email=address,
        roles=" ".join(role for role in ROLES if role in roles),
        code_hash=hash_secret(code),
        invited_by=invited_by,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(invitation)
    session.flush()
    _mail(session, invitation, code, language, now)
    return invitation


def resend_invitation(session: Session, *, invitation_id: int, language: str, now: datetime) -> Invitation:
    """Mail it again with another code, good for as long as a new one; the earlier mail is worth nothing then.

    Raises InvitationNotFound for one that was accepted or taken back.
    """
    invitation = _to_change(session, invitation_id)
    code = random_token()
    invitation.code_hash, invitation.expires_at = hash_secret(code), now + LIFETIME
    session.flush()
    _mail(session, invitation, code, language, now)
    return invitation


def revoke_invitation(session: Session, *, invitation_id: int, now: datetime) -> Invitation:
    """Take it back: its code is worth nothing any more. Raises InvitationNotFound as `resend_invitation` does."""
    invitation = _to_change(session, invitation_id)
    invitation.revoked_at = now
    session.flush()
    return invitation


def waiting_invitations(session: Session) -> Sequence[Invitation]:
    """Those that were neither accepted nor taken back, also where they have expired; the newest first."""
    return session.scalars(select(Invitation).where(_waits()).order_by(Invitation.id.desc())).all()


def invitation_of_code(session: Session, *, code: str, now: datetime) -> Invitation:
    """What somebody is invited to who has this code. Raises InvitationNotValid."""
    return _of_code(session, code, now, locked=False)


def has_account(session: Session, *, invitation: Invitation) -> bool:
    """Whether the invited address has an account already, which then accepts."""
    return _account_of(session, invitation.email) is not None


def accept_invitation(
    session: Session, *, code: str, user: User, session_hash: str | None, now: datetime
) -> Invitation:
    """Let the user whom the code was mailed to join the staff. Raises InvitationNotValid, InvitationForAnother."""
    invitation = _of_code(session, code, now, locked=True)
    if invitation.email != user.username:
        raise InvitationForAnother
    if user.email_confirmed_at is None:
        # Perhaps somebody else opened the account, with an address that was not his: no way in of his own may stay.
        end_all_sessions(session, user=user, except_hash=session_hash)
        session.execute(delete(Passkey).where(Passkey.user_id == user.id))
    _join(session, invitation, user, now)
    return invitation


def accept_with_new_account(
    session: Session, *, code: str, password_hash: str, language: str, now: datetime
) -> User:
    """Open an account for the invited address and let it join the staff. The code came to the address: it is confirmed.

    Raises InvitationNotValid, UserExists.
    """
    invitation = _of_code(session, code, now, locked=True)
    user = store_user(
        session, username=invitation.email, password_hash=password_hash, now=now, language=language
    )
    _join(session, invitation, user, now)
    return user


def is_open(now: datetime) -> ColumnElement[bool]:
    """Whether an invitation can be accepted."""
    return and_(_waits(), Invitation.expires_at > now)


def _waits() -> ColumnElement[bool]:
    return and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))


def _join(session: Session, invitation: Invitation, user: User, now: datetime) -> None:
    invitation.accepted_at = now
    user.email_confirmed_at = user.email_confirmed_at or now
    for role in invitation.roles.split():
        grant_role(session, user=user, role=role)
    record_audit(
        session,
        actor=user.username,
        action="staff.join",
        subject=f"user:{user.id}",
        summary=f"{user.username} accepted the invitation of {invitation.invited_by}: {invitation.roles}",
        details={"invitation": invitation.id, "roles": invitation.roles.split()},
        now=now,
    )


def _of_code(session: Session, code: str, now: datetime, *, locked: bool) -> Invitation:
    wanted = select(Invitation).where(Invitation.code_hash == hash_secret(code), is_open(now))
    # Two clicks at once: the second finds it accepted.
    found = session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()
    if found is None:
        raise InvitationNotValid
    return found


def _to_change(session: Session, invitation_id: int) -> Invitation:
    wanted = select(Invitation).where(Invitation.id == invitation_id, _waits())
    found = session.scalars(wanted.with_for_update()).one_or_none()
    if found is None:
        raise InvitationNotFound
    return found


def _account_of(session: Session, address: str) -> User | None:
    try:
        return find_user(session, username=address)
    except UserNotFound:
        return None


def _mail(session: Session, invitation: Invitation, code: str, language: str, now: datetime) -> None:
    user = _account_of(session, invitation.email)
    payload = {
        "invitation_id": invitation.id,
        "code": code,
        "language": user.language if user is not None else known_language(language),
    }
    enqueue_message(session, kind="invitation", recipient=invitation.email, payload=payload, now=now)
