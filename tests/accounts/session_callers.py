"""Who a session's token belongs to, as every request asks it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.accounts.callers import CALLER_OF_SESSION, Caller, caller_of_rows
from matinee.kernel.codes import hash_secret


def caller_of_session(session: Session, *, token: str, now: datetime, second_factor_required: bool) -> Caller:
    """The user, with the scopes of the roles held. Raises SessionNotValid."""
    token_hash = hash_secret(token)
    rows = session.execute(CALLER_OF_SESSION, {"token_hash": token_hash, "now": now}).all()
    return caller_of_rows(rows, token_hash=token_hash, second_factor_required=second_factor_required)
