"""What is known of a person, to be handed out to that person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.passkeys import passkeys_of
from matinee.accounts.roles import roles_of
from matinee.accounts.sessions import SESSION_ID_LENGTH, sessions_of
from matinee.outbox.models import Message


def account_data(session: Session, *, user: User, now: datetime) -> dict[str, Any]:
    """The account, its signed-in devices, passkeys and mails, as plain values; moments in ISO 8601, UTC. No secrets."""
    return {
        "account": {
            "address": user.username,
            "address_confirmed_at": _moment(user.email_confirmed_at),
            "created_at": _moment(user.created_at),
            "language": user.language,
            "second_factor_since": _moment(user.totp_confirmed_at),
            "roles": roles_of(session, user_id=user.id),
        },
        "sessions": [
            {
                "id": one.token_hash[:SESSION_ID_LENGTH],
                "device": one.user_agent,
                "created_at": _moment(one.created_at),
                "expires_at": _moment(one.expires_at),
            }
            for one in sessions_of(session, user_id=user.id, now=now)
        ],
        "passkeys": [
            {
                "name": one.name,
                "created_at": _moment(one.created_at),
                "last_used_at": _moment(one.last_used_at),
            }
            for one in passkeys_of(session, user_id=user.id)
        ],
        "mails": [
            {"about": kind, "created_at": _moment(created_at), "sent_at": _moment(sent_at)}
            for kind, created_at, sent_at in session.execute(
                select(Message.kind, Message.created_at, Message.sent_at)
                .where(Message.channel == "mail", Message.recipient == user.username)
                .order_by(Message.id)
            )
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
