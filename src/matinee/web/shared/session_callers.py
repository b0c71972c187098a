"""Whose a session is: asked in every request of whoever has signed in."""

from __future__ import annotations

from datetime import datetime

from matinee.accounts.callers import CALLER_OF_SESSION, Caller, caller_of_rows
from matinee.accounts.errors import SessionNotValid
from matinee.db.direct_select import DirectSelect
from matinee.kernel.codes import hash_secret
from matinee.kernel.counts import count
from matinee.web.shared.services import services

_ROWS = DirectSelect(CALLER_OF_SESSION)


def caller_with_session(token: str, now: datetime) -> Caller:
    """The user whom the session's token belongs to. Raises SessionNotValid, DatabaseUnavailable."""
    service = services()
    token_hash = hash_secret(token)
    rows = _ROWS.rows(service.transactions, service.direct, token_hash=token_hash, now=now)
    try:
        return caller_of_rows(
            rows, token_hash=token_hash, second_factor_required=service.second_factor_required
        )
    except SessionNotValid as refusal:
        # As a transaction counts what it refuses.
        count("refusals", code=refusal.code)
        raise
