"""Scans at the door: each that a scanner tells of is dealt with once, be it told twice or hours later.

A scanner counts what it does. Its clock may be wrong, and it may have decided by itself, without a network. What it did
then is done: a ticket that came in at two doors that knew nothing of each other is written down as a conflict, for a
manager to look at, and nothing that a scanner tells is ever lost.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matinee.boxoffice.errors import TicketNotFound
from matinee.boxoffice.models import Ticket
from matinee.db.constraints import translating
from matinee.db.counting import count_when_committed
from matinee.door.admissions import admit_locked_ticket
from matinee.door.answers import ScanAnswer, answer_about
from matinee.door.errors import AlreadyAdmitted, ScanToldDifferently, TicketNotValid, TicketUnpaid
from matinee.door.models import Deed, DoorScan, Result
from matinee.door.scan_rows import find_scan, find_scanned_ticket, lock_scanned_ticket
from matinee.door.undoing import undo_scan
from matinee.tickets.codes import believed_ticket_id
from matinee.tickets.signing import public_keys

# Whatever says that it was away for longer has a clock that jumped.
AWAY_AT_MOST = timedelta(days=7)
_LET_NOBODY_IN: frozenset[Result] = frozenset(
    {"already_in", "other_screening", "unpaid", "refunded", "unknown"}
)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanner did. `code` is what it read, or a ticket's id; `at` is a moment of its own clock."""

    sequence: int
    deed: Deed
    at: datetime
    code: str = ""
    # Decided by the scanner alone: whoever was let in is in.
    offline: bool = False
    # For an undo: the number of the scan that is taken back.
    undoes: int | None = None

    @property
    def told(self) -> str:
        """What is told twice is the same."""
        text = f"{self.deed}\n{self.undoes}\n{self.code}"
        # A scanner may have read halves of characters, too.
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Scanner:
    """Who tells: the device, what its door is called, who holds it, for which screenings, and what its clock says now."""

    device: str
    door: str
    by: str
    screening_ids: frozenset[int]
    clock: datetime
    may_let_in_unpaid: bool = False


def settle_scan(session: Session, *, scanner: Scanner, scan: Scan, now: datetime) -> ScanAnswer:
    """Deal with one scan; told again, it is answered as before and changes nothing.

    With one exception: what was refused, and whose answer did not arrive, so that the scanner then decided by itself.

    Raises ScanToldDifferently where the device gave this number to something else before.
    """
    row = _claim(session, scanner, scan, now=now)
    if row is None:
        row = _told_before(session, scanner, scan)
        if not (scan.offline and row.result in _LET_NOBODY_IN):
            return _answer(session, row, None, now=now)
        # It comes to light now.
        row.offline, row.received_at = True, now
    if scan.deed == "undo":
        row.result, ticket = undo_scan(session, row=row, undoes=scan.undoes, now=now), None
    else:
        row.result, ticket = _judge(session, scanner, scan, row, now=now)
    row.ticket_id = row.ticket_id if ticket is None else ticket.id
    session.flush()
    count_when_committed(session, "scans", result=row.result)
    return _answer(session, row, ticket, now=now)


def _claim(session: Session, scanner: Scanner, scan: Scan, *, now: datetime) -> DoorScan | None:
    """The row of a scan that is new; None for one that was told before, or is being told at this moment."""
    # Nothing is scanned later than now, whatever the clock says.
    ago = min(max(scanner.clock - scan.at, timedelta(0)), AWAY_AT_MOST)
    row = DoorScan(
        device=scanner.device,
        sequence=scan.sequence,
        door=scanner.door,
        by=scanner.by,
        deed=scan.deed,
        result="unknown",
        told=scan.told,
        scanned_at=now - ago,
        received_at=now,
        offline=scan.offline,
    )
    try:
        with translating({"uq_door_scan_device_sequence": _KnownAlready}), session.begin_nested():
            session.add(row)
    except _KnownAlready:
        return None
    return row


class _KnownAlready(Exception):
    """The number was claimed before."""


def _told_before(session: Session, scanner: Scanner, scan: Scan) -> DoorScan:
    row = find_scan(session, device=scanner.device, sequence=scan.sequence)
    if row is None or row.told != scan.told:
        raise ScanToldDifferently(scan.sequence)
    return row


def _judge(
    session: Session, scanner: Scanner, scan: Scan, row: DoorScan, *, now: datetime
) -> tuple[Result, Ticket | None]:
    """Let the ticket in, or say why not. What was decided without a network is in, come what may."""
    try:
        ticket_id = believed_ticket_id(scan.code, keys=public_keys(session))
        ticket = lock_scanned_ticket(session, ticket_id=ticket_id)
    except TicketNotFound:
        return "conflict" if scan.offline else "unknown", None
    if ticket.screening_id not in scanner.screening_ids and not scan.offline:
        return "other_screening", ticket
    lets_in_unpaid = scan.offline or (scan.deed == "let_in" and scanner.may_let_in_unpaid)
    result: Result = "welcome"
    try:
        admit_locked_ticket(
            session, ticket=ticket, by=row.by, now=now, accept_unpaid=lets_in_unpaid, scan=row
        )
    except AlreadyAdmitted:
        result = "conflict" if scan.offline else "already_in"
    except TicketNotValid:
        result = "conflict" if scan.offline else "refunded"
    except TicketUnpaid:
        result = "unpaid"
    return result, ticket


def _answer(session: Session, row: DoorScan, ticket: Ticket | None, *, now: datetime) -> ScanAnswer:
    if not row.ticket_id:
        return ScanAnswer(row.sequence, row.result)
    if ticket is None:
        ticket = find_scanned_ticket(session, ticket_id=row.ticket_id)
    return answer_about(session, ticket, sequence=row.sequence, result=row.result, now=now)
