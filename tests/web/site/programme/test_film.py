"""GET /films and /films/<id>, and its poster"""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from matinee.programme.images import set_poster
from matinee.programme.models import Film
from matinee.programme.pictures import read_poster
from matinee.web.shared.services import Services
from tests.building import DAY, NOW, TODAY, House, on_one_database
from tests.pictures import opened, picture
from tests.web.site.programme.conftest import Change, FilmTitled, main_of

PAGE = {"Accept": "text/html"}


def test_a_film_page_tells_what_it_is_and_all_its_times(
    client: FlaskClient, house: House, film_titled: FilmTitled, change: Change
) -> None:
    amelie = film_titled("Амели")
    change(amelie, model=Film, synopsis="She rights wrongs.\n\nAll of them.")
    page = main_of(client.get(f"/films/{amelie}").text)
    assert "<h1>Амели</h1>" in page
    assert "122 minutes" in page
    assert "<p>She rights wrongs.</p><p>All of them.</p>" in page
    for screening in (house.first_hall, house.second_hall):
        assert f'href="/screenings/{screening}"' in page
    assert f'href="/screenings/{house.closed}"' not in page
    assert "Saturday, 18 May" in page
    assert str(TODAY) not in page


def test_times_are_told_by_cinema_where_there_are_several(
    client: FlaskClient, house: House, film_titled: FilmTitled
) -> None:
    page = main_of(client.get(f"/films/{film_titled('Nosferatu')}").text)
    assert '<h4><a href="/cinemas/lux">Lux</a></h4>' in page
    assert f'href="/screenings/{house.elsewhere}"' in page


def test_a_trailer_is_a_click_away_and_opens_elsewhere(
    client: FlaskClient, house: House, film_titled: FilmTitled
) -> None:
    page = main_of(client.get(f"/films/{film_titled('Амели')}").text)
    link = re.search(r"<a [^>]*https://example.org/amelie.*?</a>", page)
    assert link is not None
    assert 'target="_blank"' in link[0]
    assert "noopener" in link[0]
    assert "on example.org, opens in a new tab" in link[0]


@on_one_database
@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://[", ""])
def test_an_address_that_is_none_is_no_trailer(
    client: FlaskClient, house: House, film_titled: FilmTitled, change: Change, url: str
) -> None:
    cafe = film_titled("Café")
    change(cafe, model=Film, trailer_url=url)
    assert "trailer" not in main_of(client.get(f"/films/{cafe}").text)


@on_one_database
def test_a_film_that_is_not_on_says_so_and_one_that_is_not_there_is_not_found(
    client: FlaskClient, house: House, services: Services
) -> None:
    def enter(session) -> int:
        film = Film(title="Stalker", duration_minutes=162)
        session.add(film)
        session.flush()
        return film.id

    page = client.get(f"/films/{services.transactions.write(enter)}").text
    assert "It is not on the programme now." in page
    missing = client.get("/films/9999", headers=PAGE)
    assert missing.status_code == 404
    assert '<header class="top">' in missing.text


def test_the_list_has_each_film_that_is_on_once_by_title(client: FlaskClient, house: House) -> None:
    page = client.get("/films").text
    assert re.findall(r'wall-title">([^<]+)', page) == ["Café", "Nosferatu", "Амели"]


def test_a_film_without_a_poster_gets_one_that_is_drawn(
    client: FlaskClient, house: House, film_titled: FilmTitled
) -> None:
    page = client.get(f"/films/{film_titled('Амели')}").text
    assert '<svg class="poster"' in page
    [url] = re.findall(r'property="og:image" content="http://testserver([^"]+)"', page)
    answer = client.get(url)
    assert answer.mimetype == "image/png"
    assert opened(answer.data).size == (800, 1200)
    assert "immutable" in answer.headers["Cache-Control"]
    again = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "immutable" not in client.get(url.partition("?")[0]).headers["Cache-Control"]


def test_an_uploaded_poster_is_shown_instead(
    client: FlaskClient, house: House, film_titled: FilmTitled, services: Services
) -> None:
    cafe, poster = film_titled("Café"), read_poster(picture())
    services.transactions.write(
        lambda session: set_poster(session, film=session.get_one(Film, cafe), picture=poster, now=NOW)
    )
    page = client.get(f"/films/{cafe}").text
    assert f'<img class="poster" src="/images/{poster.name}" alt=""' in page
    assert f'property="og:image" content="http://testserver/images/{poster.name}"' in page
    assert client.get(f"/films/{cafe}/poster.png").headers["Location"] == f"/images/{poster.name}"
    assert f"/images/{poster.name}" in client.get(f"/?day={DAY}").text
