"""Distributors one at a time: entered, changed, deleted; which films are whose."""

from __future__ import annotations

import re

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matinee.db.constraints import translating
from matinee.programme.errors import (
    DistributorExists,
    DistributorInUse,
    DistributorNotFound,
    InvalidDistributor,
)
from matinee.programme.fields import parse_line, parse_text, told_as
from matinee.programme.models import Distributor, Film

NAME_CHARACTERS_MAX = 200
ADDRESS_CHARACTERS_MAX = 1000
EMAIL_CHARACTERS_MAX = 320


def distributors_by_name(session: Session) -> list[Distributor]:
    """Every distributor, in the order of their names."""
    return sorted(session.scalars(select(Distributor)), key=lambda each: (each.name.casefold(), each.id))


def find_distributor(session: Session, *, distributor_id: int) -> Distributor:
    """The distributor. Raises DistributorNotFound."""
    found = session.get(Distributor, distributor_id)
    if found is None:
        raise DistributorNotFound
    return found


def films_per_distributor(session: Session) -> dict[int, int]:
    """How many films each distributor has; those without are left out."""
    wanted = select(Film.distributor_id, func.count()).where(Film.distributor_id.is_not(None))
    return {
        number: count for number, count in session.execute(wanted.group_by(Film.distributor_id)) if number
    }


def create_distributor(session: Session, *, name: str, address: str = "", email: str = "") -> Distributor:
    """Store a distributor. Raises InvalidDistributor and DistributorExists."""
    made = Distributor()
    _set(made, name=name, address=address, email=email)
    session.add(made)
    _store(session)
    return made


def change_distributor(
    session: Session, *, distributor: Distributor, name: str, address: str, email: str
) -> None:
    """Change what is known of a distributor. Raises InvalidDistributor and DistributorExists."""
    _set(distributor, name=name, address=address, email=email)
    _store(session)


def delete_distributor(session: Session, *, distributor: Distributor) -> None:
    """Delete a distributor whom nothing refers to: no film, and nothing that was told of one. Raises DistributorInUse."""
    try:
        with session.begin_nested():
            session.delete(distributor)
    except IntegrityError as error:
        raise DistributorInUse from error


def _set(distributor: Distributor, *, name: str, address: str, email: str) -> None:
    with told_as(InvalidDistributor, "The distributor"):
        values = {
            "name": parse_line(name, what="name", characters_max=NAME_CHARACTERS_MAX),
            "address": parse_text(
                address, what="address", characters_max=ADDRESS_CHARACTERS_MAX, required=False
            ),
            "email": parse_line(
                email, what="mail address", characters_max=EMAIL_CHARACTERS_MAX, required=False
            ),
        }
        if values["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+", values["email"]):
            raise ValueError("its mail address is none")
    for field, value in values.items():
        setattr(distributor, field, value)


def _store(session: Session) -> None:
    with translating({"uq_distributor_name": DistributorExists}):
        session.flush()
