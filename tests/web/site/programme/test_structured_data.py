"""What search engines and chats are told."""

from __future__ import annotations

import json
import re
from typing import Any

from flask.testing import FlaskClient

from matinee.programme.models import Cinema, Film
from matinee.web.site.programme.structured_data import json_ld
from tests.building import LETTERED, House, on_one_database
from tests.web.site.programme.conftest import Change, FilmTitled
from tests.web.v1.conftest import Sell


def data_of(page: str) -> Any:
    [found] = re.findall(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', page, re.S)
    return json.loads(found)


def meta_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page))


def test_a_cinema_tells_where_it_is(client: FlaskClient, house: House, change: Change) -> None:
    change(house.cinema, model=Cinema, phone="+380 44 1")
    told = data_of(client.get("/").text)
    assert told == {
        "@context": "https://schema.org",
        "@type": "MovieTheater",
        "@id": "http://testserver/cinemas/odeon#cinema",
        "name": "Одеон",
        "url": "http://testserver/cinemas/odeon",
        "address": "Volodymyrska 1, Kyiv",
        "telephone": "+380 44 1",
    }


def test_a_film_tells_its_screenings_with_zone_place_and_price(
    client: FlaskClient, house: House, film_titled: FilmTitled, change: Change, sell: Sell
) -> None:
    change(house.lettered, language="fr", subtitles="uk", format="35 mm", access_features="captions")
    sell(house.lettered, *LETTERED)
    movie, event, *_ = data_of(client.get(f"/en/films/{film_titled('Café')}").text)["@graph"]
    assert (movie["@type"], movie["name"], movie["duration"]) == ("Movie", "Café", "PT1H30M")
    assert event["@type"] == "ScreeningEvent"
    assert event["workPresented"]["@id"] == movie["@id"]
    assert (event["startDate"], event["endDate"]) == ("2030-05-18T20:30+03:00", "2030-05-18T22:00+03:00")
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["location"]["name"] == "Одеон"
    assert (event["inLanguage"], event["subtitleLanguage"], event["videoFormat"]) == ("fr", "uk", "35 mm")
    assert "Captions" in event["description"]
    assert event["offers"] == {
        "@type": "Offer",
        "url": f"http://testserver/screenings/{house.lettered}",
        "price": "150.00",
        "priceCurrency": "UAH",
        "availability": "https://schema.org/SoldOut",
    }


@on_one_database
def test_nothing_in_a_title_ends_the_script(
    client: FlaskClient, house: House, film_titled: FilmTitled, change: Change
) -> None:
    title = "</script><script>alert(1)</script><!-- \u2028 & 'x'"
    cafe = film_titled("Café")
    change(cafe, model=Film, title=title)
    page = client.get(f"/films/{cafe}").text
    assert "<script>alert" not in page
    assert data_of(page)["@graph"][0]["name"] == title
    assert not set(json_ld({"a": title})) & set("<>&\u2028")


@on_one_database
def test_a_link_to_a_film_has_a_title_a_text_and_a_picture(
    client: FlaskClient, house: House, film_titled: FilmTitled, change: Change
) -> None:
    cafe = film_titled("Café")
    change(cafe, model=Film, synopsis="A long story. " * 100)
    page = client.get(f"/uk/films/{cafe}?utm=1").text
    meta = meta_of(page)
    assert meta["og:title"] == "Café"
    assert meta["og:description"] == meta["description"]
    assert 100 < len(meta["description"]) <= 201
    assert meta["og:image"].startswith(f"http://testserver/films/{cafe}/poster.png?v=")
    assert meta["og:locale"] == "uk_UA"
    assert f'<link rel="canonical" href="http://testserver/uk/films/{cafe}">' in page
    assert f'hreflang="en" href="http://testserver/en/films/{cafe}?utm=1"' in page


@on_one_database
def test_filters_and_days_of_a_cinema_are_one_page_for_search_engines(
    client: FlaskClient, house: House
) -> None:
    for path in ("/?day=2030-05-18&view=time", "/cinemas/odeon"):
        assert '<link rel="canonical" href="http://testserver/">' in client.get(path).text
    assert '<link rel="canonical" href="http://testserver/cinemas/lux">' in client.get("/cinemas/lux").text
    assert meta_of(client.get("/").text)["og:title"].endswith("Одеон")
