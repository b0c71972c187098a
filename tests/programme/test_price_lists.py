from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.errors import (
    InvalidPriceList,
    PriceListExists,
    PriceListInUse,
    PriceListNotFound,
    TicketTypeNotFound,
)
from matinee.programme.models import Cinema, Price, PriceList
from matinee.programme.price_lists import (
    change_price_list,
    create_price_list,
    delete_price_list,
    price_list_by_id,
    price_lists_of,
)
from matinee.programme.prices import flat_price_list, price_rows
from matinee.programme.queries import default_cinema
from tests.building import NOW, House
from tests.programme.planning import add_list, read, schedule, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def rows(session: Session, name: str) -> list[tuple[str, ...]]:
    return sorted(row[1:] for row in price_rows(session, cinema=default_cinema(session)) if row[0] == name)


def create(session: Session, **changes: Any) -> PriceList:
    values: dict[str, Any] = {"name": "gala", "amounts": {("standard", "adult"): 900}, "now": NOW} | changes
    return create_price_list(session, cinema=default_cinema(session), **values)


def test_a_list_is_stored_with_its_amounts_and_times(services: Services, house: House) -> None:
    amounts = {("standard", "adult"): 900, ("sofa", "adult"): 1250, ("standard", "child"): 0}
    write(services, lambda session: create(session, amounts=amounts, weekdays="76", ends="9:30"))

    assert read(services, lambda session: rows(session, "gala")) == [
        ("sofa", "adult", "12.50", "67", "", "09:30"),
        ("standard", "adult", "9.00", "67", "", "09:30"),
        ("standard", "child", "0.00", "67", "", "09:30"),
    ]


def test_a_cinema_without_ticket_types_gets_the_usual_one(services: Services, house: House) -> None:
    def work(session: Session) -> list[str]:
        lux = session.scalars(select(Cinema).where(Cinema.slug == "lux")).one()
        create_price_list(session, cinema=lux, name="all", amounts={("standard", "adult"): 5}, now=NOW)
        return [each.name for each in price_lists_of(session, cinema_id=lux.id)]

    assert write(services, work) == ["all"]


def test_a_change_replaces_all_amounts_or_leaves_them(services: Services, house: House) -> None:
    def work(session: Session) -> None:
        made = create(session, amounts={("standard", "adult"): 900, ("sofa", "adult"): 1250})
        change_price_list(session, price_list=made, name="soirée", begins="20:00", now=NOW)
        assert len(rows(session, "soirée")) == 2
        change_price_list(session, price_list=made, amounts={("standard", "adult"): 800}, now=NOW)

    write(services, work)
    assert read(services, lambda session: rows(session, "soirée")) == [
        ("standard", "adult", "8.00", "", "20:00", "")
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "its name is empty"),
        ({"name": "Auto"}, "No price list is called 'Auto'"),
        ({"name": "7.50 UAH"}, "belongs to imports"),
        ({"weekdays": "8"}, "its weekdays are '8'"),
        ({"begins": "noon"}, "is not a time"),
        ({"amounts": {("standard", "child"): 1}}, "no amount for the zone 'standard' and the type 'adult'"),
        ({"amounts": {("standard", "adult"): -1}}, "negative"),
        ({"amounts": {("standard", "adult"): 1, (" ", "adult"): 1}}, "its zone is empty"),
        ({"amounts": {("standard", "adult"): 1, ("standard ", "adult"): 2}}, "twice"),
    ],
)
def test_what_a_list_cannot_be_is_refused(
    services: Services, house: House, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidPriceList, match=sentence):
        write(services, lambda session: create(session, **changes))
    made = write(services, create).id
    with pytest.raises(InvalidPriceList, match=sentence):
        write(
            services,
            lambda session: change_price_list(
                session, price_list=session.get_one(PriceList, made), now=NOW, **changes
            ),
        )


def test_a_ticket_type_that_is_not_there_is_named(services: Services, house: House) -> None:
    amounts = {("standard", "adult"): 1, ("standard", "dog"): 1}
    with pytest.raises(TicketTypeNotFound, match="'dog'"):
        write(services, lambda session: create(session, amounts=amounts))


def test_a_name_is_there_once_in_a_cinema(services: Services, house: House) -> None:
    made = write(services, create).id
    with pytest.raises(PriceListExists):
        write(services, create)
    with pytest.raises(PriceListExists):
        write(
            services,
            lambda session: change_price_list(
                session, price_list=session.get_one(PriceList, made), name="evening", now=NOW
            ),
        )


def test_a_list_that_an_import_made_for_a_price_stays_that_price(services: Services, house: House) -> None:
    def work(session: Session) -> None:
        made = flat_price_list(session, cinema=default_cinema(session), price="7.50")
        change_price_list(
            session,
            price_list=session.get_one(PriceList, made),
            amounts={("standard", "adult"): 900},
            now=NOW,
        )

    with pytest.raises(InvalidPriceList, match="belongs to imports"):
        write(services, work)


def test_a_list_goes_with_its_amounts_unless_a_screening_has_it(services: Services, house: House) -> None:
    def delete(name: str) -> None:
        write(
            services,
            lambda session: delete_price_list(
                session, price_list=session.scalars(select(PriceList).where(PriceList.name == name)).one()
            ),
        )

    made = write(services, create).id
    write(services, lambda session: add_list(session, "named"))
    write(services, lambda session: schedule(session, price_list="named"))

    delete("gala")
    with pytest.raises(PriceListInUse):
        delete("named")

    def left(session: Session) -> tuple[list[str], int]:
        names = [each.name for each in price_lists_of(session, cinema_id=house.cinema)]
        return names, len(session.scalars(select(Price).where(Price.price_list_id == made)).all())

    assert read(services, left) == (["evening", "named"], 0)


def test_a_list_of_another_cinema_is_not_found(services: Services, house: House) -> None:
    made = write(services, create).id

    def find(session: Session, cinema_id: int) -> str:
        return price_list_by_id(session, cinema_id=cinema_id, price_list_id=made).name

    assert read(services, lambda session: find(session, house.cinema)) == "gala"
    with pytest.raises(PriceListNotFound):
        read(services, lambda session: find(session, house.cinema + 1))
