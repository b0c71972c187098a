"""Lists of seats that somebody sends to do harm: each is answered, never with a fault, and soon."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.building import DAY, Buyer, House, on_one_database
from tests.hostile import hostile, within

pytestmark = on_one_database

PATHS = st.sampled_from(["/buyTicket", "/buyManyTikets"])
ODD = st.sampled_from(
    ["[", "]", "[]", "[[1]]", ",", ",,,", '"', "%", "%00", "%ff", "%D0", "0", "-1", "+1", "1e3", "1.0", "007", "9" * 5000,
     "1,1", "None", "\u0661", "A1..A9", "[1, 2", "'1'", "{}", "true"]
)  # fmt: skip
TEXTS = ODD | st.text(max_size=20) | st.lists(ODD, max_size=6).map(",".join)
SEATS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


def values(buyer: Buyer) -> dict[str, object]:
    return {
        "username": buyer.username,
        "token": buyer.token,
        "date": DAY.isoformat(),
        "title": "Амели",
        "time": "18:00",
    }


@hostile
@given(path=PATHS, seats=SEATS)
def test_whatever_stands_for_seats_in_a_body_is_answered(
    client: FlaskClient, house: House, buyer: Buyer, path: str, seats: object
) -> None:
    body = json.dumps({**values(buyer), "number": seats})
    answer = client.post(path, data=body, content_type="application/json")
    assert answer.status_code in (200, 400, 404), (answer.status_code, body)
    assert answer.json is not None
    assert answer.json["message"]


@hostile
@given(path=PATHS, seats=TEXTS | st.text(st.characters(max_codepoint=255), max_size=60))
def test_whatever_stands_for_seats_in_a_header_is_answered(
    client: FlaskClient, house: House, buyer: Buyer, path: str, seats: str
) -> None:
    # As a server hands it over: bytes, without the ends of lines that would end the header.
    written = seats.encode("utf-8", "replace").decode("latin-1").translate({10: None, 13: None})
    environ = {"HTTP_NUMBER": written}
    known = {name: value for name, value in values(buyer).items() if name != "title"}
    answer = client.post(path, json={**known, "title": "Амели"}, environ_overrides=environ)
    assert answer.status_code in (200, 400, 404), (answer.status_code, written)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"number": ' + "[" * 100_000,
        '{"number": ' + "9" * 200_000 + "}",
        '{"number": 1e' + "9" * 200_000 + "}",
        '{"number": [' + "1," * 60_000 + "1]}",
        '{"number": "' + "," * 200_000 + '"}',
        '{"title": "a' + "\u0316\u0300" * 60_000 + '"}',
        '{"username": "' + "a" * 100_000 + "@" * 100_000 + '"}',
    ],
    ids=lambda body: body[:20],
)
def test_what_is_deep_or_long_without_end_is_refused_soon(
    client: FlaskClient, house: House, body: str
) -> None:
    with within(seconds=3, megabytes=60):
        answer = client.post("/buyManyTikets", data=body.encode(), content_type="application/json")
    assert answer.status_code in (400, 413)
