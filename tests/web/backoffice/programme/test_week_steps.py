"""The steps of planning a week: each by the server's own rules, on the record, and taken back by what it answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from matinee.programme.models import Hall, PriceList, Screening
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import DAY, TODAY, House, add_screening, on_one_database
from tests.programme.planning import film_titled, hall_named, read, schedule, write
from tests.web.backoffice.conftest import CINEMA, Office, OpenOffice

WEEK = f"{CINEMA}/week"
JSON = {"Accept": "application/json"}


def step(office: Office, name: str, data: dict[str, Any]) -> TestResponse:
    """What the page's script sends."""
    return office.post(f"{WEEK}/{name}", data, headers=JSON)


def take_back(office: Office, answer: TestResponse) -> TestResponse:
    """What the button Undo sends."""
    undo = answer.get_json()["undo"]
    return office.post(undo["url"], undo["fields"], headers=JSON)


def ids(services: Services) -> tuple[int, dict[str, int]]:
    """Of the film "Nosferatu", and of the halls by their names."""
    halls = select(Hall.name, Hall.id)
    return read(services, lambda s: (film_titled(s, "Nosferatu").id, dict(s.execute(halls).all())))


def placed(services: Services, screening_id: int) -> tuple[int, str, str, bool]:
    def look(session: Session) -> tuple[int, str, str, bool]:
        found = session.get_one(Screening, screening_id)
        return found.hall_id, found.day.isoformat(), found.time, found.draft

    return read(services, look)


def plan(office: Office, services: Services, **more: Any) -> TestResponse:
    film, halls = ids(services)
    return step(office, "plan", {"film": film, "hall": halls["Hall 1"], "day": DAY, "time": "12:00", **more})


def draft(services: Services, **more: Any) -> int:
    return write(services, lambda s: schedule(s, draft=True, **more).id)


def count(services: Services) -> int:
    return read(services, lambda s: len(s.scalars(select(Screening.id)).all()))


def test_a_film_is_planned_as_a_draft_and_taken_back(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer, before = office("programmer"), count(services)
    answer = plan(programmer, services)
    made = answer.get_json()["focus"]
    assert answer.status_code == 200
    assert placed(services, made) == (ids(services)[1]["Hall 1"], DAY.isoformat(), "12:00", True)
    assert programmer.trail() == [("screening.plan", f"screening:{made}")]
    assert take_back(programmer, answer).status_code == 200
    assert count(services) == before


def test_what_overlaps_is_refused_in_words(office: OpenOffice, services: Services, house: House) -> None:
    programmer, before = office("programmer"), count(services)
    answer = plan(programmer, services, time="17:00")
    assert answer.status_code == 409
    assert "Hall 1 is taken: Амели" in answer.get_json()["message"]
    over = plan(programmer, services, day=TODAY, time="08:00")
    assert "is over" in over.get_json()["message"]
    assert count(services) == before
    assert programmer.trail() == []


def test_a_draft_is_planned_with_the_prices_and_adverts_that_are_said(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer = office("programmer")
    evening = read(services, lambda s: s.scalars(select(PriceList.id)).one())
    for said, kept in (("free", (None, False)), (evening, (evening, False)), ("auto", (evening, True))):
        made = plan(programmer, services, price_list=said, adverts=7).get_json()["focus"]
        found = read(services, lambda s, made=made: s.get_one(Screening, made))
        assert (found.price_list_id, found.price_list_by_time) == kept
        assert found.adverts_minutes == 7
        step(programmer, "delete", {"ids": [made]})


@on_one_database
@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"film": "x"}, 400), ({"film": 10**9}, 404), ({"hall": "-1"}, 400), ({"hall": 99}, 404),
        ({"day": "tomorrow"}, 400), ({"day": ""}, 400), ({"time": "noon"}, 400), ({"time": "\0"}, 400),
        ({"adverts": "121"}, 400), ({"adverts": "-1"}, 400), ({"price_list": "9" * 30}, 400),
        ({"price_list": 999}, 404), ({"language": "English!"}, 400), ({"format": "x" * 50}, 400),
        ({"access_features": "smell"}, 400), ({"sales_end_at": "2030-05-18T10:00"}, 400),
        ({"sales_end_at": "later"}, 400), ({"day": "2031-03-30", "time": "03:30"}, 422),
    ],
)  # fmt: skip
def test_nonsense_is_refused(
    office: OpenOffice, services: Services, house: House, wrong: dict[str, Any], status: int
) -> None:
    assert plan(office("programmer"), services, **wrong).status_code == status


@on_one_database
def test_halls_and_screenings_of_another_cinema_are_not_found(
    office: OpenOffice, services: Services, house: House
) -> None:
    manager = office("manager")
    saal = read(services, lambda s: s.get_one(Screening, house.elsewhere).hall_id)
    hall_1 = ids(services)[1]["Hall 1"]
    place = {"day": DAY, "time": "10:00"}
    assert plan(manager, services, hall=saal).status_code == 404
    assert step(manager, "move", {"screening": house.elsewhere, "hall": hall_1, **place}).status_code == 404
    assert step(manager, "move", {"screening": house.first_hall, "hall": saal, **place}).status_code == 404
    assert step(manager, "withdraw", {"ids": [house.elsewhere]}).status_code == 404
    repeat = {"screening": house.elsewhere, "weekdays": [1], "weeks": 1}
    assert step(manager, "repeat", repeat).status_code == 404


def test_a_screening_moves_and_moves_back(office: OpenOffice, services: Services, house: House) -> None:
    programmer, halls = office("programmer"), ids(services)[1]
    before = placed(services, house.first_hall)
    answer = step(
        programmer,
        "move",
        {"screening": house.first_hall, "hall": halls["Hall 10"], "day": DAY, "time": "14:35"},
    )
    assert answer.status_code == 200, answer.text
    assert placed(services, house.first_hall) == (halls["Hall 10"], DAY.isoformat(), "14:35", False)
    assert take_back(programmer, answer).status_code == 200
    assert placed(services, house.first_hall) == before
    assert [action for action, _subject in programmer.trail()] == ["screening.move"] * 2


def test_one_that_has_sold_keeps_its_time_and_asks_before_it_changes_its_hall(
    office: OpenOffice, sale: Sale, services: Services, house: House
) -> None:
    sale.hold("A1")
    manager, halls = office("manager"), ids(services)[1]
    later = {"screening": house.lettered, "hall": halls["Hall 10"], "day": DAY, "time": "21:00"}
    refused = step(manager, "move", later)
    assert refused.status_code == 409
    assert "held or sold" in refused.get_json()["message"]
    elsewhere = {"screening": house.lettered, "hall": halls["Hall 1"], "day": DAY, "time": "20:30"}
    led = step(manager, "move", elsewhere)
    assert led.get_json()["lead"].endswith(f"/screenings/{house.lettered}/move?hall={halls['Hall 1']}")
    assert placed(services, house.lettered) == (halls["Hall 10"], DAY.isoformat(), "20:30", False)


def test_a_deleted_draft_comes_back_as_it_was(office: OpenOffice, services: Services, house: House) -> None:
    made = draft(
        services, format="3D", language="uk", subtitles="en", access_features="captions relaxed", adverts_minutes=9,
        price_list="auto", sales_end_at=None,
    )  # fmt: skip
    programmer = office("programmer")
    before = read(services, lambda s: s.get_one(Screening, made))
    answer = step(programmer, "delete", {"ids": [made]})
    assert "1 draft was deleted" in answer.get_json()["message"]
    again = take_back(programmer, answer).get_json()["focus"]
    after = read(services, lambda s: s.get_one(Screening, again))
    for name in ("hall_id", "film_id", "starts_at", "ends_at", "format", "language", "subtitles", "access_features",
                 "adverts_minutes", "price_list_id", "price_list_by_time", "draft"):  # fmt: skip
        assert getattr(after, name) == getattr(before, name), name


def test_nothing_but_drafts_is_deleted(office: OpenOffice, services: Services, house: House) -> None:
    before = count(services)
    answer = step(office("manager"), "delete", {"ids": [house.first_hall, house.elsewhere]})
    assert "0 drafts" in answer.get_json()["message"]
    assert count(services) == before


def test_a_week_is_published_in_one_step_and_made_drafts_again(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer = office("programmer")
    inside = [draft(services), draft(services, day=DAY + timedelta(days=1), time="02:00")]
    outside = draft(services, day=DAY + timedelta(days=1), time="12:00")
    answer = step(programmer, "publish", {"from": DAY, "days": 1})
    assert "2 screenings were published" in answer.get_json()["message"]
    assert [placed(services, one)[3] for one in (*inside, outside)] == [False, False, True]
    assert programmer.client.get(f"/en/screenings/{inside[0]}").status_code == 200
    assert programmer.client.get(f"/en/screenings/{outside}").status_code == 404
    assert take_back(programmer, answer).status_code == 200
    assert [placed(services, one)[3] for one in inside] == [True, True]
    assert programmer.client.get(f"/en/screenings/{inside[0]}").status_code == 404
    assert "no draft" in step(programmer, "publish", {"from": TODAY, "days": 1}).get_json()["message"]


def test_what_has_been_ordered_does_not_become_a_draft(office: OpenOffice, sale: Sale, house: House) -> None:
    sale.hold("A1")
    assert step(office("programmer"), "withdraw", {"ids": [house.lettered]}).status_code == 409


def test_a_screening_is_repeated_by_weekday(office: OpenOffice, services: Services, house: House) -> None:
    programmer, made = office("programmer"), draft(services)
    # DAY is a Saturday; the week ends on Wednesday.
    answer = step(programmer, "repeat", {"screening": made, "weekdays": ["1", "3", "6"], "weeks": 2})
    assert "5 screenings were planned" in answer.get_json()["message"]
    wanted = select(Screening.day).where(Screening.draft, Screening.id != made).order_by(Screening.day)
    days = read(services, lambda s: list(s.scalars(wanted)))
    assert [(day - DAY).days for day in days] == [2, 4, 7, 9, 11]
    take_back(programmer, answer)
    assert read(services, lambda s: list(s.scalars(wanted))) == []


def test_a_week_is_copied_whole_or_what_does_not_fit_is_told(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer, before = office("programmer"), count(services)
    monday = TODAY - timedelta(days=1)
    ahead = monday + timedelta(days=7)

    def block(session: Session) -> int:
        hall, film = hall_named(session, "Hall 1"), film_titled(session, "Café")
        return add_screening(session, hall=hall, film=film, day=DAY + timedelta(days=7), time="17:00").id

    write(services, block)
    copy = {"from": monday, "to": ahead, "days": 7}
    refused = step(programmer, "copy", copy)
    told = refused.get_json()
    assert refused.status_code == 409
    assert (len(told["refused"]), told["fit"]) == (1, 6)
    assert "Амели, Hall 1" in told["refused"][0]
    assert "Café" in told["refused"][0]
    assert count(services) == before + 1
    answer = programmer.post(told["go_on"]["url"], told["go_on"]["fields"], headers=JSON)
    assert "6 screenings were planned. 1 does not fit." in answer.get_json()["message"]
    assert count(services) == before + 7
    again = step(programmer, "copy", {**copy, "go_on": "1"}).get_json()["message"]
    assert "0 screenings were planned. 6 were there already." in again
    take_back(programmer, answer)
    assert count(services) == before + 1


@on_one_database
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("copy", {"from": "2030-05-16", "to": "never", "days": 7}), ("copy", {"from": "2030-05-16", "days": 7}),
        ("copy", {"from": "2030-05-16", "to": "2030-05-23", "days": 8}), ("publish", {}),
        ("publish", {"from": "2030-05-16", "days": "week"}), ("publish", {"ids": ["x"]}), ("withdraw", {}),
        ("repeat", {"screening": 1, "weeks": 1}), ("repeat", {"screening": 1, "weeks": 27, "weekdays": "1"}),
        ("repeat", {"screening": 1, "weeks": 1, "weekdays": "8"}), ("delete", {"ids": ["1\0"]}),
        ("move", {"screening": 1, "hall": 1, "day": "2030-05-18"}),
    ],
)  # fmt: skip
def test_steps_that_cannot_be_are_refused(office: OpenOffice, name: str, data: dict[str, Any]) -> None:
    assert step(office("programmer"), name, data).status_code == 400


def test_without_a_script_a_step_leads_back_and_says_what_was_done(
    office: OpenOffice, services: Services, house: House
) -> None:
    made = draft(services)
    programmer = office("programmer")
    data = {"ids": made, "next": f"{CINEMA}/screenings/{made}"}
    answer = programmer.post(f"{WEEK}/publish", data)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/screenings/{made}")
    assert "1 screening was published" in programmer.get(answer.headers["Location"]).text
