"""The hall that an address names."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matinee.programme.catalogue import find_hall
from matinee.programme.errors import HallNotFound
from matinee.programme.models import Hall

# What the column of the database holds.
ID_MAX = 2**31 - 1


def hall_here(session: Session, *, cinema_id: int, hall_id: int) -> Hall:
    """The hall. Raises HallNotFound, also for one of another cinema."""
    if hall_id > ID_MAX:
        raise HallNotFound
    hall = find_hall(session, hall_id=hall_id)
    if hall.cinema_id != cinema_id:
        raise HallNotFound
    return hall
