"""What a scanner takes along: every ticket of its screenings, as it is now, and nobody's data"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.hand_overs import hand_over_ticket, take_ticket_back
from matinee.boxoffice.models import Order
from matinee.boxoffice.sales import sell_seats
from matinee.door.admissions import admit_ticket, take_back_admission
from matinee.door.counts import door_counts
from matinee.door.lists import ListedScreening, ListedTicket, door_list, door_list_version
from matinee.programme.models import Film, Hall, Screening
from tests.boxoffice.selling import GUEST, Sale
from tests.building import NOW
from tests.door.scanners import Gate
from tests.query_plans import tables_read_whole

SALT = bytes(range(16))
# In Kyiv it is 20:30 then; the doors are open.
DOORS = NOW + timedelta(hours=32)
FRIEND = "friend@example.org"


def list_of(sale: Sale, *screenings: int) -> list[ListedScreening]:
    ids = screenings or (sale.house.lettered,)
    return sale.read(lambda session: list(door_list(session, screening_ids=ids, salt=SALT)))


def version_of(sale: Sale, *screenings: int) -> str:
    ids = screenings or (sale.house.lettered,)
    return sale.read(lambda session: door_list_version(session, screening_ids=ids))


def seats_of(sale: Sale, *screenings: int) -> list[tuple[str, str]]:
    """Seat and state of every ticket in the list."""
    return [(one.seat, one.state) for each in list_of(sale, *screenings) for one in each.tickets]


def hashed(text: str) -> str:
    digest = hashlib.sha256(SALT + text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def due(sale: Sale, *labels: str) -> int:
    """Sell seats that are to be paid at the counter; return the order's id."""

    def work(session: Session) -> int:
        tickets = sell_seats(
            session, screening_id=sale.house.lettered, labels=list(labels),
            buyer=session.get_one(User, sale.buyer.id), currency="UAH", channel="v1", now=NOW,
        )  # fmt: skip
        return tickets[0].order_id

    return sale.write(work)


def test_it_has_each_ticket_hashed_with_its_order_seat_and_type(sale: Sale) -> None:
    order_id = sale.sold("A1", "B2", types=["adult", "adult"])
    code, tickets = sale.order(order_id).code, sale.tickets(order_id)
    [shown] = list_of(sale)
    assert (shown.id, shown.film, shown.hall, shown.timezone, shown.cancelled) == (
        sale.house.lettered, "Café", "Hall 10", "Europe/Kyiv", False,
    )  # fmt: skip
    assert shown.tickets == [
        ListedTicket(hashed(tickets[label].id), hashed(code), label, "Adult", "valid", None, "")
        for label in ("A1", "B2")
    ]


def test_nobodys_data_is_in_it(sale: Sale, gate: Gate) -> None:
    order_id = sale.sold("A1", known=False)
    ticket = sale.tickets(order_id)["A1"]
    gate.show(ticket.id)
    text = json.dumps([asdict(each) for each in list_of(sale)], default=str)
    for secret in (ticket.id, sale.order(order_id).code, GUEST, gate.by):
        assert secret not in text


def test_screenings_that_there_are_not_and_drafts_are_left_out(sale: Sale) -> None:
    sale.change_screening(sale.house.first_hall, draft=True)
    assert [each.id for each in list_of(sale, sale.house.first_hall, sale.house.lettered, 4711)] == [
        sale.house.lettered
    ]
    assert list_of(sale, 4711) == []


def test_an_admission_is_in_it_with_the_moment_and_the_door(sale: Sale, gate: Gate) -> None:
    ticket = sale.tickets(sale.sold("A1"))["A1"]
    gate.show(ticket.id, now=DOORS)
    [shown] = list_of(sale)
    assert [(one.admitted_at, one.door) for one in shown.tickets] == [(DOORS, "North")]


LateChange = Callable[[Sale, int], None]


def hand_over(sale: Sale, order_id: int) -> None:
    ticket_id = sale.tickets(order_id)["A1"].id
    sale.write(
        lambda s: hand_over_ticket(
            s, order=s.get_one(Order, order_id), ticket_id=ticket_id, email=FRIEND, actor="anna", now=NOW
        )
    )


def take_back(sale: Sale, order_id: int) -> None:
    sale.write(
        lambda s: take_ticket_back(
            s, order=s.get_one(Order, order_id), seat_label="A1", actor="anna", now=NOW
        )
    )


def move(sale: Sale, _order_id: int) -> None:
    target = sale.read(lambda s: s.get_one(Screening, sale.house.first_hall).hall_id)
    sale.cancel(sale.house.first_hall)
    sale.move(sale.house.lettered, target)


LATE: list[tuple[str, LateChange, list[tuple[str, str]]]] = [
    ("sold since", lambda sale, _: sale.sold("B1") and None, [("A1", "valid"), ("A2", "valid"), ("B1", "valid")]),
    ("refunded", lambda sale, order: sale.refund(order), [("A1", "refunded"), ("A2", "refunded")]),
    (
        "refunded in part",
        lambda sale, order: sale.refund_some(order, "A1"),
        [("A2", "valid"), ("A1", "refunded")],
    ),
    (
        "seated anew",
        lambda sale, order: sale.exchange(order, sale.house.lettered, "A1", "A3"),
        [("A1", "valid"), ("A3", "valid"), ("A1", "refunded"), ("A2", "refunded")],
    ),
    (
        "exchanged for another screening",
        lambda sale, order: sale.exchange(order, sale.house.first_hall, "1", "2"),
        [("A1", "refunded"), ("A2", "refunded")],
    ),
    ("handed over", hand_over, [("A1", "valid"), ("A2", "valid"), ("A1", "refunded")]),
    ("moved to another hall", move, [("2", "valid"), ("3", "valid")]),
    (
        "cancelled",
        lambda sale, _: sale.cancel(sale.house.lettered) and None,
        [("A1", "refunded"), ("A2", "refunded")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "seats"), [case[1:] for case in LATE], ids=[case[0] for case in LATE])
def test_a_late_change_is_in_the_next_list(
    sale: Sale, change: LateChange, seats: list[tuple[str, str]]
) -> None:
    order_id = sale.sold("A1", "A2")
    before, version = list_of(sale), version_of(sale)
    change(sale, order_id)
    assert seats_of(sale) == seats
    assert version_of(sale) != version
    # What was valid before and is the same ticket now is found by the same hash.
    assert {one.order for one in before[0].tickets} <= {one.order for one in list_of(sale)[0].tickets}


def test_the_new_tickets_of_an_exchange_are_at_the_door_of_the_other_screening(sale: Sale) -> None:
    order_id = sale.sold("A1")
    version = version_of(sale, sale.house.first_hall)
    sale.exchange(order_id, sale.house.first_hall, "7")
    assert seats_of(sale, sale.house.first_hall) == [("7", "valid")]
    assert version_of(sale, sale.house.first_hall) != version


def test_the_ticket_of_a_friend_is_another_than_the_buyers_was(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    old = sale.tickets(order_id)["A1"].id
    hand_over(sale, order_id)
    states = {one.hash: one.state for one in list_of(sale)[0].tickets}
    assert states[hashed(old)] == "refunded"
    assert states[hashed(sale.tickets(order_id)["A1"].id)] == "valid"
    version = version_of(sale)
    take_back(sale, order_id)
    assert version_of(sale) != version


def test_a_cancelled_screening_is_said_to_be(sale: Sale) -> None:
    version = version_of(sale)
    sale.cancel(sale.house.lettered)
    assert list_of(sale)[0].cancelled
    assert version_of(sale) != version


def test_what_is_due_is_unpaid_until_the_counter_took_the_money(sale: Sale) -> None:
    order_id = due(sale, "A1")
    assert seats_of(sale) == [("A1", "unpaid")]
    version = version_of(sale)
    sale.take_money(order_id)
    assert seats_of(sale) == [("A1", "valid")]
    assert version_of(sale) != version


def test_one_order_that_is_paid_while_another_becomes_due_is_noticed(sale: Sale) -> None:
    first, second = due(sale, "A1"), sale.sold("A2")
    version = version_of(sale)
    sale.take_money(first)
    # Dearer: something is left to pay.
    sale.exchange(second, sale.house.lettered, "B1")
    assert version_of(sale) != version
    assert ("B1", "unpaid") in seats_of(sale)


@pytest.mark.parametrize(
    "change",
    [
        lambda session, screening: setattr(session.get_one(Film, screening.film_id), "title", "Coffee"),
        lambda session, screening: setattr(session.get_one(Hall, screening.hall_id), "name", "Studio"),
        lambda _, screening: setattr(screening, "ends_at", screening.ends_at + timedelta(minutes=5)),
        lambda _, screening: setattr(screening, "draft", True),
    ],
    ids=["film", "hall", "end", "draft"],
)
def test_what_is_shown_of_a_screening_is_in_the_version(
    sale: Sale, change: Callable[[Session, Screening], None]
) -> None:
    version = version_of(sale)
    sale.write(lambda session: change(session, session.get_one(Screening, sale.house.lettered)))
    assert version_of(sale) != version


def test_admissions_are_in_the_version_whoever_took_back_and_let_in_at_the_same_moment(
    sale: Sale, gate: Gate
) -> None:
    tickets = sale.tickets(sale.sold("A1", "A2", "A3", "A4"))
    outside = version_of(sale)
    for label in ("A1", "A4"):
        gate.show(tickets[label].id)
    version = version_of(sale)
    assert version != outside
    # As many are in, since the same moment, and their seats add up to the same.
    for number in (1, 2):
        assert gate.undo(number).result == "undone"
    for label in ("A2", "A3"):
        gate.show(tickets[label].id)
    assert version_of(sale) != version


def test_admissions_of_another_program_are_in_the_version(sale: Sale) -> None:
    ticket_id = sale.tickets(sale.sold("A1"))["A1"].id
    seen = {version_of(sale)}
    for minutes in (0, 1):
        at = NOW + timedelta(minutes=minutes)
        sale.write(lambda s, at=at: admit_ticket(s, ticket_id=ticket_id, by="key", now=at).ticket_id)
        seen.add(version_of(sale))
        if not minutes:
            sale.write(lambda s: take_back_admission(s, ticket_id=ticket_id, by="key", note="", now=NOW))
    assert len(seen) == 3


def test_what_happens_elsewhere_changes_no_version(sale: Sale) -> None:
    sale.sold("A1")
    version = version_of(sale)
    other = sale.tickets(sale.sold("5", screening=sale.house.second_hall))["5"].id
    sale.write(lambda s: admit_ticket(s, ticket_id=other, by="usher", now=NOW).ticket_id)
    assert version_of(sale) == version
    assert version_of(sale, sale.house.second_hall) != version
    assert version_of(sale, sale.house.lettered, sale.house.second_hall) != version


def test_neither_list_nor_version_nor_counts_read_all_tickets_that_there_are(sale: Sale) -> None:
    ids = [sale.house.lettered, sale.house.first_hall]

    def ask(session: Session) -> None:
        door_list(session, screening_ids=ids, salt=SALT)
        door_list_version(session, screening_ids=ids)
        door_counts(session, screening_ids=ids)

    assert not tables_read_whole(sale.services, ask)
