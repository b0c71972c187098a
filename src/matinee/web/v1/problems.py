"""Problem details (RFC 9457): the one form in which the API says no."""

from __future__ import annotations

from typing import Any

from flask import Response, json

from matinee.accounts.errors import ScopeMissing, SessionNotValid
from matinee.kernel.errors import DomainError
from matinee.web.v1.errors import (
    RETRY_AFTER_SECONDS,
    NotSignedIn,
    members_of,
    status_for,
)

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:matinee:problem:"
# What no error of the domain stands for, by status.
CODES = {
    400: "bad_request",
    404: "no_such_path",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "not_json",
    429: "too_many_attempts",
    500: "internal_error",
    503: "service_unavailable",
}


def refusal(error: DomainError) -> Response:
    """The answer to a refusal of the domain."""
    status = status_for(type(error))
    response = _problem(status, error.code, title_of(type(error)), error.detail, members_of(error))
    if status == 401:
        response.headers["WWW-Authenticate"] = _challenge(error)
    if isinstance(error, ScopeMissing):
        response.headers["WWW-Authenticate"] = (
            f'Bearer realm="matinee", error="insufficient_scope", scope="{error.scope}"'
        )
    seconds = getattr(error, "retry_after_seconds", RETRY_AFTER_SECONDS if status == 503 else None)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def failure_problem(status: int, title: str, detail: str, **more: str) -> Response:
    """The answer to what is no refusal: an unknown path, a fault, no database."""
    return _problem(status, CODES.get(status, title.lower().replace(" ", "_")), title, detail, more)


def title_of(kind: type[DomainError]) -> str:
    """What is the same for all problems of one code."""
    return (kind.__doc__ or kind.code).strip().splitlines()[0]


def _problem(status: int, code: str, title: str, detail: str, more: dict[str, Any]) -> Response:
    body = {
        "type": TYPE_PREFIX + code,
        "title": title,
        "status": int(status),
        "detail": detail,
        "code": code,
        **more,
    }
    response = Response(
        json.dumps(body, sort_keys=False) + "\n", status=int(status), content_type=CONTENT_TYPE
    )
    response.cache_control.no_store = True
    return response


def _challenge(error: DomainError) -> str:
    if isinstance(error, NotSignedIn):
        return 'Bearer realm="matinee"'
    reason = ', error="invalid_token"' if isinstance(error, SessionNotValid) else ""
    return f'Bearer realm="matinee"{reason}'
