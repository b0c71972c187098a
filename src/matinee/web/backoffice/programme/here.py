"""What the pages of planning look up first: the cinema of the page, and what is its own."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matinee.programme.catalogue import find_hall, find_screening
from matinee.programme.errors import HallNotFound, ScreeningNotFound
from matinee.programme.models import Cinema, Hall, Screening
from matinee.programme.queries import cinema_by_slug
from matinee.web.backoffice.blueprint import this_house


def cinema_here(session: Session) -> Cinema:
    """The cinema that this page is about. Raises CinemaNotFound."""
    return cinema_by_slug(session, this_house().slug or None)


def hall_here(session: Session, hall_id: int) -> Hall:
    """A hall of this cinema. Raises HallNotFound, also for another cinema's."""
    found = find_hall(session, hall_id=hall_id)
    if found.cinema_id != this_house().id:
        raise HallNotFound
    return found


def screening_here(session: Session, screening_id: int) -> Screening:
    """A screening of this cinema, with film, hall and cinema. Raises ScreeningNotFound, also for another cinema's."""
    found = find_screening(session, screening_id=screening_id, drafts_too=True)
    if found.cinema_id != this_house().id:
        raise ScreeningNotFound
    return found
