"""The answer that signs a browser in."""

from __future__ import annotations

from datetime import datetime

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from matinee.accounts.sessions import end_session_of_token
from matinee.web.shared.services import is_https, services
from matinee.web.shared.signin import COOKIE, session_cookie, set_session_cookie


def begun(token: str, expires_at: datetime, *, next_url: str) -> AnyResponse:
    """Lead on to a page, with the cookie of a new session. A session that this browser had before ends."""
    return give_cookie(redirect(next_url, code=303), token, expires_at)


def give_cookie(response: AnyResponse, token: str, expires_at: datetime) -> AnyResponse:
    """The answer, with the cookie of the new session; one that this browser had before ends."""
    service = services()
    earlier = session_cookie()
    if earlier is not None:
        service.transactions.write(lambda db: end_session_of_token(db, token=earlier))
    assert isinstance(response, Response)
    set_session_cookie(response, token=token, expires_at=expires_at, secure=is_https(service.base_url))
    return response


def without_cookie(response: AnyResponse) -> AnyResponse:
    """The answer, which makes the browser forget its session."""
    response.delete_cookie(
        COOKIE, path="/", secure=is_https(services().base_url), httponly=True, samesite="Lax"
    )
    return response
