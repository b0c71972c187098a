"""Who may call an operation, and who does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from flask import request

from matinee.accounts.api_keys import PREFIX, caller_of_key, note_use
from matinee.accounts.callers import ANONYMOUS, Caller
from matinee.accounts.errors import ScopeMissing, SessionNotValid
from matinee.accounts.scopes import SCOPES
from matinee.kernel.codes import hash_secret
from matinee.web.shared.services import services
from matinee.web.shared.session_callers import caller_with_session
from matinee.web.shared.signin import session_cookie
from matinee.web.v1.errors import NotSignedIn

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ORDER_SECRET = "Order-Secret"  # noqa: S105 - the name of a header
TOKEN_CHARACTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call an operation."""

    kind: Literal["public", "optional", "scope"]
    # One of them is enough.
    scopes: tuple[str, ...] = ()
    # Whether the secret of an order without an account may stand for a token.
    order_secret: bool = False


# Everybody; who calls is not even looked at.
PUBLIC = Access("public")


def optional(*, order_secret: bool = False) -> Access:
    """Everybody, known or not; a token that is not valid is refused all the same.

    `order_secret`: the operation looks at `order_secret()`.
    """
    return Access("optional", order_secret=order_secret)


def needs(scope: str, *others: str) -> Access:
    """Callers with one of these scopes."""
    scopes = (scope, *others)
    assert set(scopes) <= set(SCOPES), f"no such scope among {scopes}"
    return Access("scope", scopes)


def find_caller(access: Access, *, now: datetime) -> Caller:
    """Who calls, if he may. Raises NotSignedIn, SessionNotValid, ApiKeyNotValid, ScopeMissing."""
    if access.kind == "public":
        return ANONYMOUS
    caller = _caller(now)
    if access.kind == "optional":
        return caller
    if not caller.is_known:
        raise NotSignedIn
    if not any(caller.may(scope) for scope in access.scopes):
        raise ScopeMissing(access.scopes[0])
    return caller


def order_secret() -> str | None:
    """What proves that an order without an account is the caller's: the header Order-Secret."""
    return request.headers.get(ORDER_SECRET) or None


def _caller(now: datetime) -> Caller:
    token = _bearer_token()
    if token is None:
        return _caller_without_token(now)
    service = services()
    if not token.startswith(PREFIX):
        return caller_with_session(token, now)
    caller, note = service.transactions.read(lambda session: caller_of_key(session, secret=token, now=now))
    if note and caller.api_key_id is not None:
        key_id = caller.api_key_id
        service.transactions.write(lambda session: note_use(session, api_key_id=key_id, now=now))
    return caller


def _caller_without_token(now: datetime) -> Caller:
    cookie = session_cookie()
    # A page of another site can make a browser send the cookie along. It cannot read what a safe method answers, and the
    # others are not carried out for it.
    if cookie is not None and request.method in SAFE_METHODS:
        try:
            return caller_with_session(cookie, now)
        except SessionNotValid:
            # Browsers send a cookie unasked; one that has run out is none.
            return ANONYMOUS
    secret = order_secret()
    if secret is not None:
        return replace(ANONYMOUS, identity=f"{ANONYMOUS.identity}:{hash_secret(secret)}")
    return ANONYMOUS


def _bearer_token() -> str | None:
    given = request.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > TOKEN_CHARACTERS_MAX:
        raise SessionNotValid("The header Authorization carries no bearer token.")
    return token
