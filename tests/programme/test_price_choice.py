from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.errors import (
    AmbiguousPriceList,
    NoPriceListThen,
    PriceListNotFound,
    PriceListNotValidThen,
)
from matinee.programme.models import Cinema, PriceList, Screening
from matinee.programme.price_choice import choose_price_lists_anew, is_flat_name, price_list_valid_at
from matinee.programme.price_lists import change_price_list
from matinee.programme.prices import flat_price_list
from matinee.programme.queries import default_cinema
from tests.building import DAY, NOW, House, cancel
from tests.programme.planning import add_list, list_name, read, schedule, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

# DAY is a Saturday. The house has the list "evening", which is valid always.
FRIDAY = DAY - timedelta(days=1)


def valid_at(session: Session, day: date, time: str) -> str | None:
    found = price_list_valid_at(session, cinema_id=default_cinema(session).id, day=day, time=time)
    return None if found is None else found.name


def named(session: Session, name: str) -> PriceList:
    return session.scalars(select(PriceList).where(PriceList.name == name)).one()


def test_the_narrowest_of_the_valid_lists_is_chosen(services: Services, house: House) -> None:
    def plan(session: Session) -> None:
        add_list(session, "weekend", weekdays="67")
        add_list(session, "matinee", ends="14:00")
        add_list(session, "weekend night", weekdays="67", begins="22:00", ends="02:00")

    write(services, plan)

    def chosen(session: Session) -> list[str | None]:
        moments = (
            (FRIDAY, "20:00"), (FRIDAY, "13:59"), (DAY, "13:59"), (DAY, "20:00"), (DAY, "22:00"), (DAY, "01:30"),
        )  # fmt: skip
        return [valid_at(session, *moment) for moment in moments]

    assert read(services, chosen) == [
        "evening", "matinee", "weekend", "weekend", "weekend night", "weekend night",
    ]  # fmt: skip


def test_of_two_lists_that_are_alike_none_is_chosen(services: Services, house: House) -> None:
    write(
        services,
        lambda session: (add_list(session, "a", weekdays="56"), add_list(session, "b", weekdays="67")),
    )

    with pytest.raises(
        AmbiguousPriceList, match=r"On 2030-05-18 at 20:00 the price lists 'a' and 'b' are valid"
    ):
        read(services, lambda session: valid_at(session, DAY, "20:00"))
    assert read(services, lambda session: valid_at(session, FRIDAY, "20:00")) == "a"


def test_a_list_that_says_every_day_goes_before_those_that_say_nothing(
    services: Services, house: House
) -> None:
    write(
        services, lambda session: (add_list(session, "gala"), add_list(session, "usual", weekdays="1234567"))
    )

    assert read(services, lambda session: valid_at(session, DAY, "20:00")) == "usual"


def test_the_list_of_a_single_price_is_never_chosen(services: Services, house: House) -> None:
    def plan(session: Session) -> str | None:
        change_price_list(session, price_list=named(session, "evening"), begins="18:00", now=NOW)
        flat_price_list(session, cinema=default_cinema(session), price="7.50")
        return valid_at(session, DAY, "12:00")

    assert write(services, plan) is None


@pytest.mark.parametrize(
    ("name", "currency", "flat"),
    [
        ("7.50 EUR", "EUR", True), ("750 JPY", "JPY", True), ("7.5 EUR", "EUR", False), ("7.50 USD", "EUR", False),
        ("Evening EUR", "EUR", False), ("EUR", "EUR", False), ("7.50", "EUR", False), ("1e2 EUR", "EUR", False),
    ],
)  # fmt: skip
def test_the_name_of_a_single_price_is_that_price(name: str, currency: str, flat: bool) -> None:
    assert is_flat_name(name, currency=currency) is flat


def test_lists_of_another_cinema_are_not_asked(services: Services, house: House) -> None:
    def ask(session: Session) -> PriceList | None:
        lux = session.scalars(select(Cinema).where(Cinema.slug == "lux")).one()
        return price_list_valid_at(session, cinema_id=lux.id, day=DAY, time="20:00")

    assert read(services, ask) is None


def test_a_screening_gets_the_list_of_its_time_the_one_named_or_none(
    services: Services, house: House
) -> None:
    def plan(session: Session) -> list[tuple[str | None, bool]]:
        weekend = add_list(session, "weekend", weekdays="67")
        made = [
            schedule(session, time="06:00", price_list="auto"),
            schedule(session, time="08:00", price_list="evening"),
            schedule(session, time="10:00", price_list=weekend.id),
            schedule(session, time="12:00"),
        ]
        return [(list_name(session, each.id), each.price_list_by_time) for each in made]

    assert write(services, plan) == [
        ("weekend", True), ("evening", False), ("weekend", False), (None, False),
    ]  # fmt: skip


def test_a_named_list_must_be_there_and_valid_then(services: Services, house: House) -> None:
    write(services, lambda session: add_list(session, "week", weekdays="12345", ends="17:00"))

    with pytest.raises(
        PriceListNotValidThen, match=r"'week' \(Mon, Tue, Wed, Thu, Fri until 17:00\) is not valid on"
    ):
        write(services, lambda session: schedule(session, price_list="week"))
    for absent in ("gala", 999):
        with pytest.raises(PriceListNotFound):
            write(services, lambda session, absent=absent: schedule(session, price_list=absent))


def test_a_screening_is_not_given_away_where_no_list_is_valid(services: Services, house: House) -> None:
    def narrow(session: Session) -> None:
        change_price_list(session, price_list=named(session, "evening"), begins="18:00", now=NOW)

    write(services, narrow)

    with pytest.raises(NoPriceListThen, match="No price list is valid on 2030-05-18 at 12:00"):
        write(services, lambda session: schedule(session, price_list="auto"))


def test_the_list_is_chosen_anew_for_what_is_to_come_and_goes_by_the_time(
    services: Services, house: House
) -> None:
    def plan(session: Session) -> dict[str, int]:
        ids = {
            "by time": schedule(session, time="08:00", price_list="auto"),
            "named": schedule(session, time="10:00", price_list="evening"),
            "cancelled": schedule(session, time="12:00", price_list="auto"),
            "begun": schedule(session, time="14:00", price_list="auto"),
        }
        session.get_one(Screening, ids["begun"].id).starts_at = NOW
        cancel(session, ids["cancelled"].id)
        return {what: each.id for what, each in ids.items()}

    ids = write(services, plan)
    write(services, lambda session: add_list(session, "weekend", weekdays="67"))

    names = read(services, lambda session: {what: list_name(session, each) for what, each in ids.items()})
    assert names == {"by time": "weekend", "named": "evening", "cancelled": "evening", "begun": "evening"}
    cinema_id = house.cinema
    again = write(services, lambda session: choose_price_lists_anew(session, cinema_id=cinema_id, now=NOW))
    assert again == 0


def test_a_change_after_which_a_screening_has_no_list_or_two_is_refused(
    services: Services, house: House
) -> None:
    screening_id = write(services, lambda session: schedule(session, price_list="auto").id)

    with pytest.raises(NoPriceListThen):
        write(
            services,
            lambda session: change_price_list(
                session, price_list=named(session, "evening"), begins="18:00", now=NOW
            ),
        )
    with pytest.raises(AmbiguousPriceList):
        write(services, lambda session: add_list(session, "usual"))
    assert read(services, lambda session: list_name(session, screening_id)) == "evening"
