"""GET /door/list"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import threading

import pytest
from apiflask import APIFlask

from matinee.tickets.signing import rotate_key
from matinee.web.shared.prepared import MadeWhenSent, respond_prepared
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, House, cancel, on_one_database
from tests.web.door.conftest import SALT, OpenDoor, codes_of


def hashed(text: str) -> str:
    digest = hashlib.sha256(bytes(range(16)) + text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_the_list_has_every_ticket_and_nobodys_name(
    at_door: OpenDoor, house: House, codes: list[str], sale: Sale
) -> None:
    usher = at_door("usher")
    usher.tell({"sequence": 1, "code": codes[0]})
    refunded = sale.sold("B2")
    [gone] = sale.tickets(refunded).values()
    sale.refund(refunded)
    answer = usher.listed()
    [screening] = answer.json["screenings"]
    tickets = screening.pop("tickets")
    assert screening == {
        "id": house.lettered, "film": "Café", "hall": "Hall 10", "starts_at": "2030-05-18T20:30:00+03:00",
        "ends_at": "2030-05-18T22:00:00+03:00", "timezone": "Europe/Kyiv", "cancelled": False,
    }  # fmt: skip
    ids = [code.split("/")[-1][:16] for code in codes]
    assert [(row[0], row[2:]) for row in tickets] == [
        (hashed(ids[0]), ["A1", "Adult", "valid", "2030-05-18T20:00:00+03:00", "North"]),
        (hashed(ids[1]), ["A2", "Adult", "valid", None, ""]),
        (hashed(ids[2]), ["B1", "Adult", "valid", None, ""]),
        (hashed(gone.id), ["B2", "Adult", "refunded", None, ""]),
    ]
    assert len({row[1] for row in tickets[:3]}) == 1, "they came together"
    for secret in (*ids, gone.id, "user@example.com"):
        assert secret not in answer.text


def test_it_has_the_keys_that_tell_a_forged_code(
    at_door: OpenDoor, codes: list[str], services: Services
) -> None:
    usher = at_door("usher")
    before = usher.listed().json["keys"]
    assert list(before) == [codes[0].split("?c=")[1].split(".")[0]]
    made = services.transactions.write(lambda s: rotate_key(s, box=services.secret_box, now=NOW).id)
    assert set(usher.listed().json["keys"]) == {*before, made}


def test_the_first_list_has_the_key_of_tickets_that_are_sold_afterwards(
    at_door: OpenDoor, sale: Sale, services: Services
) -> None:
    keys = at_door("usher").listed().json["keys"]
    [code] = codes_of(services, sale.sold("A1"))
    assert code.split("?c=")[1].split(".")[0] in keys


def test_nothing_is_sent_until_something_changed(
    at_door: OpenDoor, house: House, codes: list[str], sale: Sale, services: Services
) -> None:
    usher = at_door("usher")
    changes = [
        lambda: usher.tell({"sequence": 1, "code": codes[0]}),
        lambda: usher.tell({"sequence": 2, "deed": "undo", "undoes": 1}),
        lambda: sale.sold("A3"),
        lambda: services.transactions.write(lambda session: cancel(session, house.lettered)),
    ]
    for change in changes:
        first = usher.listed()
        assert first.status_code == 200
        kept = usher.listed(**{"If-None-Match": first.headers["ETag"]})
        assert (kept.status_code, kept.data) == (304, b"")
        change()
        assert usher.listed(**{"If-None-Match": first.headers["ETag"]}).status_code == 200


@on_one_database
def test_what_a_scanner_has_is_not_made_for_it_again(app: APIFlask) -> None:
    def make() -> bytes:
        made.append(1)
        return b"{}"

    made: list[int] = []
    for tag, status in (('"v1"', 304), ('"v1-gzip"', 304), ('"v0"', 200)):
        headers = {"If-None-Match": tag, "Accept-Encoding": "gzip" if "gzip" in tag else ""}
        with app.test_request_context(headers=headers):
            answer = respond_prepared(MadeWhenSent("v1", make), {})
        assert (answer.status_code, len(made)) == (status, int(status == 200))


@on_one_database
def test_one_list_is_not_taken_for_another(at_door: OpenDoor, house: House, codes: list[str]) -> None:
    usher = at_door("usher")
    tag = usher.listed().headers["ETag"]
    for query in (
        {"screenings": str(house.lettered), "salt": "A" * 22},
        {"screenings": f"{house.lettered},{house.first_hall}", "salt": SALT},
    ):
        answer = usher.client.get("/door/list", query_string=query, headers={"If-None-Match": tag})
        assert answer.status_code == 200


@on_one_database
def test_it_is_sent_small(at_door: OpenDoor, codes: list[str]) -> None:
    usher = at_door("usher")
    packed = usher.listed(**{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == usher.listed().json


@on_one_database
def test_tickets_of_other_screenings_are_not_in_it(
    at_door: OpenDoor, house: House, sale: Sale, services: Services
) -> None:
    codes_of(services, sale.sold("1", screening=house.first_hall))
    usher = at_door("usher")
    assert [one["tickets"] for one in usher.listed().json["screenings"]] == [[]]
    usher.screenings = [999]
    assert usher.listed().json["screenings"] == []


@on_one_database
@pytest.mark.parametrize(
    "salt", ["", "A" * 21, "A" * 23, "A" * 21 + "B", "A" * 21 + "=", "+" * 21 + "A", "я" * 22, "A\0" * 11]
)
def test_a_salt_that_is_none_is_refused(at_door: OpenDoor, house: House, salt: str) -> None:
    answer = at_door("usher").get("list", screenings=house.lettered, salt=salt)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["errors"]] == ["salt"]


def test_nobody_waits_while_anothers_list_is_read() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def make_slowly() -> bytes:
        begun.set()
        assert go_on.wait(10)
        return b"slow"

    slow = MadeWhenSent("v1", make_slowly)
    thread = threading.Thread(target=lambda: slow.gzipped, daemon=True)
    thread.start()
    assert begun.wait(10)
    quick = threading.Thread(target=lambda: MadeWhenSent("v2", lambda: b"quick").gzipped, daemon=True)
    quick.start()
    quick.join(5)
    was_quick = not quick.is_alive()
    go_on.set()
    thread.join(10)
    assert was_quick
    assert slow.content == b"slow"
