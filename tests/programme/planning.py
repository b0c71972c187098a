"""Planning one thing at a time, on the programme of `tests.building`. Times are those on the wall in Kyiv."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.models import Film, Hall, PriceList, Screening
from matinee.programme.price_lists import create_price_list
from matinee.programme.queries import default_cinema, hall_by_name
from matinee.programme.screenings import schedule_screening
from tests.building import DAY, NOW

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

Result = TypeVar("Result")


def write(services: Services, work: Callable[[Session], Result]) -> Result:
    """Do it in a transaction of its own."""
    return services.transactions.write(work)


def read(services: Services, work: Callable[[Session], Result]) -> Result:
    """Ask in a transaction of its own."""
    return services.transactions.read(work)


def film_titled(session: Session, title: str) -> Film:
    """The film of this title."""
    return session.scalars(select(Film).where(Film.title == title)).one()


def hall_named(session: Session, name: str) -> Hall:
    """The hall of the first cinema."""
    return hall_by_name(session, cinema_id=default_cinema(session).id, name=name)


def schedule(session: Session, title: str = "Nosferatu", **more: Any) -> Screening:
    """A film of 94 minutes on `DAY` at 12:00 in Hall 1, where nothing is shown before 18:00; or as `more` says."""
    hall = more.pop("hall", "Hall 1")
    values: dict[str, Any] = {"day": DAY, "time": "12:00", "now": NOW} | more
    return schedule_screening(
        session,
        cinema=default_cinema(session),
        hall=hall_named(session, hall),
        film=film_titled(session, title),
        **values,
    )


def add_list(session: Session, name: str, amount: int = 900, **validity: str) -> PriceList:
    """A price list with one amount."""
    return create_price_list(
        session,
        cinema=default_cinema(session),
        name=name,
        amounts={("standard", "adult"): amount},
        now=NOW,
        **validity,
    )


def list_name(session: Session, screening_id: int) -> str | None:
    """The name of the price list that the screening has."""
    list_id = session.get_one(Screening, screening_id).price_list_id
    return None if list_id is None else session.get_one(PriceList, list_id).name
