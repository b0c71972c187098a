"""Who calls: the user that a request names, with the session that proves it."""

from __future__ import annotations

from datetime import datetime

from flask import request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.sessions import require_session, user_of_session
from matinee.accounts.users import find_user
from matinee.web.given.values import BadRequest, Token, Username
from matinee.web.shared.signin import session_cookie


class OwnerValues(BaseModel):
    """A user and the session's token; the cookie of the session stands for either that is left out."""

    username: Username | None = None
    token: Token | None = None


def offered_token(given: str | None) -> str:
    """The token as given, else of the header, else of the cookie. Raises BadRequest where there is none."""
    token = given or request.headers.get("token") or session_cookie()
    if not token:
        raise BadRequest("token is missing.")
    return token


def signed_in_user(session: Session, values: OwnerValues, *, now: datetime) -> User:
    """The user who is named and signed in. Raises UserNotFound, SessionNotValid, BadRequest."""
    token = offered_token(values.token)
    if values.username is None:
        return cookie_user(session, now=now)
    user = find_user(session, username=values.username)
    require_session(session, user=user, token=token, now=now)
    return user


def cookie_user(session: Session, *, now: datetime) -> User:
    """The user whom the cookie belongs to, for a call that names nobody. Raises SessionNotValid, BadRequest."""
    token = session_cookie()
    if token is None:
        raise BadRequest("username is missing.")
    return user_of_session(session, token=token, now=now)
