"""The week of the halls: what it shows, and that it takes the same few statements however much is planned and sold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import event
from sqlalchemy.orm import Session

from matinee.programme.models import Cinema, Hall
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import DAY, TODAY, House, cancel, on_one_database
from tests.programme.planning import schedule, write
from tests.web.backoffice.conftest import CINEMA, OpenOffice

WEEK = f"{CINEMA}/week"
BOARD = {"HX-Target": "week-board", "HX-Request": "true"}


@contextmanager
def statements(services: Services) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(services.engine, "before_cursor_execute", note)
    yield asked
    event.remove(services.engine, "before_cursor_execute", note)


def blocks(page: str) -> dict[int, str]:
    """The markup of each block by the id of its screening."""
    return {
        int(found[1]): found[0]
        for found in re.finditer(r'<li class="show [^>]*data-id="(\d+)".*?</li>', page, re.S)
    }


def section(page: str, day: date) -> str:
    """The markup of a day."""
    return page.split(f'id="day-{day.isoformat()}"')[1].partition("</section>")[0]


def test_a_week_begins_on_the_cinemas_day_and_shows_drafts_and_sales(
    office: OpenOffice, sale: Sale, house: House
) -> None:
    draft = sale.write(lambda s: schedule(s, draft=True, adverts_minutes=10).id)
    order = sale.hold("A1", "B1")
    sale.settle(sale.intend(order))
    sale.write(lambda s: cancel(s, house.closed))
    page = office("programmer").get(f"{WEEK}?start=2030-05-20").text
    # Thursday.
    first = re.search(r'data-day="([\d-]+)" data-name', page)
    assert first
    assert first[1] == "2030-05-16"
    shown = blocks(page)
    assert {house.first_hall, house.lettered, house.begun, draft} <= set(shown)
    assert house.closed not in shown
    assert house.elsewhere not in shown
    assert "data-draft" in shown[draft]
    assert 'data-adverts="10"' in shown[draft]
    assert "12:00–13:44" in shown[draft]
    assert "data-draft" not in shown[house.lettered]
    assert 'data-tickets="2"' in shown[house.lettered]
    assert "2/6" in shown[house.lettered]


def test_what_begins_after_midnight_is_drawn_in_the_evening_before(office: OpenOffice, house: House) -> None:
    page = office("programmer").get(f"{WEEK}?start={DAY}").text
    assert "00:30–02:00" in section(page, DAY)
    assert "00:30–02:00" not in section(page, DAY + timedelta(days=1))
    # Until it ends, and its turnaround.
    assert int(re.search(r'data-to="(\d+)"', page)[1]) >= 21 * 60  # type: ignore[index]


def test_a_week_in_which_the_clock_is_changed_has_the_hours_that_pass(
    office: OpenOffice, services: Services, house: House
) -> None:
    manager = office("manager")

    def hours(start: str, day: date) -> list[str]:
        page = manager.get(f"{WEEK}?start={start}", headers=BOARD).text
        found = re.search(r'data-hours="([^"]+)"', page.split(f'id="day-{day.isoformat()}"')[1])
        assert found
        return re.findall(r"(\d\d:\d\d)", found[1])

    # Kyiv puts the clock back in the night of 27 October, and forward in that of 31 March.
    autumn = hours("2030-10-24", date(2030, 10, 26))
    assert len(autumn) == 25
    assert autumn.count("03:00") == 2
    spring = hours("2030-03-28", date(2030, 3, 30))
    assert len(spring) == 23
    assert "03:00" not in spring


def test_each_lane_knows_its_turnaround(office: OpenOffice, services: Services, house: House) -> None:
    def clean(session: Session) -> None:
        for hall in session.query(Hall):
            hall.turnaround_minutes = 25
        session.get_one(Cinema, house.cinema).week_starts_on = 1

    write(services, clean)
    page = office("programmer").get(f"{WEEK}?start={TODAY}").text
    assert page.count('data-turnaround="25"') == 3 * 7
    assert 'id="day-2030-05-13"' in page


def test_a_script_gets_the_board_alone(office: OpenOffice, house: House) -> None:
    part = office("programmer").get(f"{WEEK}?start={DAY}", headers=BOARD)
    assert "<html" not in part.text
    assert "HX-Target" in part.headers["Vary"]
    assert house.lettered in blocks(part.text)


def test_the_shelf_finds_films_by_their_titles(office: OpenOffice, house: House) -> None:
    programmer = office("programmer")
    found = programmer.get(f"{WEEK}/shelf?title=аМ").text
    assert "Амели" in found
    assert "Café" not in found
    assert "No film" in programmer.get(f"{WEEK}/shelf?title=zzz%00").text


@on_one_database
def test_days_that_are_none_are_refused(office: OpenOffice) -> None:
    programmer = office("programmer")
    assert programmer.get(f"{WEEK}?start=yesterday").status_code == 400
    assert programmer.get(f"{WEEK}?start=9999-12-31").status_code == 400
    assert programmer.get("/backoffice/at/nowhere/week").status_code == 404


def test_the_week_takes_as_many_statements_however_much_is_planned_and_sold(
    office: OpenOffice, sale: Sale, services: Services
) -> None:
    programmer = office("programmer")
    client = programmer.client.application

    def count() -> int:
        programmer.get(f"{WEEK}?start={DAY}")
        with statements(_services(client)) as asked:
            programmer.get(f"{WEEK}?start={DAY}")
        return len([one for one in asked if one.lstrip().upper().startswith(("SELECT", "WITH"))])

    before = count()
    for number, label in enumerate(("A1", "A2", "A3", "B1")):
        sale.settle(sale.intend(sale.hold(label)))
        sale.write(
            lambda s, number=number: schedule(
                s, time=f"{8 + 2 * number}:00", day=DAY, draft=True, hall="Hall 2"
            )
        )
    assert count() == before
    assert before <= 9


def _services(app: object) -> Services:
    from matinee.web.shared.services import services_of

    return services_of(app)  # type: ignore[arg-type]
