"""Buyers of a screening go together; whoever changes the screening itself goes alone.

On PostgreSQL, by locks on its row: everybody who takes, keeps or gives back a seat shares one, before locking anything
else, and the purchase that is one statement does so where it chooses its seats. Who goes alone moves the row's version on,
so that a purchase that waited knows. On SQLite one writes at a time.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.errors import ScreeningNotFound
from matinee.programme.locks import tell_waiting_buyers
from matinee.programme.models import Screening


def join_buyers(session: Session, *, screening_id: int) -> Screening:
    """The screening as it is and stays until the transaction ends: nobody moves or cancels it meanwhile.

    Waits for whoever is doing that, never for another buyer. Raises ScreeningNotFound, also for a draft.
    """
    screening = _read(session, screening_id, shared=True)
    if screening.draft:
        raise ScreeningNotFound
    return screening


def keep_buyers_out(session: Session, *, screening_id: int) -> Screening:
    """The screening, with nobody in the middle of buying a seat of it until the transaction ends.

    Buyers who have begun are waited for; who comes later waits, and sees what was changed. Buyers of other screenings notice
    nothing, or for a moment where one statement serves them with one of these (`purchase_statements.PATIENCE_MILLISECONDS`).
    Raises ScreeningNotFound.
    """
    screening = _read(session, screening_id, shared=False)
    tell_waiting_buyers(session, screening_ids=[screening_id])
    return screening


def _read(session: Session, screening_id: int, *, shared: bool) -> Screening:
    wanted = select(Screening).where(Screening.id == screening_id)
    locked = wanted.with_for_update(read=shared, key_share=shared)
    # Anew: what this transaction saw before it waited may be over.
    found = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise ScreeningNotFound
    return found
