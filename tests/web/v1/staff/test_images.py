"""PUT and DELETE of a film's poster and a cinema's logo"""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from matinee.programme.pictures import UPLOAD_BYTES_MAX
from matinee.web.shared.asgi import WsgiBridge
from matinee.web.shared.uploads import body_bytes_max
from tests.building import House, on_one_database
from tests.pictures import bomb, opened, picture, turned_photograph
from tests.web.v1.conftest import Headers, Staff

LOGO = "/api/v1/cinemas/odeon/logo"


@pytest.fixture
def programmer(staff: Staff) -> Headers:
    return staff("programmer")


@pytest.fixture
def path(client: FlaskClient, house: House) -> str:
    films = client.get("/api/v1/films?title=nosferatu").json["items"]
    return f"/api/v1/films/{films[0]['id']}"


def put(client: FlaskClient, path: str, headers: Headers, data: bytes, kind: str = "image/png"):
    return client.put(path, data=data, content_type=kind, headers=headers)


def test_a_poster_is_uploaded_seen_and_taken_away(
    client: FlaskClient, path: str, programmer: Headers
) -> None:
    made = put(client, f"{path}/poster", programmer, picture(size=(400, 600)))
    assert made.status_code == 200, made.json
    assert made.json == client.get(path).json
    url = made.json["poster_url"]
    assert url.startswith("http://testserver/images/")
    seen = client.get(url.removeprefix("http://testserver"))
    assert opened(seen.data).size == (400, 600)
    assert "immutable" in seen.headers["Cache-Control"]
    assert "sandbox" in seen.headers["Content-Security-Policy"]

    assert client.delete(f"{path}/poster", headers=programmer).status_code == 204
    assert client.get(path).json["poster_url"] == ""
    assert client.get(url.removeprefix("http://testserver")).status_code == 404


def test_a_logo_is_shown_in_place_of_the_name(client: FlaskClient, house: House, programmer: Headers) -> None:
    made = put(client, LOGO, programmer, picture(mode="RGBA"))
    url = made.json["logo_url"].removeprefix("http://testserver")
    assert f'<img src="{url}" alt="Одеон"' in client.get("/").text
    assert client.delete(LOGO, headers=programmer).status_code == 204
    assert "<img src" not in client.get("/").text


@on_one_database
def test_a_picture_of_four_megabytes_is_taken_and_a_larger_one_is_not(
    client: FlaskClient, path: str, programmer: Headers
) -> None:
    full = picture() + bytes(UPLOAD_BYTES_MAX - len(picture()))
    assert put(client, f"{path}/poster", programmer, full).status_code == 200
    refused = put(client, f"{path}/poster", programmer, full + b"x")
    assert (refused.status_code, refused.json["code"]) == (413, "body_too_large")


@on_one_database
@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"not a picture", "image/png", 422, "invalid_image"),
        (bomb(), "image/png", 422, "invalid_image"),
        (picture(), "application/json", 415, "not_an_image"),
        (b"<svg/>", "image/svg+xml", 415, "not_an_image"),
    ],
    ids=["text", "bomb", "JSON", "SVG"],
)
def test_what_is_no_picture_is_refused(
    client: FlaskClient, path: str, programmer: Headers, data: bytes, kind: str, status: int, code: str
) -> None:
    refused = put(client, f"{path}/poster", programmer, data, kind)
    assert (refused.status_code, refused.json["code"]) == (status, code)


@on_one_database
def test_what_a_camera_wrote_is_not_published(client: FlaskClient, path: str, programmer: Headers) -> None:
    url = put(client, f"{path}/poster", programmer, turned_photograph(), "image/jpeg").json["poster_url"]
    seen = client.get(url.removeprefix("http://testserver"))
    assert b"Anna" not in seen.data


@on_one_database
def test_others_may_not(client: FlaskClient, path: str, signed_in: Headers) -> None:
    assert put(client, f"{path}/poster", {}, picture()).status_code == 401
    assert put(client, f"{path}/poster", signed_in, picture()).status_code == 403
    assert put(client, LOGO, signed_in, picture()).status_code == 403


@on_one_database
def test_what_is_not_there_has_no_poster(client: FlaskClient, house: House, programmer: Headers) -> None:
    assert put(client, "/api/v1/films/9999/poster", programmer, picture()).status_code == 404
    assert put(client, "/api/v1/cinemas/nowhere/logo", programmer, picture()).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "bytes_max"),
    [
        ("PUT", "/api/v1/films/12/poster", UPLOAD_BYTES_MAX),
        ("PUT", "/api/v1/cinemas/odeon/logo", UPLOAD_BYTES_MAX),
        ("POST", "/api/v1/films/12/poster", 10),
        ("PUT", "/api/v1/films/12/poster/more", 10),
        ("PUT", "/login", 10),
    ],
)
def test_only_these_two_take_more_than_others(method: str, path: str, bytes_max: int) -> None:
    assert body_bytes_max(method, path, usual=10) == bytes_max
    bridge = WsgiBridge(lambda environ, start: [], threads=0, body_bytes_max=10, larger=body_bytes_max)
    assert bridge._limit({"method": method, "path": path}) == bytes_max
