"""Conflicts at the door: in order, and looked at once"""

from __future__ import annotations

from datetime import timedelta

import pytest

from matinee.door.conflict_facts import conflict_facts, find_conflict
from matinee.door.conflicts import conflicts_in_order, count_open_conflicts, mark_conflict_seen
from matinee.door.errors import ConflictNotFound
from matinee.door.models import DoorScan
from tests.boxoffice.selling import Sale
from tests.building import NOW, on_one_database
from tests.door.scanners import Gate
from tests.query_plans import statements_of


@pytest.fixture
def three(sale: Sale, gate: Gate) -> list[int]:
    """The ids of three conflicts: let in twice, given back, no ticket."""
    order_id = sale.sold("A1", "A2")
    tickets = sale.tickets(order_id)
    Gate(sale, device="gate-2", door="South").show(tickets["A1"].id)
    sale.refund_some(order_id, "A2")
    for minutes, code in enumerate((tickets["A1"].id, tickets["A2"].id, "nonsense")):
        gate.show(code, offline=True, now=NOW + timedelta(minutes=minutes))
    return [gate.row(number).id for number in (1, 2, 3)]


def listed(sale: Sale, *, only_open: bool, limit: int = 10) -> list[int]:
    return sale.read(lambda s: [one.id for one in conflicts_in_order(s, only_open=only_open, limit=limit)])


def test_they_are_in_the_order_in_which_they_came_to_light(sale: Sale, three: list[int]) -> None:
    assert listed(sale, only_open=True) == three
    assert listed(sale, only_open=True, limit=2) == three[:2]
    behind = DoorScan.received_at > NOW
    assert sale.read(
        lambda s: [one.id for one in conflicts_in_order(s, only_open=True, behind=behind, limit=9)]
    ) == three[1:]  # fmt: skip
    assert sale.read(count_open_conflicts) == 3


def test_one_is_looked_at_once(sale: Sale, three: list[int]) -> None:
    def see(by: str) -> bool:
        return sale.write(lambda s: mark_conflict_seen(s, scan_id=three[1], by=by, now=NOW))

    assert [see("anna"), see("boris")] == [True, False]
    seen = sale.read(lambda s: find_conflict(s, scan_id=three[1]))
    assert (seen.seen_at, seen.seen_by) == (NOW, "anna")
    assert listed(sale, only_open=True) == [three[0], three[2]]
    assert listed(sale, only_open=False) == three
    assert sale.read(count_open_conflicts) == 2


def test_what_is_no_conflict_is_not_looked_at(sale: Sale, gate: Gate) -> None:
    gate.show("nonsense")
    number = gate.row(1).id
    assert not sale.write(lambda s: mark_conflict_seen(s, scan_id=number, by="anna", now=NOW))
    with pytest.raises(ConflictNotFound):
        sale.read(lambda s: find_conflict(s, scan_id=number))


def test_each_says_why_and_who_came_in_first(sale: Sale, three: list[int]) -> None:
    facts = sale.read(lambda s: conflict_facts(s, conflicts=conflicts_in_order(s, only_open=True, limit=9)))
    assert [one.reason for one in facts] == ["already_in", "refunded", "unknown"]
    assert [one.first.door if one.first else None for one in facts] == ["South", None, None]
    assert [one.ticket.seat.label if one.ticket else None for one in facts] == ["A1", "A2", None]


@on_one_database
def test_not_all_scans_are_read_for_them(sale: Sale) -> None:
    # An index of conflicts alone, from one end to the other: there are few.
    with statements_of(sale.services.engine) as asked:
        sale.read(count_open_conflicts)
        sale.read(lambda s: conflicts_in_order(s, only_open=False, limit=9))
    with sale.services.engine.connect() as connection:
        for statement, values in asked:
            [said] = [
                row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]
            assert "USING INDEX ix_door_scan_conflict" in said
