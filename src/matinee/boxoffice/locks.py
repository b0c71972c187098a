"""Keeping all buyers of the house out for the moment in which a screening itself changes."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from matinee.programme.errors import ScreeningNotFound
from matinee.programme.models import Screening


def keep_buyers_out(session: Session, *, screening_id: int) -> Screening:
    """The screening, with nobody in the middle of buying a seat of it until the transaction ends.

    The purchase that is one statement locks no screening. So, on PostgreSQL, the table of claims is kept from everybody who
    writes: whoever has begun is waited for, and whoever comes sees what was changed. Raises ScreeningNotFound.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE seat_claim IN SHARE ROW EXCLUSIVE MODE"))
    wanted = select(Screening).where(Screening.id == screening_id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise ScreeningNotFound
    return found
