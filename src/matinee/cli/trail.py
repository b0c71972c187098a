"""What commands change stands in the audit log, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matinee.accounts.audit import record_audit
from matinee.kernel import clock

# Whoever has a shell on the machine may call a command; which person it was is not known here.
ACTOR = "cli"


def leave_trail(
    session: Session,
    action: str,
    subject: str,
    summary: str,
    *,
    cinema_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what the command does with this transaction; see `record_audit`."""
    record_audit(
        session,
        actor=ACTOR,
        action=action,
        subject=subject,
        summary=summary,
        cinema_id=cinema_id,
        details=details,
        now=clock.now(),
    )
