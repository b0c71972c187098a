"""Scans of long ago are deleted; what they let in stays"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from matinee.cli.retention_rounds import RetentionRounds
from matinee.door.conflicts import mark_conflict_seen
from matinee.door.forgetting import SCANS_KEPT, forget_scans
from matinee.door.models import DoorScan
from tests.boxoffice.selling import Sale
from tests.building import NOW, clock_at
from tests.door.scanners import Gate, admitted
from tests.query_plans import tables_read_whole

DAY = timedelta(days=1)


def sequences(sale: Sale) -> list[int]:
    return sale.read(lambda s: list(s.scalars(select(DoorScan.sequence).order_by(DoorScan.id))))


def test_scans_go_after_sixty_days_and_admissions_stay(sale: Sale, gate: Gate) -> None:
    tickets = sale.tickets(sale.sold("A1", "A2"))
    gate.show(tickets["A1"].id)
    gate.show("nonsense")
    gate.show(tickets["A2"].id, now=NOW + DAY)
    later = NOW + SCANS_KEPT + DAY
    assert sale.write(lambda s: forget_scans(s, now=later - DAY)) == 0
    assert sale.write(lambda s: forget_scans(s, now=later, limit=1)) == 1
    assert sale.write(lambda s: forget_scans(s, now=later)) == 1
    assert sequences(sale) == [3]
    assert len(admitted(sale)) == 2
    # Nobody comes in again because of it.
    assert gate.show(tickets["A1"].id, now=later).result == "already_in"


def test_a_conflict_stays_until_somebody_looked_at_it(sale: Sale, gate: Gate) -> None:
    gate.show("nonsense", offline=True)
    later = NOW + SCANS_KEPT + DAY
    assert sale.write(lambda s: forget_scans(s, now=later)) == 0
    number = gate.row(1).id
    assert sale.write(lambda s: mark_conflict_seen(s, scan_id=number, by="anna", now=later))
    assert sale.write(lambda s: forget_scans(s, now=later)) == 1


def test_the_worker_deletes_them_also_where_orders_are_kept_for_ever(sale: Sale, gate: Gate) -> None:
    gate.show("nonsense")
    with clock_at(NOW + SCANS_KEPT + DAY):
        assert RetentionRounds(sale.services.transactions, days=0).do_what_is_due() == 0
    assert sequences(sale) == []


def test_not_all_scans_are_read_for_it(sale: Sale) -> None:
    assert not tables_read_whole(
        sale.services,
        lambda s: s.scalars(
            select(DoorScan.id).where(DoorScan.received_at < NOW).order_by(DoorScan.received_at).limit(1)
        ).all(),
    )
