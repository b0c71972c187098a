"""Scans that come in one request: each is dealt with in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.door.answers import ScanAnswer
from matinee.door.scans import Scan, Scanner, settle_scan


def settle_scans(
    transactions: Transactions, *, scanner: Scanner, scans: Iterable[Scan], now: datetime
) -> list[ScanAnswer]:
    """Deal with scans in the order in which they are told, which is that in which they happened.

    Raises ScanToldDifferently at the first such one. What came before it is settled, and answered again where it is told
    again.
    """

    def settle(scan: Scan) -> ScanAnswer:
        def work(session: Session) -> ScanAnswer:
            return settle_scan(session, scanner=scanner, scan=scan, now=now)

        return transactions.write(work)

    return [settle(scan) for scan in scans]
