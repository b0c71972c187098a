from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.models import Price, Screening, TicketType
from matinee.programme.prices import amounts_by_zone_and_type, price_for
from matinee.programme.screening_prices import prices_of_screening
from tests.building import PRICE_A, PRICE_B, House
from tests.programme.planning import read, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def prices(services: Services, screening_id: int) -> list[tuple[str, str, int]]:
    def work(session: Session) -> list[tuple[str, str, int]]:
        found = prices_of_screening(session, screening=session.get_one(Screening, screening_id))
        return [(each.zone, each.ticket_type_code, each.amount) for each in found]

    return read(services, work)


def test_every_zone_has_a_price_for_each_ticket_type_that_is_sold(services: Services, house: House) -> None:
    # Nothing is said of a child on the sofa: it costs what the standard zone does.
    assert prices(services, house.lettered) == [
        ("standard", "adult", PRICE_A), ("standard", "child", 100), ("sofa", "adult", PRICE_B), ("sofa", "child", 100),
    ]  # fmt: skip


def test_a_type_without_an_amount_is_not_sold_and_one_of_a_single_zone_only_there(
    services: Services, house: House
) -> None:
    def work(session: Session) -> None:
        senior, student = (
            TicketType(cinema_id=house.cinema, code=code, name=code) for code in ("senior", "student")
        )
        session.add_all([senior, student])
        session.flush()
        list_id = session.get_one(Screening, house.lettered).price_list_id
        session.add(Price(price_list_id=list_id, zone="sofa", ticket_type_id=senior.id, amount=7))

    write(services, work)
    found = prices(services, house.lettered)
    assert ("sofa", "senior", 7) in found
    assert ("standard", "senior") not in {each[:2] for each in found}
    assert "student" not in {each[1] for each in found}


def test_without_a_price_list_all_is_free_for_the_first_type(services: Services, house: House) -> None:
    assert prices(services, house.first_hall) == [("standard", "adult", 0)]
    # The second cinema has no ticket types at all.
    assert prices(services, house.elsewhere) == [("standard", "adult", 0)]


def test_a_zone_without_an_amount_costs_what_the_standard_zone_does(services: Services, house: House) -> None:
    def work(session: Session) -> list[int | None]:
        adult, child = session.scalars(select(TicketType.id).order_by(TicketType.id))
        list_id = session.get_one(Screening, house.lettered).price_list_id
        amounts = amounts_by_zone_and_type(session, price_list_id=list_id or 0)
        asked = (("sofa", adult), ("sofa", child), ("balcony", adult), ("standard", 999), ("standard", None))
        return [price_for(amounts, zone, kind) for zone, kind in asked]

    assert read(services, work) == [PRICE_B, 100, PRICE_A, None, None]
