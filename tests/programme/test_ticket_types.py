from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from matinee.programme.errors import InvalidTicketType, TicketTypeExists, TicketTypeNotFound
from matinee.programme.queries import default_cinema
from matinee.programme.ticket_types import (
    create_ticket_type,
    rename_ticket_type,
    ticket_type_by_id,
    ticket_types_of,
)
from tests.building import House
from tests.programme.planning import read, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def create(session: Session, code: str = "senior", name: str = "Senior") -> int:
    return create_ticket_type(session, cinema=default_cinema(session), code=code, name=name).id


def test_ticket_types_come_in_the_order_in_which_they_were_entered(services: Services, house: House) -> None:
    write(services, create)

    def names(session: Session) -> list[tuple[str, str]]:
        return [(each.code, each.name) for each in ticket_types_of(session, cinema_id=house.cinema)]

    assert read(services, names) == [("adult", "Adult"), ("child", "Child"), ("senior", "Senior")]


def test_a_ticket_type_gets_another_name_and_keeps_its_code(services: Services, house: House) -> None:
    made = write(services, create)

    def rename(session: Session) -> None:
        found = ticket_type_by_id(session, cinema_id=house.cinema, ticket_type_id=made)
        rename_ticket_type(session, ticket_type=found, name=" Пенсіонер ")

    write(services, rename)
    found = read(services, lambda session: ticket_types_of(session, cinema_id=house.cinema)[-1])
    assert (found.code, found.name) == ("senior", "Пенсіонер")


def test_a_code_is_there_once_and_nothing_is_without_a_name(services: Services, house: House) -> None:
    with pytest.raises(TicketTypeExists):
        write(services, lambda session: create(session, "adult"))
    for code, name in (("", "Senior"), ("senior", " "), ("x" * 41, "Senior"), ("senior", "x" * 101)):
        with pytest.raises(InvalidTicketType):
            write(services, lambda session, code=code, name=name: create(session, code, name))


def test_a_ticket_type_of_another_cinema_is_not_found(services: Services, house: House) -> None:
    made = write(services, create)
    with pytest.raises(TicketTypeNotFound):
        read(
            services,
            lambda session: ticket_type_by_id(session, cinema_id=house.cinema + 1, ticket_type_id=made),
        )
