"""ETag, 304, and writes on condition"""

from __future__ import annotations

import gzip

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from matinee.web.shared.prepared import etag_of
from matinee.web.shared.services import Services
from matinee.web.v1.answers import serialised
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.errors import ChangedMeanwhile
from matinee.web.v1.shapes import Shape
from tests.building import House
from tests.web.v1.conftest import Headers


class Thing(Shape):
    """What is changed in these tests."""

    name: str


SEEN = Thing(name="as it was")
ETAG = etag_of(serialised(SEEN))


def refused(app: APIFlask, if_match: str | None, current: Thing) -> bool:
    headers = {} if if_match is None else {"If-Match": if_match}
    with app.test_request_context("/api/v1/thing", method="PATCH", headers=headers):
        try:
            require_unchanged(current)
        except ChangedMeanwhile:
            return True
    return False


def test_a_write_is_refused_when_it_was_changed_since(app: APIFlask) -> None:
    changed = Thing(name="as somebody else wrote it")
    assert [refused(app, if_match, SEEN) for if_match in (f'"{ETAG}"', f'"x", "{ETAG}"', "*", None)] == [
        False
    ] * 4
    # Also seen in gzip.
    assert not refused(app, f'"{ETAG}-gzip"', SEEN)
    assert refused(app, f'"{ETAG}"', changed)
    assert [refused(app, if_match, changed) for if_match in ("*", None)] == [False] * 2
    # Weak tags match nothing; what cannot be read matches nothing either.
    assert [refused(app, if_match, SEEN) for if_match in (f'W/"{ETAG}"', "", '""', '"x"')] == [True] * 4


def test_what_one_has_already_is_not_sent_again(client: FlaskClient, house: House) -> None:
    for path in ("/api/v1/cinemas", "/api/v1/films", f"/api/v1/screenings/{house.first_hall}"):
        first = client.get(path)
        etag = first.headers["ETag"]
        assert etag.startswith('"')
        for known in (etag, f'"x", {etag}', f"W/{etag}", "*"):
            again = client.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
        assert client.get(path, headers={"If-None-Match": '"x"'}).data == first.data
        assert client.head(path).headers["ETag"] == etag


def test_what_is_ones_own_is_not_kept_by_others(client: FlaskClient, signed_in: Headers) -> None:
    assert client.get("/api/v1/me", headers=signed_in).headers["Cache-Control"] == "private, no-cache"
    assert client.get("/api/v1/cinemas").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("deflate, gzip;q=1.0", True), ("gzip;q=0", False), ("identity", False), ("", False)],
)
def test_kept_answers_come_in_gzip_to_who_takes_it(
    client: FlaskClient, services: Services, house: House, accepted: str, packed: bool
) -> None:
    path = f"/api/v1/screenings/{house.lettered}/seats"
    plain = client.get(path)
    answer = client.get(path, headers={"Accept-Encoding": accepted})
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers.get("Content-Encoding") == ("gzip" if packed else None)
    assert (gzip.decompress(answer.data) if packed else answer.data) == plain.data
    # A strong tag is of the bytes: each form has its own.
    assert (answer.headers["ETag"] != plain.headers["ETag"]) == packed
    again = client.get(path, headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
