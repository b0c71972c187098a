"""The mail that invites somebody to join the staff. Composed when it is delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.durations import in_words
from matinee.accounts.invitations import is_open
from matinee.accounts.models import Invitation
from matinee.kernel.codes import hash_secret
from matinee.languages.catalogs import translations
from matinee.outbox.composing import ComposedMail, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail


def compose_invitation(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The link that leads to the page on which it is accepted. Raises NothingToSend."""
    if "code" not in payload:
        # Somebody has a mail tried again that was given up.
        raise NothingToSend("its code was forgotten when it was given up")
    invitation = _live(session, payload, context.now)
    language: str = payload["language"]
    _ = translations(language).gettext
    host = urlsplit(context.base_url).netloc
    values: dict[str, object] = {
        "invited_by": invitation.invited_by,
        "link": f"{context.base_url}/{language}/invitation?code={quote(payload['code'], safe='')}",
        "lasts": _("It works for %(time)s, and once.")
        % {"time": in_words(invitation.expires_at - context.now, language)},
        "host": host,
        "preview": _("For %(address)s") % {"address": invitation.email},
    }
    subject = _("Join the staff of %(host)s") % {"host": host}
    return render_mail("matinee.accounts", "invitation", subject=subject, values=values, language=language)


def _live(session: Session, payload: dict[str, Any], now: datetime) -> Invitation:
    found = session.scalars(
        select(Invitation).where(
            Invitation.id == payload["invitation_id"],
            Invitation.code_hash == hash_secret(payload["code"]),
            is_open(now),
        )
    ).one_or_none()
    if found is None:
        raise NothingToSend("the invitation is not valid any more")
    return found
