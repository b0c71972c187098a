"""What holds for a buyer who gives tickets back or exchanges them, and for the staff that does it for him."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.models import Order
from matinee.boxoffice.refunds import check_refund_in_time
from matinee.door.admissions import require_nobody_inside
from matinee.web.v1.errors import InvalidValues
from matinee.web.v1.sale.askers import CHANGE_ALL


def check_reason(reason: str | None, caller: Caller) -> None:
    """Raise InvalidValues where the staff gives no reason."""
    if reason is None and caller.may(CHANGE_ALL):
        raise InvalidValues([{"field": "reason", "message": "is demanded of the staff"}])


def check_returnable(session: Session, order: Order, caller: Caller, *, now: datetime) -> None:
    """Raise RefundTooLate for a buyer after the time that the cinema sets, AlreadyAdmitted for one who is inside.

    Staff always may.
    """
    if not caller.may(CHANGE_ALL):
        require_nobody_inside(session, order=order)
        check_refund_in_time(session, order=order, now=now)
