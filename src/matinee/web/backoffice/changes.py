"""The only way in which the back office reads and changes anything: every change leaves an audit row with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from matinee.accounts.audit import record_audit
from matinee.kernel import clock
from matinee.web.backoffice.blueprint import staff_name
from matinee.web.shared.services import services

Result = TypeVar("Result")


class ChangeWithoutTrail(Exception):
    """Something was changed and no audit row says what. A fault of ours; the change is undone."""


@dataclass(slots=True)
class Trail:
    """What the audit log is told of a change, in its transaction."""

    session: Session
    actor: str
    now: datetime
    rows: int = field(default=0)

    def __call__(
        self,
        action: str,
        subject: str,
        summary: str,
        *,
        cinema_id: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Write a row; see `record_audit`. `summary` is in English, as the rest of the log is."""
        record_audit(
            self.session,
            actor=self.actor,
            action=action,
            subject=subject,
            summary=summary,
            cinema_id=cinema_id,
            details=details,
            now=self.now,
        )
        self.rows += 1


def read(work: Callable[[Session], Result]) -> Result:
    """Run `work` in a transaction that takes no write lock."""
    return services().transactions.read(work)


def change(work: Callable[[Session, Trail], Result], *, now: datetime | None = None) -> Result:
    """Run `work` in a transaction; it must tell the trail what it does, or all of it is undone.

    It may run more than once, see `Transactions.write`. Raises ChangeWithoutTrail.
    """
    actor, moment = staff_name(), now or clock.now()

    def audited(session: Session) -> Result:
        trail = Trail(session, actor, moment)
        result = work(session, trail)
        if trail.rows == 0:
            raise ChangeWithoutTrail
        return result

    return services().transactions.write(audited)
