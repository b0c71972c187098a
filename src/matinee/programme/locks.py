"""Who waits for whom while a programme is planned: price lists first, then a film, then halls, then a screening.

Buyers wait for the last of them alone. On SQLite these locks are nothing: there, one writes at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.kernel.errors import NotFound
from matinee.programme.errors import ScreeningNotFound
from matinee.programme.models import Cinema, Film, Hall, PriceList, Screening
from matinee.programme.queries import in_portions


def lock_price_lists(session: Session, *, cinema_id: int, shared: bool = False) -> None:
    """Keep the cinema's price lists as they are until the transaction ends, but for the caller's own changes.

    Several who only read them (`shared`) go together.
    """
    wanted = select(Cinema.id).where(Cinema.id == cinema_id)
    # The row of the cinema, keys only: what refers to it does not wait. An import locks the same.
    session.execute(wanted.with_for_update(read=True) if shared else wanted.with_for_update(key_share=True))


def lock_cinema(session: Session, cinema: Cinema) -> None:
    """Read the cinema anew and keep other planners from it; buyers, whose rows refer to it, do not wait."""
    session.refresh(cinema, with_for_update={"key_share": True})


def lock_halls(session: Session, *, hall_ids: Iterable[int]) -> None:
    """Keep other planners from these halls until the transaction ends: of two, the second sees what the first did."""
    wanted = select(Hall).where(Hall.id.in_(sorted(set(hall_ids)))).order_by(Hall.id)
    session.scalars(wanted.with_for_update(key_share=True).execution_options(populate_existing=True)).all()


def lock_screening(session: Session, screening: Screening) -> None:
    """Read the screening anew and keep other planners from it, its hall, and the price lists it may have.

    In the order in which the operations on screenings lock. Raises ScreeningNotFound.
    """
    lock_price_lists(session, cinema_id=screening.cinema_id, shared=True)
    lock_halls(session, hall_ids=[screening.hall_id])
    lock_row(session, screening, gone=ScreeningNotFound)


def lock_row(
    session: Session, row: Screening | Film | PriceList, *, gone: type[NotFound], shared: bool = False
) -> None:
    """Read the row anew and keep everybody from it, also those who would refer to it, until the transaction ends.

    Buyers who wait for a screening are told. Several who only refer to the row (`shared`) go together. Raises `gone` where
    somebody deleted it meanwhile.
    """
    kind = type(row)
    wanted = select(kind).where(kind.id == row.id).with_for_update(read=shared, key_share=shared)
    if session.scalars(wanted.execution_options(populate_existing=True)).one_or_none() is None:
        raise gone
    if isinstance(row, Screening) and not shared:
        tell_waiting_buyers(session, screening_ids=[row.id])


def tell_waiting_buyers(session: Session, *, screening_ids: Collection[int]) -> None:
    """Let buyers who wait for the rows of these screenings, which the caller has alone, know that they waited.

    A purchase that is one statement saw everything else, such as the seats that are kept back, as it was before.
    """
    for ids in in_portions(screening_ids):
        session.execute(
            update(Screening)
            .where(Screening.id.in_(ids))
            .values(lock_version=Screening.lock_version + 1)
            .execution_options(synchronize_session=False)
        )
