"""The door held against a small model: scanners that go away and come back, and tickets that change meanwhile"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderEvent, OrderLine, OrderPayment, SeatClaim, Ticket
from matinee.door.conflicts import conflicts_in_order
from matinee.door.counts import door_counts
from matinee.door.lists import door_list, door_list_version
from matinee.door.models import Admission, DoorScan, Result
from matinee.door.scans import Scan
from matinee.outbox.models import Message
from matinee.payments.models import Payment, PaymentRefund
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House
from tests.depth import examples, seconds
from tests.door.scanners import Gate, lost
from tests.door.test_lists import due, hand_over

GATES = ("one", "two", "three")
SALT = bytes(16)
SEED = st.integers(0, 2**32)
# Device and number.
Key = tuple[str, int]
REFUSED = ("already_in", "unpaid", "refunded", "unknown")


@dataclass
class ModelDoor:
    """Who is in with which ticket, as it ought to be."""

    # Ticket -> "valid", "due" or "gone".
    tickets: dict[str, str] = field(default_factory=dict)
    inside: dict[str, Key] = field(default_factory=dict)
    results: dict[Key, Result] = field(default_factory=dict)
    # What was told, in the order in which it was told first.
    told: dict[Key, Scan] = field(default_factory=dict)
    open_conflicts: list[Key] = field(default_factory=list)
    # How often whoever was let in elsewhere came to count.
    promoted: int = 0

    def settle(self, device: str, scan: Scan) -> Result:
        """What a scan becomes."""
        key = (device, scan.sequence)
        before = self.results.get(key)
        if before is not None and not (scan.offline and before in REFUSED):
            return before
        self.told.setdefault(key, scan)
        result = self._undo(device, scan) if scan.deed == "undo" else self._judge(key, scan)
        self.results[key] = result
        if result == "conflict":
            self.open_conflicts.append(key)
        return result

    def _judge(self, key: Key, scan: Scan) -> Result:
        state = self.tickets.get(scan.code)
        refusal: Result | None = None
        if state is None:
            refusal = "unknown"
        elif state == "gone":
            refusal = "refunded"
        elif scan.code in self.inside:
            refusal = "already_in"
        if refusal is not None:
            return "conflict" if scan.offline else refusal
        if state == "due" and not scan.offline:
            return "unpaid"
        self.inside[scan.code] = key
        return "welcome"

    def _undo(self, device: str, scan: Scan) -> Result:
        key = (device, scan.undoes or 0)
        if self.results.get(key) == "conflict":
            self.open_conflicts = [one for one in self.open_conflicts if one != key]
            return "undone"
        ticket = self.told[key].code if key in self.told else ""
        if self.results.get(key) != "welcome" or self.inside.get(ticket) != key:
            return "nothing_to_undo"
        del self.inside[ticket]
        others = [one for one in self.told if one in self.open_conflicts and self.told[one].code == ticket]
        if others and self.tickets[ticket] != "gone":
            self.inside[ticket] = others[0]
            self.results[others[0]] = "welcome"
            self.open_conflicts.remove(others[0])
            self.promoted += 1
        return "undone"


class DoorMachine(RuleBasedStateMachine):
    """Three scanners at one screening. What was sold may be given back, seated anew, handed over, or paid."""

    def __init__(self, services: Services, house: House, buyer: Buyer, happened: Counter[str]) -> None:
        super().__init__()
        self.happened = happened
        self.sale = Sale(services, house, buyer)
        self.sale.write(_clear)
        self.model = ModelDoor()
        self.gates = {name: Gate(self.sale, device=name, door=f"Door {name}") for name in GATES}
        self.queues: dict[str, list[Scan]] = {name: [] for name in GATES}
        self.away: set[str] = set()
        self.seen: tuple[str, object] | None = None
        self.orders = [self.sale.sold("A1", "A2"), self.sale.sold("B1"), due(self.sale, "A3")]
        self._read_tickets()

    # Several things at a time, by dice: one by one, Hypothesis hardly ever lets two scanners meet.
    @initialize(seed=SEED)
    def doors_open(self, seed: int) -> None:
        self.some_minutes(seed)

    @rule(seed=SEED)
    def some_minutes(self, seed: int) -> None:
        """People show tickets, scanners go away and come back, thumbs slip."""
        dice = random.Random(seed)
        for _ in range(8):
            gate, answered = dice.choice(GATES), dice.random() < 0.8
            [deed] = dice.choices(("show", "undo", "away", "back"), (50, 25, 10, 15))
            if deed == "show":
                self._show(gate, dice, answered=answered)
            elif deed == "undo":
                scanner = self.gates[gate]
                undoes = max(0, scanner.count - dice.choice((0, 0, 0, 1, 2)))
                self._do(gate, scanner.scan("", deed="undo", undoes=undoes), answered=answered)
            elif deed == "away":
                self.away.add(gate)
            else:
                self._come_back(gate)

    def _show(self, gate: str, dice: random.Random, *, answered: bool) -> None:
        # Few tickets, the newest first, so that scanners meet; at times something else.
        codes = [*list(self.model.tickets)[-5:], "nonsense"]
        weights = [*range(1, len(codes)), 1]
        self._do(gate, self.gates[gate].scan(dice.choices(codes, weights)[0]), answered=answered)

    def _come_back(self, gate: str) -> None:
        self.away.discard(gate)
        self._tell_queue(gate)

    def _do(self, gate: str, scan: Scan, *, answered: bool) -> None:
        if gate in self.away:
            self.queues[gate].append(lost(scan))
            return
        self._tell_queue(gate)
        self._tell(gate, scan)
        if not answered:
            # It decided by itself then, and tells so later.
            self.queues[gate].append(lost(scan))
            self.away.add(gate)

    def _tell_queue(self, gate: str) -> None:
        while self.queues[gate]:
            self._tell(gate, self.queues[gate].pop(0))

    def _tell(self, gate: str, scan: Scan) -> None:
        expected = self.model.settle(gate, scan)
        assert self.gates[gate].tell(scan).result == expected

    # Late changes.

    @rule(number=st.integers(0, 2))
    def refund(self, number: int) -> None:
        if self.sale.state(self.orders[number]) in ("paid", "due"):
            self.sale.refund(self.orders[number])
            self._read_tickets()

    @rule(number=st.integers(0, 2))
    def seat_anew(self, number: int) -> None:
        order_id = self.orders[number]
        if self.sale.state(order_id) in ("paid", "due"):
            # The same seats, for other tickets.
            self.sale.exchange(order_id, self.sale.house.lettered, *self.sale.tickets(order_id))
            self._read_tickets()

    @precondition(lambda self: self.sale.state(self.orders[0]) == "paid")
    @rule()
    def hand_over(self) -> None:
        if self.sale.tickets(self.orders[0])["A1"].holder_email is None:
            hand_over(self.sale, self.orders[0])
            self._read_tickets()

    @precondition(lambda self: self.sale.state(self.orders[2]) == "due")
    @rule()
    def pay(self) -> None:
        self.sale.take_money(self.orders[2])
        self._read_tickets()

    def _read_tickets(self) -> None:
        def read(session: Session) -> dict[str, str]:
            rows = session.execute(
                select(Ticket.id, Ticket.state, Order.state)
                .join(Order, Order.id == Ticket.order_id)
                .order_by(Ticket.order_id, Ticket.seat_id)
            )
            return {
                ticket: "gone" if state != "valid" else "due" if order == "due" else "valid"
                for ticket, state, order in rows
            }

        # New ones behind those that there were, so that the same steps mean the same tickets.
        self.model.tickets |= self.sale.read(read)

    # What always holds.

    def teardown(self) -> None:
        """In the end everybody is back."""
        for gate in GATES:
            self._come_back(gate)
        self.tell_everything_again()
        self.the_database_is_what_the_model_says()
        self.happened += Counter(self.model.results.values())
        self.happened["counts in another's place"] += self.model.promoted

    def tell_everything_again(self) -> None:
        """It changes nothing, whoever tells it in which order."""
        before = self.sale.read(_kept)
        for (device, number), scan in reversed(self.model.told.items()):
            assert self.gates[device].tell(scan).result == self.model.results[(device, number)]
        assert self.sale.read(_kept) == before

    @invariant()
    def the_database_is_what_the_model_says(self) -> None:
        self.sale.read(self._compare)

    def _compare(self, session: Session) -> None:
        rows = {row.id: (row.device, row.sequence) for row in session.scalars(select(DoorScan))}
        results = {(row.device, row.sequence): row.result for row in session.scalars(select(DoorScan))}
        assert results == self.model.results
        inside = {one.ticket_id: rows[one.scan_id or 0] for one in session.scalars(select(Admission))}
        assert inside == self.model.inside
        found = conflicts_in_order(session, only_open=True, limit=1000)
        assert sorted((one.device, one.sequence) for one in found) == sorted(self.model.open_conflicts)
        valid = [ticket for ticket, state in self.model.tickets.items() if state != "gone"]
        screening = self.sale.house.lettered
        count = door_counts(session, screening_ids=[screening])[screening]
        assert (count.tickets, count.inside) == (len(valid), len(set(valid) & set(inside)))
        self._compare_lists(session, screening)

    def _compare_lists(self, session: Session, screening: int) -> None:
        listed = door_list(session, screening_ids=[screening], salt=SALT)
        version = door_list_version(session, screening_ids=[screening])
        if self.seen is not None and self.seen[1] != listed:
            assert self.seen[0] != version, "the list is another, and nobody would be told"
        self.seen = (version, listed)


def _clear(session: Session) -> None:
    for table in (Admission, DoorScan, Message, PaymentRefund, OrderPayment, Payment, SeatClaim, Ticket, OrderLine,
                  OrderEvent, Order):  # fmt: skip
        session.execute(delete(table))


def _kept(session: Session) -> list[dict[str, Any]]:
    """All that the door keeps."""
    rows = [
        *session.scalars(select(DoorScan).order_by(DoorScan.id)),
        *session.scalars(select(Admission).order_by(Admission.ticket_id)),
        *session.scalars(select(OrderEvent).order_by(OrderEvent.id)),
        *session.scalars(select(Message).order_by(Message.id)),
    ]
    return [{column.name: getattr(row, column.name) for column in row.__table__.columns} for row in rows]


@pytest.mark.timeout(seconds(400))
def test_the_door_keeps_to_the_model(services: Services, house: House, buyer: Buyer) -> None:
    happened: Counter[str] = Counter()
    run_state_machine_as_test(
        lambda: DoorMachine(services, house, buyer, happened),
        settings=settings(
            max_examples=examples(15),
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # A run in which nothing met anything would say nothing.
    for what in (
        "welcome",
        "already_in",
        "unpaid",
        "refunded",
        "conflict",
        "undone",
        "counts in another's place",
    ):
        assert happened[what], happened
