"""Price lists as a grid, kinds of tickets, promo codes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from matinee.boxoffice.models import PromoCode
from matinee.programme.models import Price, PriceList, TicketType
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import House, on_one_database
from tests.programme.planning import read
from tests.web.backoffice.conftest import CINEMA, Office, OpenOffice

PRICES = f"{CINEMA}/prices"
PROMOS = f"{CINEMA}/promo-codes"


def kinds(services: Services) -> dict[str, int]:
    wanted = select(TicketType.code, TicketType.id)
    return read(services, lambda s: dict(s.execute(wanted).all()))


def grid(services: Services, **more: Any) -> dict[str, Any]:
    """The form of a list with a price for adults and children."""
    adult, child = (kinds(services)[code] for code in ("adult", "child"))
    return {
        "name": "weekend", "weekdays": ["6", "7"], "begins": "17:00", "ends": "", "zone-0": "standard",
        f"amount-0-{adult}": "150.00", f"amount-0-{child}": "90,50", "zone-1": "sofa", f"amount-1-{adult}": "220",
        f"amount-1-{child}": "", "zone-2": "", f"amount-2-{adult}": "", **more,
    }  # fmt: skip


def amounts(services: Services, list_id: int) -> dict[tuple[str, str], int]:
    wanted = (
        select(Price.zone, TicketType.code, Price.amount)
        .join(TicketType)
        .where(Price.price_list_id == list_id)
    )
    return read(services, lambda s: {(zone, code): amount for zone, code, amount in s.execute(wanted)})


def enter(office: Office, services: Services, **more: Any) -> int:
    answer = office.post(f"{PRICES}/new", grid(services, **more))
    assert answer.status_code == 303, answer.text[-3000:]
    return int(answer.headers["Location"].rpartition("/")[2])


def test_a_price_list_is_entered_as_a_grid_copied_changed_and_deleted(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer = office("programmer")
    made = enter(programmer, services)
    assert amounts(services, made) == {
        ("standard", "adult"): 15000, ("standard", "child"): 9050, ("sofa", "adult"): 22000,
    }  # fmt: skip
    assert "Sat, Sun from 17:00" in programmer.get(PRICES).text
    copy = programmer.get(f"{PRICES}/new?like={made}").text
    assert 'value="Copy of weekend"' in copy
    assert 'value="90.50"' in copy
    adult = kinds(services)["adult"]
    changed = grid(
        services, **{"weekdays": [], "begins": "", "zone-2": "balcony", f"amount-2-{adult}": "175"}
    )
    assert programmer.post(f"{PRICES}/{made}", changed).status_code == 303
    assert amounts(services, made)["balcony", "adult"] == 17500
    assert read(services, lambda s: s.get_one(PriceList, made).weekdays) == ""
    assert programmer.post(f"{PRICES}/{made}/delete", {"typed": "delete"}).status_code == 303
    assert programmer.get(f"{PRICES}/{made}").status_code == 404
    assert [action for action, _subject in programmer.trail()] == [
        "prices.create",
        "prices.change",
        "prices.delete",
    ]


def test_a_list_that_has_screenings_says_which_and_stays(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer = office("programmer")
    evening = read(services, lambda s: s.scalars(select(PriceList.id)).one())
    page = programmer.get(f"{PRICES}/{evening}").text
    assert f"/screenings/{house.lettered}" in page
    refused = programmer.post(f"{PRICES}/{evening}/delete", {"typed": "delete"}, follow_redirects=True)
    assert "has screenings, so it stays" in refused.text


@on_one_database
@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"name": ""}, 422), ({"name": "evening"}, 409), ({"name": "7.50 UAH"}, 422), ({"name": "auto"}, 422),
        ({"begins": "noon"}, 422), ({"begins": "17:00", "ends": "17:00"}, 422), ({"zone-1": "standard"}, 422),
        ({"zone-1": ""}, 422), ({"zone-1": "x" * 41}, 422), ({"zone-0": "balcony"}, 422), ({"name": "a\0"}, 422),
    ],
)  # fmt: skip
def test_a_list_that_is_not_right_is_shown_again(
    office: OpenOffice, services: Services, house: House, wrong: dict[str, Any], status: int
) -> None:
    answer = office("programmer").post(f"{PRICES}/new", grid(services, **wrong))
    assert answer.status_code == status
    assert 'value="90,50"' in answer.text


@on_one_database
@pytest.mark.parametrize("wrong", ["-1", "lots", "1.234", "999999999999", "\0"])
def test_an_amount_that_is_none_is_said_at_its_field(
    office: OpenOffice, services: Services, house: House, wrong: str
) -> None:
    adult = kinds(services)["adult"]
    answer = office("programmer").post(f"{PRICES}/new", grid(services, **{f"amount-1-{adult}": wrong}))
    assert answer.status_code == 422
    assert "This is no amount" in answer.text


def test_kinds_of_tickets_are_entered_and_renamed(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer, page = office("programmer"), f"{CINEMA}/ticket-types"
    assert programmer.post(f"{page}/new", {"code": "senior", "name": "Senior"}).status_code == 303
    assert programmer.post(f"{page}/new", {"code": "senior", "name": "Other"}).status_code == 409
    assert programmer.post(f"{page}/new", {"code": " ", "name": "Other"}).status_code == 422
    senior = kinds(services)["senior"]
    assert programmer.post(f"{page}/{senior}", {"name": "From 65 on"}).status_code == 303
    assert programmer.post(f"{page}/{senior}", {"name": "\0"}).status_code == 422
    assert "From 65 on" in programmer.get(page).text
    assert "From 65 on" in programmer.get(f"{PRICES}/new").text
    assert programmer.get(f"{page}/999").status_code == 404


def test_a_promo_code_is_made_used_and_ended(
    office: OpenOffice, sale: Sale, services: Services, house: House
) -> None:
    programmer = office("programmer")
    values = {"code": "spring", "kind": "percentage", "value": "10 %", "uses_max": "100", "last_day": "2030-05-31",
              "first_day": ""}  # fmt: skip
    assert programmer.post(f"{PROMOS}/new", values).status_code == 303
    promo = read(services, lambda s: s.scalars(select(PromoCode)).one())
    assert (promo.code, promo.value, promo.uses_max) == ("SPRING", 10, 100)
    # The whole last day, on the wall in Kyiv.
    assert promo.valid_until == datetime(2030, 5, 31, 21, 0, tzinfo=UTC)
    sale.apply(sale.hold("A1"), "spring")
    row = programmer.get(f"{PROMOS}?code=spr&format=csv").data.decode("utf-8-sig").splitlines()[1]
    assert row.startswith("SPRING,10 %,1,100")
    page = f"{PROMOS}/{promo.id}"
    assert 'value="2030-05-31"' in programmer.get(page).text
    assert programmer.post(page, {"last_day": "", "uses_max": ""}).status_code == 303
    promo = read(services, lambda s: s.get_one(PromoCode, promo.id))
    assert (promo.valid_until, promo.uses_max, promo.active) == (None, None, True)
    programmer.post(page, {"active": "end"})
    assert not read(services, lambda s: s.get_one(PromoCode, promo.id).active)
    assert "SPRING" in programmer.get(f"{PROMOS}?active=0").text
    programmer.post(page, {"active": "begin"})
    assert read(services, lambda s: s.get_one(PromoCode, promo.id).active)
    assert [action for action, _subject in programmer.trail()] == ["promo.create"] + ["promo.change"] * 3


@on_one_database
@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"code": "x"}, 422), ({"code": "a b"}, 422), ({"value": "0"}, 422), ({"value": "101"}, 422),
        ({"value": "half"}, 422), ({"kind": "amount", "value": "1.234"}, 422), ({"uses_max": "0"}, 422),
        ({"uses_max": "9" * 12}, 422), ({"last_day": "soon"}, 422), ({"last_day": "9999-12-31"}, 422),
        ({"first_day": "x"}, 422), ({"code": "a\0b"}, 422),
    ],
)  # fmt: skip
def test_a_promo_code_that_cannot_be_is_shown_again(
    office: OpenOffice, house: House, wrong: dict[str, str], status: int
) -> None:
    values = {"code": "spring", "kind": "percentage", "value": "10", "uses_max": "", "last_day": "", **wrong}
    assert office("programmer").post(f"{PROMOS}/new", values).status_code == status


@on_one_database
def test_another_cinemas_are_not_found(office: OpenOffice, services: Services, house: House) -> None:
    manager = office("manager")
    evening = read(services, lambda s: s.scalars(select(PriceList.id)).one())
    manager.post(f"{PROMOS}/new", {"code": "spring", "kind": "amount", "value": "5"})
    promo = read(services, lambda s: s.scalars(select(PromoCode.id)).one())
    for page in (f"prices/{evening}", f"promo-codes/{promo}", f"ticket-types/{kinds(services)['adult']}"):
        assert manager.get(f"{CINEMA}/{page}").status_code == 200, page
        assert manager.get(f"/backoffice/at/lux/{page}").status_code == 404, page
