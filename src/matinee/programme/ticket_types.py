"""Ticket types: adult, child, ... The first of a cinema is the one that is meant when none is named."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.db.constraints import translating
from matinee.db.version import announce_change
from matinee.programme.errors import InvalidTicketType, TicketTypeExists, TicketTypeNotFound
from matinee.programme.fields import TICKET_TYPE_CHARACTERS_MAX, parse_line, told_as
from matinee.programme.models import Cinema, TicketType

DEFAULT_TICKET_TYPE = "adult"
NAME_CHARACTERS_MAX = 100


def ticket_types_of(session: Session, *, cinema_id: int) -> list[TicketType]:
    """The ticket types of a cinema, the first one at the front."""
    return list(
        session.scalars(select(TicketType).where(TicketType.cinema_id == cinema_id).order_by(TicketType.id))
    )


def ticket_type_by_id(session: Session, *, cinema_id: int, ticket_type_id: int) -> TicketType:
    """The ticket type of this cinema. Raises TicketTypeNotFound."""
    found = session.get(TicketType, ticket_type_id)
    if found is None or found.cinema_id != cinema_id:
        raise TicketTypeNotFound
    return found


def first_ticket_type(session: Session, *, cinema: Cinema) -> TicketType:
    """The cinema's first ticket type; "adult" is made where there is none."""
    found = ticket_types_of(session, cinema_id=cinema.id)
    return found[0] if found else store_ticket_type(session, cinema=cinema, code=DEFAULT_TICKET_TYPE)


def store_ticket_type(session: Session, *, cinema: Cinema, code: str) -> TicketType:
    """The ticket type of this code, made if it is not there."""
    wanted = select(TicketType).where(TicketType.cinema_id == cinema.id, TicketType.code == code)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        found = TicketType(cinema_id=cinema.id, code=code, name=code.capitalize())
        session.add(found)
        session.flush()
    return found


def create_ticket_type(session: Session, *, cinema: Cinema, code: str, name: str) -> TicketType:
    """Store a ticket type. Price lists have no amount for it until they are told one. Raises InvalidTicketType and
    TicketTypeExists.
    """
    with told_as(InvalidTicketType, "The ticket type"):
        plain = parse_line(code, what="code", characters_max=TICKET_TYPE_CHARACTERS_MAX)
        made = TicketType(cinema_id=cinema.id, code=plain, name=_named(name))
    session.add(made)
    with translating({"uq_ticket_type_cinema_id_code": TicketTypeExists}):
        session.flush()
    announce_change(session)
    return made


def rename_ticket_type(session: Session, *, ticket_type: TicketType, name: str) -> None:
    """Change what people read; the code, which files and programs use, stays. Raises InvalidTicketType."""
    with told_as(InvalidTicketType, "The ticket type"):
        ticket_type.name = _named(name)
    session.flush()
    announce_change(session)


def _named(name: str) -> str:
    return parse_line(name, what="name", characters_max=NAME_CHARACTERS_MAX)
