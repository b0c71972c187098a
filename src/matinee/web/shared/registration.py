"""Registering: a new account, signed in, with a mail that confirms its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from matinee.accounts.confirmation import send_confirmation
from matinee.accounts.passwords import check_password_strength
from matinee.accounts.sessions import start_session
from matinee.accounts.users import store_user
from matinee.web.shared.address import caller_address
from matinee.web.shared.languages import page_language
from matinee.web.shared.services import services
from matinee.web.shared.signin import user_agent


def registration(
    *, username: str, password: str, now: datetime, website: bool = False
) -> Callable[[Session], tuple[str, datetime]]:
    """Count the attempt, hash the password, and return the work that is left for a transaction.

    Mails to the user will be in the language of the page, or that the caller's program asks for; `website`: their links
    lead to the website. The work returns the token of a session and its end, and raises UserExists. Before it: WeakPassword,
    TooManyAttempts.
    """
    service = services()
    check_password_strength(password, username=username)
    service.throttle.count_attempt("register", account=username, address=caller_address())
    # Hashing takes a while, on purpose; no transaction waits for it.
    password_hash = service.passwords.hash(password)
    agent, language = user_agent(), page_language()

    def register(session: Session) -> tuple[str, datetime]:
        user = store_user(session, username=username, password_hash=password_hash, now=now, language=language)
        send_confirmation(
            session, user=user, lifetime=service.confirm_code_lifetime, now=now, website=website
        )
        return start_session(session, user=user, lifetime=service.session_lifetime, now=now, user_agent=agent)

    return register
