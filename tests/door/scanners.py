"""Scanners at the door: each counts what it does, and may be away from the network."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matinee.boxoffice.models import Ticket
from matinee.door.answers import ScanAnswer
from matinee.door.models import Admission, DoorScan
from matinee.door.scans import Scan, Scanner, settle_scan
from matinee.tickets.codes import ticket_code
from tests.boxoffice.selling import Sale
from tests.building import NOW


class Gate:
    """One scanner. Its clock is `slow_by` behind ours; it stands at the lettered hall where nothing else is said."""

    def __init__(
        self,
        sale: Sale,
        *,
        device: str,
        door: str,
        by: str = "usher@example.org",
        screenings: Collection[int] | None = None,
        manager: bool = False,
        slow_by: timedelta = timedelta(0),
    ) -> None:
        self.sale, self.device, self.door, self.by = sale, device, door, by
        self.screenings = frozenset(screenings or {sale.house.lettered})
        self.manager, self.slow_by = manager, slow_by
        self.count = 0

    def scan(self, code: str, *, now: datetime = NOW, ago: timedelta = timedelta(0), **more: object) -> Scan:
        """Something that it did, `ago` before `now`, with the next of its numbers."""
        self.count += 1
        values: dict[str, object] = {"deed": "scan", "at": now - self.slow_by - ago, "code": code, **more}
        return Scan(sequence=self.count, **values)  # type: ignore[arg-type]

    def tell(self, scan: Scan, *, now: datetime = NOW) -> ScanAnswer:
        """Tell of it, in a transaction of its own."""
        return self.sale.write(
            lambda session: settle_scan(session, scanner=self.scanner(now), scan=scan, now=now)
        )

    def scanner(self, now: datetime = NOW) -> Scanner:
        return Scanner(
            device=self.device,
            door=self.door,
            by=self.by,
            screening_ids=self.screenings,
            clock=now - self.slow_by,
            may_let_in_unpaid=self.manager,
        )

    def show(self, code: str, *, now: datetime = NOW, **more: object) -> ScanAnswer:
        """Somebody shows a code."""
        return self.tell(self.scan(code, now=now, **more), now=now)  # type: ignore[arg-type]

    def undo(self, scan: Scan | ScanAnswer | int, *, now: datetime = NOW, **more: object) -> ScanAnswer:
        """Take something back that it did."""
        number = scan if isinstance(scan, int) else scan.sequence
        return self.tell(self.scan("", now=now, deed="undo", undoes=number, **more), now=now)  # type: ignore[arg-type]

    # Looking.

    def row(self, sequence: int) -> DoorScan:
        """What is kept of what it told."""
        wanted = select(DoorScan).where(DoorScan.device == self.device, DoorScan.sequence == sequence)
        return self.sale.read(lambda session: session.scalars(wanted).one())


def lost(scan: Scan) -> Scan:
    """A scan whose answer did not arrive, so that the scanner decided by itself."""
    return replace(scan, offline=True)


def admitted(sale: Sale) -> dict[str, Admission]:
    """Ticket id -> its admission."""
    return sale.read(lambda session: {one.ticket_id: one for one in session.scalars(select(Admission))})


def sold(sale: Sale, *labels: str) -> list[str]:
    """The ids of tickets of one order that is paid, for these seats."""
    tickets = sale.tickets(sale.sold(*labels))
    return [tickets[label].id for label in labels]


def code_of(sale: Sale, ticket_id: str) -> str:
    """What the ticket's picture says."""

    ticket = sale.read(lambda s: s.get_one(Ticket, ticket_id, options=[joinedload(Ticket.seat)]))
    return ticket_code("https://odeon.example", ticket, seal=sale.services.seal)
