"""GET /feed.xml, /programme.ics, /sitemap.xml and /robots.txt"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar, Event

from matinee.web.shared.services import Services
from tests.building import NOW, House, cancel, clock_at, on_one_database
from tests.web.conftest import OpenApp
from tests.web.site.programme.conftest import FilmTitled

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def events(client: FlaskClient, query: str = "") -> list[Event]:
    answer = client.get(f"/programme.ics{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.data).walk("VEVENT")


def test_the_calendar_has_what_is_to_come_in_a_cinema(
    client: FlaskClient, house: House, services: Services
) -> None:
    found = events(client)
    assert len(found) == 5
    cafe = next(event for event in found if event["summary"] == "Café")
    assert cafe.decoded("dtstart") == datetime(2030, 5, 18, 17, 30, tzinfo=UTC)
    assert cafe.decoded("dtend") == datetime(2030, 5, 18, 19, 0, tzinfo=UTC)
    assert str(cafe["location"]) == "Hall 10, Одеон, Volodymyrska 1, Kyiv"
    assert str(cafe["url"]) == f"http://testserver/screenings/{house.lettered}"

    services.transactions.write(lambda session: cancel(session, house.lettered))
    assert len(events(client)) == 4


def test_a_calendar_can_be_of_another_cinema_or_of_a_film(
    client: FlaskClient, house: House, film_titled: FilmTitled
) -> None:
    assert [str(event["summary"]) for event in events(client, "?cinema=lux")] == ["Nosferatu"]
    cafe = film_titled("Café")
    assert {str(event["summary"]) for event in events(client, f"?film={cafe}")} == {"Café"}
    assert events(client, f"?film={cafe}&cinema=lux") == []


@on_one_database
@pytest.mark.parametrize("query", ["?cinema=nowhere", "?film=99", "?film=x", "?film=" + "9" * 30])
def test_what_is_not_there_has_no_calendar(client: FlaskClient, house: House, query: str) -> None:
    assert client.get(f"/programme.ics{query}", headers={"Accept": "text/html"}).status_code == 404


def test_an_entry_keeps_its_identity_and_the_file_its_version(client: FlaskClient, house: House) -> None:
    first, again = client.get("/programme.ics"), client.get("/programme.ics")
    assert first.headers["ETag"] == again.headers["ETag"]
    assert client.get("/programme.ics", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    uids = [str(event["uid"]) for event in events(client)]
    assert len(set(uids)) == len(uids)
    with clock_at(NOW + timedelta(hours=2)):
        assert [str(event["uid"]) for event in events(client)] == uids


def test_the_feed_has_an_item_for_each_film(
    client: FlaskClient, house: House, film_titled: FilmTitled
) -> None:
    answer = client.get("/uk/feed.xml")
    assert answer.mimetype == "application/rss+xml"
    channel = ET.fromstring(answer.data)[0]
    assert channel.findtext("link") == "http://testserver/uk/"
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == ["Амели", "Café"]
    assert items[1].findtext("link") == f"http://testserver/uk/films/{film_titled('Café')}"
    assert items[1].findtext("guid") == f"http://testserver/films/{film_titled('Café')}"
    assert "20:30" in (items[1].findtext("description") or "")
    other = ET.fromstring(client.get("/feed.xml?cinema=lux").data)[0]
    assert [item.findtext("title") for item in other.findall("item")] == ["Nosferatu"]


@on_one_database
def test_an_answer_that_goes_by_the_browsers_language_says_so(open_app: OpenApp, house: House) -> None:
    client = open_app().test_client()
    for path in ("/feed.xml", "/programme.ics"):
        assert "Accept-Language" in client.get(path).headers["Vary"]
        assert "Accept-Language" not in client.get(f"/uk{path}").headers.get("Vary", "")
    for path in ("/robots.txt", "/sitemap.xml"):
        assert "Accept-Language" not in client.get(path).headers.get("Vary", "")


def test_the_sitemap_has_every_page_in_every_language(
    client: FlaskClient, house: House, film_titled: FilmTitled
) -> None:
    root = ET.fromstring(client.get("/sitemap.xml").data)
    found = {url.findtext(f"{MAP}loc"): url for url in root}
    film = f"/films/{film_titled('Nosferatu')}"
    for path in ("/", "/films", "/cinemas/lux", film):
        for prefix in ("", "/en", "/uk"):
            url = found[f"http://testserver{prefix}{path}"]
            others = {link.get("hreflang"): link.get("href") for link in url.findall(f"{XHTML}link")}
            assert others == {
                "x-default": f"http://testserver{path}",
                "en": f"http://testserver/en{path}",
                "uk": f"http://testserver/uk{path}",
            }
    for address in found:
        assert address is not None
        assert client.get(address.removeprefix("http://testserver")).status_code == 200


@on_one_database
def test_robots_are_kept_from_what_is_somebodys_own_in_every_language(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    assert {"Disallow: /account", "Disallow: /uk/account", "Disallow: /api"} <= set(answer.text.splitlines())
    assert "Sitemap: http://testserver/sitemap.xml" in answer.text
    assert client.get("/uk/sitemap.xml", headers={"Accept": "text/html"}).status_code == 404
