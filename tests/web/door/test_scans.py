"""POST /door/scans"""

from __future__ import annotations

from tests.web.door.conftest import OpenDoor


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
