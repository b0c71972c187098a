"""GET /films, GET /films/{film_id}"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from matinee.db.version import announce_change
from matinee.kernel import clock
from matinee.programme.models import Film, Screening
from matinee.web.shared.services import Services
from tests.building import NOW, House


def titles(client: FlaskClient, **query: Any) -> list[str]:
    answer = client.get("/api/v1/films", query_string=query)
    assert answer.status_code == 200
    return [film["title"] for film in answer.json["items"]]


def add_films(services: Services, *names: str) -> None:
    def add(session) -> None:
        session.add_all(Film(title=name, duration_minutes=90) for name in names)
        announce_change(session)

    services.transactions.write(add)


def test_films_come_in_the_order_of_their_titles(
    client: FlaskClient, services: Services, house: House
) -> None:
    add_films(services, "zorro", "Ёлки", "Alien", "alien")
    assert titles(client) == ["Alien", "alien", "Café", "Nosferatu", "zorro", "Амели", "Ёлки"]


def test_a_film_tells_all_that_is_known(client: FlaskClient, house: House) -> None:
    (film,) = client.get("/api/v1/films?title=Амели").json["items"]
    assert film == {
        "id": film["id"],
        "title": "Амели",
        "duration_minutes": 122,
        "certificate": "16",
        "synopsis": "",
        "trailer_url": "https://example.org/amelie",
        "poster_url": "https://example.org/amelie.jpg",
    }
    assert client.get(f"/api/v1/films/{film['id']}").json == film
    assert client.get("/api/v1/films/999").json["code"] == "film_not_found"


@pytest.mark.parametrize(
    ("part", "found"), [("АМЕ", ["Амели"]), ("fé", ["Café"]), ("e", ["Nosferatu"]), ("%", [])]
)
def test_a_part_of_the_title_finds_it_whatever_its_letters(
    client: FlaskClient, house: House, part: str, found: list[str]
) -> None:
    assert titles(client, title=part) == found


def test_a_cinema_narrows_to_what_is_on_there(client: FlaskClient, services: Services, house: House) -> None:
    assert titles(client, cinema="lux") == ["Nosferatu"]
    assert titles(client, cinema="odeon") == ["Café", "Амели"]
    assert client.get("/api/v1/films?cinema=none").json["code"] == "cinema_not_found"

    def cancel(session) -> None:
        session.execute(update(Screening).where(Screening.id == house.elsewhere).values(cancelled_at=NOW))
        announce_change(session)

    services.transactions.write(cancel)
    assert titles(client, cinema="lux") == []


def test_what_has_ended_is_not_on(client: FlaskClient, house: House) -> None:
    with clock.frozen_at(NOW.replace(year=2031)):
        assert titles(client, cinema="odeon") == []
        assert len(titles(client)) == 3


def test_pages_follow_each_other_without_gap_or_repetition(
    client: FlaskClient, services: Services, house: House
) -> None:
    add_films(services, *(f"Part {number}" for number in range(7)), "Part 3")
    seen, path = [], "/api/v1/films?limit=3&title=PART"
    while path:
        answer = client.get(path)
        seen += [(film["title"], film["id"]) for film in answer.json["items"]]
        cursor = answer.json["next_cursor"]
        link = answer.headers.get("Link")
        assert (cursor is None) == (link is None)
        # What was entered on a page that was read does not move the others.
        add_films(services, "Part")
        path = link.partition(">")[0][1:] if link else None
    assert [title for title, _ in seen] == [f"Part {n}" for n in (0, 1, 2, 3, 3, 4, 5, 6)]
    assert len(set(seen)) == 8


def test_a_cursor_that_is_none_is_refused(client: FlaskClient, house: House) -> None:
    for cursor in ("x", "%00", "ключ", "W10", "bnVsbA", "eyJhIjoxfQ", "WyJhIiwtMV0", "WyJcdWQ4MDAiLDFd"):
        answer = client.get("/api/v1/films", query_string={"cursor": cursor})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "cursor"), cursor


def test_a_new_film_is_seen_at_once(client: FlaskClient, services: Services, house: House) -> None:
    before = client.get("/api/v1/films").headers["ETag"]
    add_films(services, "Brazil")
    answer = client.get("/api/v1/films", headers={"If-None-Match": before})
    assert "Brazil" in answer.text
    assert (
        services.transactions.read(lambda session: session.scalars(select(Film.title)).all()).count("Brazil")
        == 1
    )
