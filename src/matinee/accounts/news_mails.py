"""The mail that tells somebody what was changed about the account, so that a thief's change does not stay unseen."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.languages.catalogs import translations
from matinee.outbox.composing import ComposedMail, MailContext
from matinee.outbox.messages import enqueue_message
from matinee.outbox.rendering import render_mail

News = Literal["password", "address", "passkey", "second_factor_on", "second_factor_off", "deleted"]


def send_account_news(session: Session, *, address: str, language: str, news: News, now: datetime) -> None:
    """Put the mail into the outbox. It needs no account any more when it is delivered."""
    payload = {"news": news, "language": language, "username": address}
    enqueue_message(session, kind="account_news", recipient=address, payload=payload, now=now)


def compose_account_news(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail about one change."""
    language: str = payload["language"]
    _ = translations(language).gettext
    subject, news = _said(payload["news"], language)
    excuse = _("If this was not you, choose a new password at once: %(link)s") % {
        "link": f"{context.base_url}/{language}/account/forgot"
    }
    if payload["news"] in ("deleted", "address"):
        excuse = _("If this was not you, answer to this mail, or call the cinema.")
    values: dict[str, object] = {
        "news": news,
        "excuse": excuse,
        "host": urlsplit(context.base_url).netloc,
        "preview": _("For %(address)s") % {"address": payload["username"]},
    }
    return render_mail("matinee.accounts", "account_news", subject=subject, values=values, language=language)


def _said(news: News, language: str) -> tuple[str, str]:
    # Subject and sentence.
    _ = translations(language).gettext
    said: dict[News, tuple[str, str]] = {
        "password": (_("Your password was changed"), _("Every other device was signed out.")),
        "address": (
            _("Your address was changed"),
            _("Your account has another address now. Mails about it go there."),
        ),
        "passkey": (_("A passkey was added"), _("Your account can be opened with a new passkey.")),
        "second_factor_on": (
            _("The second factor is on"),
            _("From now on your account asks for a code of your authenticator app when you sign in."),
        ),
        "second_factor_off": (
            _("The second factor is off"),
            _("Your account asks for no code of an authenticator app any more."),
        ),
        "deleted": (
            _("Your account was deleted"),
            _("We have deleted your account, and what we knew about you. This is the last mail about it."),
        ),
    }
    return said[news]
