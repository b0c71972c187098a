"""POST /door/scans"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from matinee.boxoffice.models import Order
from matinee.door.models import DoorScan
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import House, on_one_database
from tests.web.door.conftest import AT_THE_DOOR, OpenDoor, codes_of

# What somebody's scanner read; some of it stands for half a character, which a browser sends as it is.
GARBAGE = [
    "", " ", "\0", "A\0B", "\ud800", "\udc00x", "x" * 601, "x" * 100_000, "🎟" * 300, "\u202e", "http://[", "//", "https://",
    "https://tickets.example.org/tikets/", "https://tickets.example.org/tikets/AAAAAAAAAAAAAAAA",
    "https://tickets.example.org/tikets/AAAAAAAAAAAAAAAA?c=K.1.A1." + "A" * 86, "AAAAAAAAAAAAAAAA", "WIFI:S:foyer;;",
    "javascript:alert(1)", "%00" * 10, "null", "{}",
]  # fmt: skip


def test_a_ticket_is_let_in_and_everything_is_told_about_it(at_door: OpenDoor, codes: list[str]) -> None:
    usher = at_door("usher")
    [answer] = usher.tell({"sequence": 1, "code": codes[0]})
    assert answer == {
        "sequence": 1,
        "result": "welcome",
        "ticket_id": codes[0].split("/")[-1][:16],
        "order": answer["order"],
        "seat": "A1",
        "ticket_type": "Adult",
        "screening": {
            "id": usher.screenings[0],
            "film": "Café",
            "hall": "Hall 10",
            "starts_at": "2030-05-18T20:30:00+03:00",
        },
        "order_in": 1,
        "order_tickets": 3,
        "first_at": None,
        "first_door": "",
        "became": "",
        "warning": None,
    }


def test_a_ticket_that_is_in_says_when_and_at_which_door(at_door: OpenDoor, codes: list[str]) -> None:
    north, south = at_door("usher"), at_door("counter", device="phone-2", door="South")
    assert north.results({"sequence": 1, "code": codes[0]}) == ["welcome"]
    [answer] = south.tell({"sequence": 1, "code": codes[0]})
    assert (answer["result"], answer["first_door"]) == ("already_in", "North")
    assert answer["first_at"] == "2030-05-18T20:00:00+03:00"


def test_what_is_told_again_is_answered_again(at_door: OpenDoor, codes: list[str]) -> None:
    usher = at_door("usher")
    batch = [
        {"sequence": 1, "code": codes[0]},
        {"sequence": 2, "code": codes[0]},
        {"sequence": 3, "deed": "undo", "undoes": 1},
        {"sequence": 4, "code": "X"},
    ]
    assert usher.results(*batch) == ["welcome", "already_in", "undone", "unknown"]
    for _ in range(2):
        assert usher.results(*batch) == ["welcome", "already_in", "undone", "unknown"]
    # In whatever pieces, and with a page that was loaded anew.
    assert usher.results(batch[3], batch[0]) == ["unknown", "welcome"]
    assert usher.get("counts", screenings=usher.screenings[0]).json["counts"][str(usher.screenings[0])] == {
        "tickets": 3, "inside": 0,
    }  # fmt: skip


def test_the_answer_has_the_time_and_how_many_are_in(at_door: OpenDoor, codes: list[str]) -> None:
    usher = at_door("usher")
    answer = usher.post(usher.body({"sequence": 1, "code": codes[0]})).json
    assert set(answer) == {"now", "answers", "counts"}
    assert answer["now"] == "2030-05-18T17:00:00Z"
    assert answer["counts"] == {str(usher.screenings[0]): {"tickets": 3, "inside": 1}}


def test_a_number_that_was_told_with_something_else_is_named_and_what_came_before_it_is_settled(
    at_door: OpenDoor, codes: list[str]
) -> None:
    usher = at_door("usher")
    assert usher.results({"sequence": 5, "code": codes[0]}) == ["welcome"]
    batch = [
        {"sequence": 4, "code": codes[1]},
        {"sequence": 5, "code": codes[1]},
        {"sequence": 6, "code": codes[2]},
    ]
    refused = usher.post(usher.body(*batch))
    assert refused.status_code == 409
    assert refused.json == {
        "message": "This device told of something else as its scan number 5. Give it another name.",
        "code": "scan_told_differently",
        "sequence": 5,
    }
    # The first is in, the third was not looked at.
    assert usher.results(batch[0]) == ["welcome"]
    usher.device = "phone-1b"
    assert usher.results({**batch[0], "sequence": 1}, batch[2]) == ["already_in", "welcome"]


def test_each_device_counts_for_itself(at_door: OpenDoor, codes: list[str]) -> None:
    one, other = at_door("usher"), at_door("usher", device="phone-2", door="South")
    assert (
        one.results({"sequence": 1, "code": codes[0]}, {"sequence": 2, "code": codes[1]}) == ["welcome"] * 2
    )
    assert other.results({"sequence": 1, "code": codes[2]}) == ["welcome"]
    # What another device did is not there to be taken back.
    assert other.results({"sequence": 3, "deed": "undo", "undoes": 2}) == ["nothing_to_undo"]
    assert one.results({"sequence": 3, "code": codes[1]}) == ["already_in"]


def test_somebody_elses_session_may_tell_what_a_device_still_has(at_door: OpenDoor, codes: list[str]) -> None:
    usher, relief = at_door("usher"), at_door("counter", device="phone-2")
    usher.tell({"sequence": 1, "code": codes[0]})
    relief.device = usher.device
    assert (
        relief.results({"sequence": 1, "code": codes[0]}, {"sequence": 2, "code": codes[1]})
        == ["welcome"] * 2
    )


def test_a_batch_with_garbage_lets_in_what_is_none(at_door: OpenDoor, codes: list[str]) -> None:
    usher = at_door("usher")
    scans = [{"sequence": number, "code": code} for number, code in enumerate([*GARBAGE, codes[0]], 1)]
    assert usher.results(*scans) == ["unknown"] * len(GARBAGE) + ["welcome"]
    # Told again, the same garbage is the same.
    assert usher.results(*scans) == ["unknown"] * len(GARBAGE) + ["welcome"]


def test_a_forged_signature_is_no_ticket(at_door: OpenDoor, codes: list[str]) -> None:
    usher = at_door("usher")
    forged = codes[0][:-86] + codes[1][-86:]
    assert usher.results({"sequence": 1, "code": forged}) == ["unknown"]


def test_what_a_scanner_let_in_by_itself_is_in_come_what_may(
    at_door: OpenDoor, codes: list[str], house: House, sale: Sale
) -> None:
    north, south = at_door("usher"), at_door("usher", device="phone-2", door="South")
    elsewhere = codes_of(sale.services, sale.sold("1", screening=house.first_hall))
    assert north.results({"sequence": 1, "code": codes[0]}) == ["welcome"]
    alone = [
        {"sequence": 1, "code": codes[0]},
        {"sequence": 2, "code": elsewhere[0]},
        {"sequence": 3, "code": "\0"},
    ]
    told = south.tell(*[{**scan, "offline": True} for scan in alone])
    assert [answer["result"] for answer in told] == ["conflict", "welcome", "conflict"]
    assert told[0]["first_door"] == "North"


def test_only_a_manager_lets_in_who_has_not_paid(
    at_door: OpenDoor, codes: list[str], services: Services
) -> None:
    services.transactions.write(lambda s: s.execute(update(Order).values(state="due", paid_amount=0)))
    for role in ("usher", "counter"):
        holder = at_door(role, device=role)
        assert holder.results({"sequence": 1, "deed": "let_in", "code": codes[0]}) == ["unpaid"]
    manager = at_door("manager", device="manager")
    assert manager.results({"sequence": 1, "code": codes[0]}) == ["unpaid"]
    assert manager.results({"sequence": 2, "deed": "let_in", "code": codes[0]}) == ["welcome"]


@pytest.mark.parametrize(
    ("device_now", "at"),
    [
        ("1970-01-01T00:00:10Z", "1970-01-01T00:00:00Z"),
        ("2099-12-31T23:59:59+14:00", "2099-12-31T23:59:49+14:00"),
        ("0001-01-01T00:00:10+14:00", "0001-01-01T00:00:00+14:00"),
        ("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:49-12:00"),
    ],
)
def test_a_clock_that_is_years_off_changes_nothing(
    at_door: OpenDoor, codes: list[str], services: Services, device_now: str, at: str
) -> None:
    usher = at_door("usher")
    scan = {"sequence": 1, "code": codes[0], "at": at, "offline": True}
    assert usher.results(scan, device_now=device_now) == ["welcome"]
    assert scanned_at(services) == AT_THE_DOOR - timedelta(seconds=10)


@pytest.mark.parametrize(
    ("device_now", "at", "ago"),
    [
        ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", timedelta(days=7)),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", timedelta(0)),
        ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", timedelta(0)),
        ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", timedelta(days=7)),
    ],
)
def test_a_clock_that_jumped_dates_nothing_before_last_week_or_after_now(
    at_door: OpenDoor, codes: list[str], services: Services, device_now: str, at: str, ago: timedelta
) -> None:
    usher = at_door("usher")
    assert usher.results({"sequence": 1, "code": codes[0], "at": at}, device_now=device_now) == ["welcome"]
    assert scanned_at(services) == AT_THE_DOOR - ago


@on_one_database
@pytest.mark.parametrize(
    ("scan", "changes", "field"),
    [
        ({"sequence": -1}, {}, "scans.0.sequence"),
        ({"sequence": 2**53}, {}, "scans.0.sequence"),
        ({"sequence": 1e400}, {}, "scans.0.sequence"),
        ({"sequence": "1"}, {}, "scans.0.sequence"),
        ({"sequence": 1, "deed": "dance"}, {}, "scans.0.deed"),
        ({"sequence": 1, "at": 1}, {}, "scans.0.at"),
        ({"sequence": 1, "at": "+010000-01-01T00:00:00Z"}, {}, "scans.0.at"),
        ({"sequence": 1, "at": "2030-05-18T17:00:00"}, {}, "scans.0.at"),
        ({"sequence": 1, "code": 7}, {}, "scans.0.code"),
        ({"sequence": 1, "offline": "yes"}, {}, "scans.0.offline"),
        ({"sequence": 1, "deed": "undo", "undoes": -1}, {}, "scans.0.undoes"),
        ({"sequence": 1}, {"device": ""}, "device"),
        ({"sequence": 1}, {"device": "x" * 41}, "device"),
        ({"sequence": 1}, {"device": "phone\0"}, "device"),
        ({"sequence": 1}, {"door": "  "}, "door"),
        ({"sequence": 1}, {"door": "x" * 61}, "door"),
        ({"sequence": 1}, {"door": "North\nSouth"}, "door"),
        ({"sequence": 1}, {"device_now": "now"}, "device_now"),
        ({"sequence": 1}, {"screenings": list(range(1, 52))}, "screenings"),
        ({"sequence": 1}, {"screenings": [2**31]}, "screenings.0"),
        ({"sequence": 1}, {"scans": []}, "scans"),
        ({"sequence": 1}, {"scans": [None]}, "scans.0"),
        ({"sequence": 1}, {"scans": {}}, "scans"),
    ],
)
def test_what_no_scanner_tells_is_refused_and_named(
    at_door: OpenDoor, scan: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    usher = at_door("usher")
    answer = usher.post(usher.body(scan, **changes))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_values"), answer.text
    assert {fault["field"] for fault in answer.json["errors"]} == {field}


@on_one_database
def test_at_most_a_hundred_are_told_at_once(at_door: OpenDoor) -> None:
    usher = at_door("usher")
    scans = [{"sequence": number, "code": "X"} for number in range(101)]
    assert usher.post(usher.body(*scans)).status_code == 422
    assert usher.results(*scans[:100]) == ["unknown"] * 100


@on_one_database
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"7", b"\xff\xfe", b'"\\ud800"', b"[" * 100_000, b'{"a":' * 40_000,
        b'{"scans":' + b"[" * 50_000 + b"]" * 50_000 + b"}", b'{"device":"\\ud800' + b"[" * 100_000, b"NaN",
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_refused_with_a_sentence(at_door: OpenDoor, body: bytes) -> None:
    answer = at_door("usher").post(None, data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_values")
    assert answer.json["message"] == "This is not what a scanner sends."


@on_one_database
def test_a_body_that_is_too_large_or_no_json_is_refused(at_door: OpenDoor) -> None:
    usher = at_door("usher")
    large = usher.post(usher.body({"sequence": 1, "code": "x" * 300_000}))
    assert (large.status_code, large.json["code"]) == (413, "body_too_large")
    form = usher.post(None, data={"scans": "1"})
    assert (form.status_code, form.json["code"]) == (415, "not_json")
    assert usher.client.get("/door/scans").status_code == 405


def scanned_at(services: Services) -> datetime:
    found: datetime = services.transactions.read(
        lambda session: session.scalars(select(DoorScan.scanned_at)).one()
    )
    return found
