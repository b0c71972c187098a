"""How many calls that write a caller may make: counted in the database, so that all processes agree, and told in headers."""

from __future__ import annotations

from flask import Response, g

from matinee.accounts.callers import Caller
from matinee.accounts.errors import TooManyAttempts
from matinee.accounts.throttling import Allowance
from matinee.web.shared.call_rates import allowance_of

_COUNTED = "v1_allowance"


def count_call(caller: Caller) -> None:
    """Count one call. Raises TooManyAttempts."""
    allowance = allowance_of(caller)
    if allowance is None:
        return
    g.setdefault(_COUNTED, allowance)
    if allowance.exceeded:
        raise TooManyAttempts(allowance.reset_seconds)


def tell_allowance(response: Response) -> Response:
    """The headers of what `count_call` counted, on refusals too."""
    allowance: Allowance | None = g.get(_COUNTED)
    if allowance is not None:
        response.headers["RateLimit-Limit"] = str(allowance.limit)
        response.headers["RateLimit-Remaining"] = str(allowance.remaining)
        response.headers["RateLimit-Reset"] = str(allowance.reset_seconds)
    return response
