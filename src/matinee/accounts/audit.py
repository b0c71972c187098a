"""The audit trail: what somebody of the staff did, in the transaction in which it was done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import AuditEntry


def record_audit(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    summary: str,
    now: datetime,
    cinema_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what `actor` does with this transaction.

    `action` is the area and the deed ("hall.change"), `subject` what it was done to ("hall:7"), `summary` one line that
    people read, `details` what it was and what it became as plain JSON values. No secret belongs into any of them.
    """
    session.add(
        AuditEntry(
            at=now,
            actor=actor,
            cinema_id=cinema_id,
            action=action,
            subject=subject,
            summary=summary,
            details=dict(details or {}),
        )
    )
    session.flush()


def audit_of(session: Session, *, subjects: Collection[str], limit: int) -> Sequence[AuditEntry]:
    """What was done to these subjects, the latest first."""
    wanted = select(AuditEntry).where(AuditEntry.subject.in_(subjects))
    return session.scalars(wanted.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)).all()


def forget_in_audit(session: Session, *, subjects: Sequence[str], forget: Callable[[str], str]) -> None:
    """Say what was done to these subjects without the persons whom `forget` takes out of a text. Who did it stays."""
    for entry in session.scalars(select(AuditEntry).where(AuditEntry.subject.in_(subjects))):
        entry.summary = forget(entry.summary)
        entry.details = _forgotten(entry.details, forget)
    session.flush()


def _forgotten(value: Any, forget: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return forget(value)
    if isinstance(value, list):
        return [_forgotten(one, forget) for one in value]
    if isinstance(value, dict):
        return {forget(name): _forgotten(one, forget) for name, one in value.items()}
    return value
