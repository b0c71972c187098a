"""Scans at the door: what each becomes, told once, told again, told late, and taken back"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.tickets import new_ticket_id
from matinee.door.conflicts import conflicts_in_order, count_open_conflicts
from matinee.door.errors import ScanToldDifferently
from matinee.door.models import DoorScan
from matinee.outbox.models import Message
from matinee.outbox.webhooks.endpoints import register_endpoint
from tests.boxoffice.interleaving import at_once
from tests.boxoffice.selling import Sale
from tests.building import NOW, count_rows
from tests.door.scanners import Gate, admitted, code_of, lost, sold
from tests.door.test_lists import due, hand_over, move

# In Kyiv it is 20:00 then: half an hour before the film.
DOORS = NOW + timedelta(hours=31, minutes=30)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def south(sale: Sale) -> Gate:
    """Another door of the same hall."""
    return Gate(sale, device="gate-2", door="South", by="anna@example.org")


def conflicts(sale: Sale, *, only_open: bool = True) -> list[tuple[str, str]]:
    """Device and ticket of each."""

    def read(session: Session) -> list[tuple[str, str]]:
        found = conflicts_in_order(session, only_open=only_open, limit=50)
        assert count_open_conflicts(session) == sum(one.seen_at is None for one in found)
        return [(one.device, one.ticket_id) for one in found]

    return sale.read(read)


# What each scan becomes.


def test_somebody_with_a_ticket_is_welcome(sale: Sale, gate: Gate) -> None:
    order_id = sale.sold("A1", "B2", types=["adult", "adult"])
    ticket = sale.tickets(order_id)["B2"]
    answer = gate.show(code_of(sale, ticket.id), now=DOORS)
    assert (answer.result, answer.ticket_id, answer.seat, answer.ticket_type) == (
        "welcome", ticket.id, "B2", "Adult",
    )  # fmt: skip
    assert (answer.order_code, answer.order_in, answer.order_tickets) == (sale.order(order_id).code, 1, 2)
    assert (answer.film, answer.hall, answer.screening_id) == ("Café", "Hall 10", sale.house.lettered)
    assert (answer.first_at, answer.became, answer.warning) == (None, "", None)
    kept = admitted(sale)[ticket.id]
    assert (kept.admitted_at, kept.admitted_by, kept.door) == (DOORS, gate.by, "North")
    assert (kept.screening_id, kept.scan_id) == (sale.house.lettered, gate.row(1).id)


def test_whoever_shows_it_again_is_told_when_and_where_somebody_came_in(
    sale: Sale, gate: Gate, south: Gate
) -> None:
    [ticket] = sold(sale, "A1")
    gate.show(ticket, now=DOORS)
    for where in (south, gate):
        again = where.show(ticket, now=DOORS + MINUTE)
        assert (again.result, again.first_at, again.first_door) == ("already_in", DOORS, "North")
    assert admitted(sale)[ticket].door == "North"
    # A device that came to know: no manager need look at it.
    assert conflicts(sale) == []


def test_a_ticket_for_another_screening_is_said_to_be_whatever_else_it_is(sale: Sale, gate: Gate) -> None:
    order_id = sale.sold("5", screening=sale.house.second_hall)
    ticket = sale.tickets(order_id)["5"].id
    for _ in ("valid", "refunded"):
        answer = gate.show(ticket)
        assert (answer.result, answer.screening_id, answer.hall) == (
            "other_screening", sale.house.second_hall, "Hall 2",
        )  # fmt: skip
        if sale.state(order_id) == "paid":
            sale.refund(order_id)
    assert admitted(sale) == {}


@pytest.mark.parametrize("how", ["refunded", "exchanged"])
def test_a_ticket_that_was_given_back_lets_nobody_in(sale: Sale, gate: Gate, how: str) -> None:
    order_id = sale.sold("A1")
    ticket = sale.tickets(order_id)["A1"].id
    if how == "refunded":
        sale.refund(order_id)
    else:
        hand_over(sale, order_id)
    answer = gate.show(ticket)
    assert (answer.result, answer.became) == ("refunded", how)
    assert admitted(sale) == {}


def test_what_is_not_paid_is_let_in_by_managers_alone(sale: Sale, gate: Gate) -> None:
    ticket = sale.tickets(due(sale, "A1"))["A1"].id
    assert gate.show(ticket).result == "unpaid"
    assert gate.show(ticket, deed="let_in").result == "unpaid"
    assert admitted(sale) == {}
    manager = Gate(sale, device="gate-3", door="North", manager=True)
    # Not by showing it alone: somebody has to want it.
    assert manager.show(ticket).result == "unpaid"
    assert manager.show(ticket, deed="let_in").result == "welcome"
    assert list(admitted(sale)) == [ticket]


def test_once_it_was_paid_it_lets_in(sale: Sale, gate: Gate) -> None:
    order_id = due(sale, "A1")
    ticket = sale.tickets(order_id)["A1"].id
    assert gate.show(ticket).result == "unpaid"
    sale.take_money(order_id)
    assert gate.show(ticket).result == "welcome"


def test_letting_in_by_hand_lets_in_nobody_twice_and_nothing_that_was_given_back(sale: Sale) -> None:
    manager = Gate(sale, device="gate-3", door="North", manager=True)
    order_id = sale.sold("A1", "A2")
    tickets = sale.tickets(order_id)
    sale.refund_some(order_id, "A2")
    results = [manager.show(tickets[one].id, deed="let_in").result for one in ("A1", "A1", "A2")]
    assert results == ["welcome", "already_in", "refunded"]


def test_whoever_comes_much_too_early_or_after_the_end_is_welcome_with_a_warning(
    sale: Sale, gate: Gate
) -> None:
    early, late = sold(sale, "A1", "A2")
    assert gate.show(early, now=DOORS - timedelta(hours=3)).warning == "early"
    assert gate.show(late, now=DOORS + timedelta(hours=3)).warning == "over"


def test_a_ticket_lets_in_after_its_screening_was_moved(sale: Sale, gate: Gate) -> None:
    [ticket] = sold(sale, "A1")
    code = code_of(sale, ticket)
    move(sale, 0)
    answer = gate.show(code)
    assert (answer.result, answer.hall) == ("welcome", "Hall 1")


# Told again.


@pytest.mark.parametrize("offline", [False, True])
def test_what_is_told_again_is_answered_as_before_and_changes_nothing(
    sale: Sale, gate: Gate, offline: bool
) -> None:
    paid, unpaid = sold(sale, "A1")[0], sale.tickets(due(sale, "A2"))["A2"].id
    scans = [
        gate.scan(code, offline=offline, **more)
        for code, more in (
            (paid, {}),
            (paid, {}),
            (unpaid, {}),
            ("nonsense", {}),
            ("", {"deed": "undo", "undoes": 1}),
            ("", {"deed": "undo", "undoes": 1}),
        )
    ]
    answers = [gate.tell(scan) for scan in scans]
    expected = ["welcome", "already_in", "unpaid", "unknown", "undone", "nothing_to_undo"]
    if offline:
        # The one who was let in twice is in once it is taken back; of the other undo there is nothing left.
        expected = ["welcome", "conflict", "welcome", "conflict", "undone", "nothing_to_undo"]
    assert [answer.result for answer in answers] == expected
    kept = sale.read(lambda s: [_values(row) for row in s.scalars(select(DoorScan).order_by(DoorScan.id))])
    inside = {key: _values(one) for key, one in admitted(sale).items()}
    told = [gate.tell(scan, now=NOW + MINUTE).result for scan in scans]
    assert told == [gate.row(scan.sequence).result for scan in scans]
    if not offline:
        assert told == expected
    after = sale.read(lambda s: [_values(row) for row in s.scalars(select(DoorScan).order_by(DoorScan.id))])
    assert after == kept
    assert {key: _values(one) for key, one in admitted(sale).items()} == inside


def _values(row: Any) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def test_told_at_the_same_moment_twice_it_is_dealt_with_once(sale: Sale, gate: Gate) -> None:
    [ticket] = sold(sale, "A1")
    scan = gate.scan(ticket)
    answers = at_once(sale.services, [lambda: gate.tell(scan)] * 3)
    assert [answer.result for answer in answers] == ["welcome"] * 3  # type: ignore[union-attr]
    assert sale.read(lambda s: count_rows(s, DoorScan)) == 1


def test_at_two_doors_at_the_same_moment_one_lets_it_in(sale: Sale, gate: Gate, south: Gate) -> None:
    [ticket] = sold(sale, "A1")
    first, second = gate.scan(ticket), south.scan(ticket)
    answers = at_once(sale.services, [lambda: gate.tell(first), lambda: south.tell(second)])
    assert sorted(answer.result for answer in answers) == ["already_in", "welcome"]  # type: ignore[union-attr]


@pytest.mark.parametrize("change", [{"code": "other"}, {"deed": "let_in"}, {"deed": "undo", "undoes": 1}])
def test_a_number_that_was_given_to_something_else_is_refused(
    sale: Sale, gate: Gate, change: dict[str, Any]
) -> None:
    [ticket] = sold(sale, "A1")
    scan = gate.scan(ticket)
    gate.tell(scan)
    with pytest.raises(ScanToldDifferently) as refused:
        gate.tell(replace(scan, **change))
    assert refused.value.sequence == scan.sequence
    assert gate.tell(scan).result == "welcome"


def test_devices_count_each_for_itself(sale: Sale, gate: Gate, south: Gate) -> None:
    one, other = sold(sale, "A1", "A2")
    assert [gate.show(one).sequence, south.show(other).sequence] == [1, 1]
    assert set(admitted(sale)) == {one, other}


# Decided alone.


def test_what_was_let_in_without_a_network_is_in_since_then(sale: Sale, gate: Gate) -> None:
    [ticket] = sold(sale, "A1")
    answer = gate.tell(gate.scan(ticket, now=DOORS, ago=20 * MINUTE, offline=True), now=DOORS)
    assert answer.result == "welcome"
    assert admitted(sale)[ticket].admitted_at == DOORS - 20 * MINUTE
    assert gate.row(1).received_at == DOORS


def test_two_doors_that_were_apart_let_it_in_once_and_the_other_is_a_conflict(
    sale: Sale, gate: Gate, south: Gate
) -> None:
    [ticket] = sold(sale, "A1")
    earlier = gate.scan(ticket, now=DOORS, ago=20 * MINUTE, offline=True)
    south.show(ticket, now=DOORS - 10 * MINUTE)
    answer = gate.tell(earlier, now=DOORS)
    assert (answer.result, answer.first_at, answer.first_door) == ("conflict", DOORS - 10 * MINUTE, "South")
    assert conflicts(sale) == [("gate-1", ticket)]
    assert gate.row(1).scanned_at == DOORS - 20 * MINUTE
    assert admitted(sale)[ticket].door == "South"


def test_what_was_let_in_though_it_had_been_given_back_or_is_no_ticket_is_a_conflict(
    sale: Sale, gate: Gate
) -> None:
    order_id = sale.sold("A1")
    ticket = sale.tickets(order_id)["A1"].id
    sale.refund(order_id)
    answer = gate.show(ticket, offline=True)
    assert (answer.result, answer.became) == ("conflict", "refunded")
    assert gate.show(new_ticket_id(), offline=True).result == "conflict"
    assert conflicts(sale) == [("gate-1", ticket), ("gate-1", "")]


def test_what_was_let_in_for_other_screenings_or_unpaid_is_in(sale: Sale, gate: Gate) -> None:
    # The scanner may stand elsewhere by now; and whoever is to pay is in, too.
    other = sale.tickets(sale.sold("5", screening=sale.house.second_hall))["5"].id
    unpaid = sale.tickets(due(sale, "A1"))["A1"].id
    assert [gate.show(one, offline=True).result for one in (other, unpaid)] == ["welcome"] * 2
    assert set(admitted(sale)) == {other, unpaid}


def test_a_refusal_that_did_not_arrive_is_a_conflict_where_the_scanner_let_somebody_in(
    sale: Sale, gate: Gate, south: Gate
) -> None:
    [ticket] = sold(sale, "A1")
    south.show(ticket, now=DOORS)
    scan = gate.scan(ticket, now=DOORS)
    assert gate.tell(scan, now=DOORS).result == "already_in"
    late = DOORS + 30 * MINUTE
    assert gate.tell(lost(scan), now=late).result == "conflict"
    row = gate.row(1)
    # When it was stays; that it is a conflict came to light now.
    assert (row.offline, row.scanned_at, row.received_at) == (True, DOORS, late)
    assert gate.tell(lost(scan), now=late + MINUTE).result == "conflict"
    assert gate.row(1).received_at == late


def test_a_welcome_that_did_not_arrive_stays_one(sale: Sale, gate: Gate) -> None:
    [ticket] = sold(sale, "A1")
    scan = gate.scan(ticket)
    gate.tell(scan)
    assert gate.tell(lost(scan)).result == "welcome"
    assert conflicts(sale) == []


def test_what_was_refused_unpaid_and_let_in_alone_is_in(sale: Sale, gate: Gate) -> None:
    ticket = sale.tickets(due(sale, "A1"))["A1"].id
    scan = gate.scan(ticket)
    assert gate.tell(scan).result == "unpaid"
    assert gate.tell(lost(scan)).result == "welcome"


# Wrong clocks.


@pytest.mark.parametrize("slow_by", [timedelta(days=-400), timedelta(hours=-1), timedelta(days=9000)])
def test_a_wrong_clock_tells_how_long_ago_it_was(sale: Sale, slow_by: timedelta) -> None:
    gate = Gate(sale, device="odd", door="North", slow_by=slow_by)
    [ticket] = sold(sale, "A1")
    gate.tell(gate.scan(ticket, now=DOORS, ago=5 * MINUTE, offline=True), now=DOORS)
    assert admitted(sale)[ticket].admitted_at == DOORS - 5 * MINUTE


def test_a_clock_that_jumped_makes_nothing_later_than_now_or_older_than_a_week(
    sale: Sale, gate: Gate
) -> None:
    one, other = sold(sale, "A1", "A2")
    gate.tell(gate.scan(one, now=DOORS, ago=-timedelta(days=3), offline=True), now=DOORS)
    gate.tell(gate.scan(other, now=DOORS, ago=timedelta(days=300), offline=True), now=DOORS)
    inside = admitted(sale)
    assert (inside[one].admitted_at, inside[other].admitted_at) == (DOORS, DOORS - timedelta(days=7))


# Taken back.


def test_what_was_taken_back_lets_in_again(sale: Sale, gate: Gate, south: Gate) -> None:
    [ticket] = sold(sale, "A1")
    first = gate.show(ticket, now=DOORS)
    undone = gate.undo(first, now=DOORS + MINUTE)
    assert (undone.result, undone.ticket_id, undone.seat, undone.order_in) == ("undone", ticket, "A1", 0)
    assert admitted(sale) == {}
    assert south.show(ticket, now=DOORS + MINUTE).result == "welcome"


@pytest.mark.parametrize(("minutes", "result"), [(15, "undone"), (16, "nothing_to_undo")])
def test_it_is_taken_back_within_a_quarter_of_an_hour(
    sale: Sale, gate: Gate, minutes: int, result: str
) -> None:
    [ticket] = sold(sale, "A1")
    first = gate.show(ticket, now=DOORS)
    assert gate.undo(first, now=DOORS + minutes * MINUTE).result == result


def test_the_quarter_of_an_hour_is_the_scanners_where_it_was_away(sale: Sale, gate: Gate) -> None:
    [ticket] = sold(sale, "A1")
    scan = gate.scan(ticket, now=DOORS, ago=60 * MINUTE, offline=True)
    undo = gate.scan("", now=DOORS, ago=50 * MINUTE, offline=True, deed="undo", undoes=scan.sequence)
    assert [gate.tell(one, now=DOORS).result for one in (scan, undo)] == ["welcome", "undone"]
    assert admitted(sale) == {}


def test_nobody_takes_back_what_another_let_in(sale: Sale, gate: Gate, south: Gate) -> None:
    [ticket] = sold(sale, "A1")
    first = gate.show(ticket)
    assert south.undo(first.sequence).result == "nothing_to_undo"
    gate.undo(first)
    # At the same door, at the same moment, by another scanner of it.
    twin = Gate(sale, device="gate-1b", door="North")
    twin.show(ticket)
    assert gate.undo(first).result == "nothing_to_undo"
    assert list(admitted(sale)) == [ticket]


def test_nor_what_it_let_in_itself_by_a_later_scan(sale: Sale, gate: Gate) -> None:
    [ticket] = sold(sale, "A1")
    first = gate.show(ticket)
    gate.undo(first)
    again = gate.show(ticket)
    assert gate.undo(first).result == "nothing_to_undo"
    assert gate.undo(again).result == "undone"


@pytest.mark.parametrize("what", ["refusal", "undo", "itself", "never told", "no number"])
def test_where_nobody_was_let_in_there_is_nothing_to_take_back(sale: Sale, gate: Gate, what: str) -> None:
    [ticket] = sold(sale, "A1")
    first = gate.show(ticket)
    number = {"refusal": 2, "undo": 2, "itself": 2, "never told": 99, "no number": None}[what]
    if what == "refusal":
        gate.show(ticket)
    elif what == "undo":
        gate.undo(first)
    before = set(admitted(sale))
    assert gate.tell(gate.scan("", deed="undo", undoes=number)).result == "nothing_to_undo"
    assert set(admitted(sale)) == before


def test_a_conflict_that_is_taken_back_is_none_any_more(sale: Sale, gate: Gate, south: Gate) -> None:
    [ticket] = sold(sale, "A1")
    south.show(ticket)
    late = gate.show(ticket, offline=True)
    assert late.result == "conflict"
    assert gate.undo(late, offline=True).result == "undone"
    assert conflicts(sale) == []
    assert (gate.row(1).seen_at, gate.row(1).seen_by) == (NOW, gate.by)
    assert admitted(sale)[ticket].door == "South"


def test_a_conflict_about_no_ticket_can_be_taken_back(sale: Sale, gate: Gate) -> None:
    assert gate.undo(gate.show("nonsense", offline=True)).result == "undone"
    assert conflicts(sale) == []


def test_whoever_was_let_in_elsewhere_counts_where_the_first_is_taken_back(
    sale: Sale, gate: Gate, south: Gate
) -> None:
    [ticket] = sold(sale, "A1")
    first = south.show(ticket, now=DOORS)
    late = gate.scan(ticket, now=DOORS + MINUTE, offline=True)
    assert gate.tell(late, now=DOORS + MINUTE).result == "conflict"
    assert south.undo(first, now=DOORS + 2 * MINUTE).result == "undone"
    inside = admitted(sale)[ticket]
    assert (inside.admitted_at, inside.door, inside.admitted_by) == (DOORS + MINUTE, "North", gate.by)
    assert conflicts(sale) == []
    assert gate.tell(late).result == "welcome"
    assert south.show(ticket, now=DOORS + 2 * MINUTE).result == "already_in"
    # And that one may take it back in its turn.
    assert gate.undo(late, now=DOORS + 3 * MINUTE).result == "undone"
    assert admitted(sale) == {}


def test_a_conflict_stays_one_where_the_ticket_was_given_back(sale: Sale, gate: Gate, south: Gate) -> None:
    order_id = sale.sold("A1")
    ticket = sale.tickets(order_id)["A1"].id
    first = south.show(ticket)
    gate.show(ticket, offline=True)
    sale.refund(order_id)
    assert south.undo(first).result == "undone"
    assert conflicts(sale) == [("gate-1", ticket)]
    assert admitted(sale) == {}


# Webhooks.


def test_each_admission_is_announced_once(sale: Sale, gate: Gate, south: Gate) -> None:
    sale.write(
        lambda session: register_endpoint(
            session, url="https://example.org/hook", events=["ticket.admitted"], private_allowed=False, now=NOW
        )
    )  # fmt: skip
    [ticket] = sold(sale, "A1")
    scan = gate.scan(ticket)
    for _ in range(2):
        gate.tell(scan)
    south.show(ticket)
    south.show(ticket, offline=True)
    wanted = select(Message).where(Message.channel == "webhook")
    told = sale.read(lambda session: session.scalars(wanted).all())
    assert [message.payload["ticket_id"] for message in told] == [ticket]
