"""Which problems an operation can answer with, and how the document shows them."""

from __future__ import annotations

from typing import Any

from matinee.accounts.errors import ApiKeyNotValid, ScopeMissing, SessionNotValid, TooManyAttempts
from matinee.kernel.errors import DomainError
from matinee.web.v1.errors import (
    ChangedMeanwhile,
    IdempotencyKeyReused,
    InvalidValues,
    MalformedBody,
    NotAnImage,
    NotJson,
    NotSignedIn,
    RequestInProgress,
    member_names,
    status_for,
)
from matinee.web.v1.operations import COUNTED_METHODS, Operation
from matinee.web.v1.problems import CONTENT_TYPE, TYPE_PREFIX, title_of

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457). Compare `code`; `title` and `detail` are for people.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "seats": {
            "type": "array",
            "description": "Where seats are the matter: which.",
            "items": {"type": "string"},
        },
        "problems": {
            "type": "array",
            "description": "With `faulty_file`: a sentence for each fault.",
            "items": {"type": "string"},
        },
        "admitted_at": {
            "type": "string",
            "format": "date-time",
            "description": "With `already_admitted`: when.",
        },
        "state": {"type": "string", "description": "With `ticket_not_valid`: what became of the ticket."},
        "sequence": {
            "type": "integer",
            "description": "With `scan_told_differently`: the number. What came before it is settled.",
        },
        "scope": {"type": "string", "description": "With `scope_missing`: the scope."},
        "errors": {
            "type": "array",
            "description": "With `invalid_values`: which of the values, and why.",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                "required": ["field", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code"],
}
_EXAMPLE_MEMBERS: dict[str, Any] = {
    "errors": [{"field": "limit", "message": "Input should be less than or equal to 100"}],
    "scope": "orders:write",
    "seats": ["C7", "C8"],
    "admitted_at": "2030-05-18T15:47:12Z",
    "state": "refunded",
    "sequence": 42,
    "problems": ["programme.csv, line 3: the time is '25:00'"],
}
_FAILURES = {
    413: ("body_too_large", "The body is too large."),
    503: (
        "service_unavailable",
        "The box office cannot reach its records. Nothing was lost; try again shortly.",
    ),
}
_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "What is wanted: `Bearer`."},
    429: {"Retry-After": "Seconds until calls are answered again."},
    503: {"Retry-After": "Seconds until it is worth another try."},
}


def refusals_of(declared: Operation, *, method: str) -> set[type[DomainError]]:
    """Every error that the operation can meet: those it names, and those that follow from what it reads."""
    found = set(declared.refusals)
    if declared.access.kind != "public":
        found |= {SessionNotValid, ApiKeyNotValid}
    if declared.access.kind == "scope":
        found |= {NotSignedIn, ScopeMissing}
    if declared.query is not None or declared.body is not None:
        found.add(InvalidValues)
    if declared.body is not None:
        found |= {MalformedBody, NotJson}
    if declared.uploads:
        found.add(NotAnImage)
    if declared.keyed:
        found |= {InvalidValues, IdempotencyKeyReused, RequestInProgress}
    if declared.if_match:
        found.add(ChangedMeanwhile)
    if method in COUNTED_METHODS and declared.counted:
        found.add(TooManyAttempts)
    return found


def problem_responses(declared: Operation, *, method: str) -> dict[str, Any]:
    """The responses of all problems: one for each status, with an example for each code."""
    by_status: dict[int, dict[str, tuple[str, dict[str, Any]]]] = {}
    for error in sorted(refusals_of(declared, method=method), key=lambda error: error.code):
        status = int(status_for(error))
        title = title_of(error)
        by_status.setdefault(status, {})[error.code] = (title, _example(status, error))
    for status, (code, detail) in _FAILURES.items():
        if status != 413 or declared.body is not None or declared.uploads:
            plain = {
                "type": TYPE_PREFIX + code,
                "title": detail,
                "status": status,
                "detail": detail,
                "code": code,
            }
            by_status.setdefault(status, {})[code] = (detail, plain)
    return {str(status): _response(status, problems) for status, problems in sorted(by_status.items())}


def _example(status: int, error: type[DomainError]) -> dict[str, Any]:
    title = title_of(error)
    more = {name: _EXAMPLE_MEMBERS[name] for name in member_names(error)}
    plain = {
        "type": TYPE_PREFIX + error.code,
        "title": title,
        "status": status,
        "detail": title,
        "code": error.code,
    }
    return {**plain, **more}


def _response(status: int, problems: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": "\n".join(f"- `{code}`: {title}" for code, (title, _) in problems.items()),
        "content": {
            CONTENT_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"value": example} for code, (_, example) in problems.items()},
            }
        },
    }
    headers = _HEADERS.get(status)
    if headers:
        response["headers"] = {
            name: {"description": said, "schema": {"type": "string"}} for name, said in headers.items()
        }
    return response
