from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from matinee.programme.cinemas import change_cinema, create_cinema
from matinee.programme.errors import InvalidCinema
from matinee.programme.models import Cinema
from tests.building import House
from tests.programme.planning import read, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

RULES = {
    "sells_priced_unpaid": False,
    "booking_fee_amount": 150,
    "booking_fee_per": "order",
    "orphan_rule": False,
    "selling_out_percent": 75,
    "companion_until_minutes": 0,
    "refund_until_minutes": 1440,
    "counter_until_minutes": 15,
}
PLACE: dict[str, Any] = {"slug": "zoo", "name": "Zoo", "timezone": "UTC", "currency": "EUR"}


def rules_of(services: Services, slug: str) -> dict[str, Any]:
    found = read(services, lambda session: session.scalars(select(Cinema).where(Cinema.slug == slug)).one())
    return {name: getattr(found, name) for name in RULES}


def change(services: Services, slug: str, **changes: Any) -> None:
    write(
        services,
        lambda session: change_cinema(
            session, cinema=session.scalars(select(Cinema).where(Cinema.slug == slug)).one(), **changes
        ),
    )


def test_a_cinema_begins_with_the_rules_that_are_given(services: Services) -> None:
    write(services, lambda session: create_cinema(session, **PLACE, **RULES))

    assert rules_of(services, "zoo") == RULES


def test_a_rule_is_changed_and_the_others_stay(services: Services, house: House) -> None:
    usual = rules_of(services, "odeon")
    change(services, "odeon", refund_until_minutes=0)

    assert rules_of(services, "odeon") == usual | {"refund_until_minutes": 0}
    change(services, "odeon", **RULES)
    assert rules_of(services, "odeon") == RULES


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"booking_fee_amount": -1}, "The booking fee, in minor units, must be 0 to"),
        ({"booking_fee_per": "seat"}, "per ticket or order"),
        ({"selling_out_percent": 0}, "must be 1 to 100"),
        ({"selling_out_percent": 101}, "must be 1 to 100"),
        ({"companion_until_minutes": -1}, "companion seats are kept must be 0 to 43200"),
        ({"refund_until_minutes": 43201}, "money back must be 0 to 43200"),
        ({"counter_until_minutes": -1}, "kept for the counter must be 0"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(services: Services, rule: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidCinema, match=sentence):
        write(services, lambda session: create_cinema(session, **PLACE, **rule))
    write(services, lambda session: create_cinema(session, **PLACE))
    with pytest.raises(InvalidCinema, match=sentence):
        change(services, "zoo", **rule)


def test_a_booking_fee_does_not_become_other_money(services: Services) -> None:
    write(services, lambda session: create_cinema(session, **PLACE, booking_fee_amount=150))

    with pytest.raises(InvalidCinema, match="without the booking fee"):
        change(services, "zoo", currency="JPY")
    change(services, "zoo", currency="JPY", booking_fee_amount=200)
    assert rules_of(services, "zoo")["booking_fee_amount"] == 200
