"""The list of screenings, and the page of one: what changes while tickets are sold, cancelling, moving."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matinee.programme.models import Screening
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import DAY, TODAY, House, cancel, on_one_database
from tests.programme.planning import add_list, hall_named, read, schedule, write
from tests.web.backoffice.conftest import CINEMA, OpenOffice

LIST = f"{CINEMA}/screenings"
UNCHANGED = {
    "price_list": "free", "adverts": "0", "format": "", "language": "", "subtitles": "", "access_features_shown": "1",
    "sale_end_day": "", "sale_end_time": "",
}  # fmt: skip


def screening(services: Services, screening_id: int) -> Screening:
    return read(services, lambda s: s.get_one(Screening, screening_id))


def hall_id(services: Services, name: str) -> int:
    return read(services, lambda s: hall_named(s, name).id)


def rows(page: str) -> int:
    return page.count("<tr>") - 1


def test_screenings_are_found_by_day_film_hall_and_state(
    office: OpenOffice, services: Services, house: House
) -> None:
    draft = write(services, lambda s: schedule(s, draft=True).id)
    write(services, lambda s: cancel(s, house.closed))
    programmer = office("programmer")
    # From today on: not what was shown yesterday, nor in the other cinema.
    assert rows(programmer.get(LIST).text) == 7
    assert rows(programmer.get(f"{LIST}?first_day={DAY}&last_day={DAY}").text) == 5
    assert rows(programmer.get(f"{LIST}?first_day=2030-05-01").text) == 8
    assert rows(programmer.get(f"{LIST}?film=аМЕЛИ").text) == 4
    assert rows(programmer.get(f"{LIST}?hall={hall_id(services, 'Hall 10')}").text) == 1
    only = programmer.get(f"{LIST}?state=draft").text
    assert f"/screenings/{draft}" in only
    assert rows(only) == 1
    assert f"/screenings/{house.closed}" in programmer.get(f"{LIST}?state=cancelled").text
    assert rows(programmer.get(f"{LIST}?state=published").text) == 5
    assert f"/screenings/{house.begun}" in programmer.get(f"{LIST}?last_day={TODAY}").text
    table = programmer.get(f"{LIST}?format=csv&sort=-film").data.decode("utf-8-sig").splitlines()
    assert "Амели" in table[1]
    assert "2030-05-18T20:30:00+03:00" in "\n".join(table)


@on_one_database
@pytest.mark.parametrize(
    "query", ["hall=99", "hall=x", "state=sold", "first_day=x", "last_day=x", "sort=tickets"]
)
def test_what_cannot_be_wanted_is_refused(office: OpenOffice, query: str) -> None:
    assert office("programmer").get(f"{LIST}?{query}").status_code == 400


def test_prices_and_manner_change_also_while_tickets_are_sold(
    office: OpenOffice, sale: Sale, services: Services, house: House
) -> None:
    sale.settle(sale.intend(sale.hold("A1")))
    listed = write(services, lambda s: add_list(s, "late").id)
    programmer = office("programmer")
    page = programmer.get(f"{LIST}/{house.lettered}").text
    assert "<dt>Tickets sold</dt><dd>1</dd>" in page
    assert "draft again" not in page
    answer = programmer.post(
        f"{LIST}/{house.lettered}/change",
        {
            **UNCHANGED,
            "price_list": listed,
            "adverts": "15",
            "format": "3D",
            "language": "UK",
            "subtitles": "en",
            "access_features": ["captions", "relaxed"],
            "sale_end_day": DAY,
            "sale_end_time": "20:00",
        },
    )
    assert answer.status_code == 303, answer.text
    kept = screening(services, house.lettered)
    assert (kept.price_list_id, kept.price_list_by_time, kept.adverts_minutes) == (listed, False, 15)
    assert (kept.format, kept.language, kept.subtitles) == ("3D", "uk", "en")
    assert kept.access_features == "captions relaxed"
    assert kept.sales_end_at == datetime(2030, 5, 18, 17, 0, tzinfo=UTC)
    assert kept.ends_at == datetime(2030, 5, 18, 19, 15, tzinfo=UTC)
    assert programmer.trail() == [("screening.change", f"screening:{house.lettered}")]
    # No box ticked, no end.
    programmer.post(f"{LIST}/{house.lettered}/change", UNCHANGED)
    kept = screening(services, house.lettered)
    assert (kept.access_features, kept.sales_end_at, kept.price_list_id) == ("", None, None)


@on_one_database
@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"price_list": "999"}, 404), ({"price_list": ""}, 400), ({"adverts": "x"}, 400), ({"adverts": "500"}, 400),
        ({"language": "English!"}, 400), ({"access_features": "smell"}, 400), ({"sale_end_day": "2030-05-18"}, 400),
        ({"sale_end_day": "x", "sale_end_time": "10:00"}, 400),
        ({"sale_end_day": "2031-03-30", "sale_end_time": "03:30"}, 400), ({"format": "\0"}, 400),
    ],
)  # fmt: skip
def test_changes_that_cannot_be_are_refused(
    office: OpenOffice, services: Services, house: House, wrong: dict[str, Any], status: int
) -> None:
    answer = office("programmer").post(f"{LIST}/{house.first_hall}/change", {**UNCHANGED, **wrong})
    assert answer.status_code == status


def test_cancelling_says_how_many_tickets_and_how_much_money_first(
    office: OpenOffice, sale: Sale, services: Services, house: House
) -> None:
    sale.settle(sale.intend(sale.hold("A1", "B1")))
    sale.hold("A3")
    programmer = office("programmer")
    address = f"{LIST}/{house.lettered}/cancel"
    page = programmer.get(f"{address}?reason=The+projector+broke.").text
    assert "<dt>Tickets that become worthless</dt><dd>2</dd>" in page
    assert "370.00" in page
    assert "<dt>Seats being chosen just now</dt><dd>1</dd>" in page
    assert 'value="The projector broke."' in page
    wrong = programmer.post(address, {"typed": "yes", "reason": "It broke."})
    assert "was not typed" in wrong.text
    assert screening(services, house.lettered).cancelled_at is None
    done = programmer.post(address, {"typed": "Cancel", "reason": "It broke."}, follow_redirects=True)
    assert "1 order is given back" in done.text
    assert "Cancelled" in done.text
    assert screening(services, house.lettered).cancelled_at is not None
    assert [amount for amount, _state in sale.refunds()] == [37000]
    again = programmer.post(address, {"typed": "cancel"})
    assert again.status_code == 409
    assert programmer.trail() == [("screening.cancel", f"screening:{house.lettered}")]


def test_moving_a_sold_one_shows_who_gets_which_seat_first(
    office: OpenOffice, sale: Sale, services: Services, house: House
) -> None:
    order = sale.hold("A1", "A2")
    sale.settle(sale.intend(order))
    programmer, hall_1 = office("programmer"), hall_id(services, "Hall 1")
    address = f"{LIST}/{house.lettered}/move"

    def clear(session: Session) -> None:
        # What is shown in Hall 1 that evening.
        cancel(session, house.first_hall)

    refused = programmer.get(f"{address}?hall={hall_id(services, 'Hall 2')}", follow_redirects=True)
    assert "Hall 2 is taken" in refused.text
    write(services, clear)
    page = programmer.get(f"{address}?hall={hall_1}").text
    assert "<dt>Seats that move with it</dt><dd>2</dd>" in page
    assert sale.order(order).code in page
    assert screening(services, house.lettered).hall_id != hall_1
    done = programmer.post(address, {"typed": "move", "hall": hall_1}, follow_redirects=True)
    assert "moved, with 2 seats" in done.text
    assert screening(services, house.lettered).hall_id == hall_1
    assert "tickets_moved" in sale.mails()
    assert programmer.trail() == [("screening.move", f"screening:{house.lettered}")]


def test_a_draft_is_deleted_from_its_page_and_nothing_else_is(
    office: OpenOffice, services: Services, house: House
) -> None:
    draft = write(services, lambda s: schedule(s, draft=True).id)
    programmer = office("programmer")
    assert "Delete Nosferatu?" in programmer.get(f"{LIST}/{draft}/delete").text
    assert programmer.post(f"{LIST}/{draft}/delete", {"typed": "delete"}).status_code == 303
    assert programmer.get(f"{LIST}/{draft}").status_code == 404
    kept = programmer.post(f"{LIST}/{house.first_hall}/delete", {"typed": "delete"}, follow_redirects=True)
    assert "no draft any more" in kept.text
    assert screening(services, house.first_hall)


@on_one_database
def test_another_cinemas_are_not_found(office: OpenOffice, services: Services, house: House) -> None:
    manager = office("manager")
    for way in ("", "/cancel", "/move?hall=1", "/delete"):
        assert manager.get(f"{LIST}/{house.elsewhere}{way}").status_code == 404, way
    assert manager.post(f"{LIST}/{house.elsewhere}/change", UNCHANGED).status_code == 404
    assert manager.get(f"{LIST}/{house.lettered}/move?hall=x").status_code == 404
