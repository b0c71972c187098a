"""What a step of the schema does to tables that grow, seen from PostgreSQL itself: whom it keeps waiting, and for how long.

After each statement it is looked at which locks the step holds that somebody who sells would wait for, and whether it has
read, changed or rewritten rows of such a table. A lock for a moment is nothing; a lock while rows are gone through is
all buyers waiting for as long as there are rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

# With every sale, every registration, every scan, every change by staff.
GROWING = (
    "admission", "audit_entry", "door_scan", "order_event", "order_line", "order_payment", "outbox", "payment",
    "payment_refund", "provider_event", "sale_order", "seat_claim", "ticket", "till_entry", "user_session", "users",
    "voucher_entry",
)  # fmt: skip

_STATE = """
    SELECT c.relname, c.relfilenode::text,
        EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = pg_backend_pid() AND l.relation = c.oid AND l.granted
            AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) AS kept_out,
        coalesce(s.seq_tup_read + s.idx_tup_fetch, s.seq_tup_read, 0) AS rows_read,
        coalesce(s.n_tup_upd + s.n_tup_del, 0) AS rows_changed
    FROM pg_class c LEFT JOIN pg_stat_xact_user_tables s ON s.relid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s)
"""


@dataclass
class Watch:
    """`faults`: a sentence for each statement that would keep the house waiting."""

    faults: list[str] = field(default_factory=list)
    _before: dict[str, Any] = field(default_factory=dict)

    def look(self, driver: Any, statement: str) -> None:
        if driver.autocommit:
            # Its locks are gone with it. What it held them for is known of these kinds.
            if not _is_online(statement):
                self._tell("is outside of transactions and none that is known to be online", statement)
            self._before = {}
            return
        with driver.cursor() as cursor:
            # The counters of this very transaction; PostgreSQL keeps no copy of them.
            after = {row[0]: row[1:] for row in cursor.execute(_STATE, [list(GROWING)]).fetchall()}
        for table, (node, kept_out, read, changed) in after.items():
            was = self._before.get(table)
            if was is None:
                continue
            if node != was[0]:
                self._tell(f"writes {table} anew, row by row", statement)
            elif changed > was[3]:
                self._tell(f"changes rows of {table}, in one transaction", statement)
            elif kept_out and read > was[2]:
                self._tell(f"reads the rows of {table} while nobody may write there", statement)
        self._before = after

    def begin(self) -> None:
        self._before = {}

    def _tell(self, what: str, statement: str) -> None:
        self.faults.append(f"{what}: {' '.join(statement.split())[:160]}")


def _is_online(statement: str) -> bool:
    words = " ".join(statement.upper().split())
    return (
        words.startswith(("SELECT ", "SET LOCK_TIMEOUT", "SHOW "))
        or words.startswith(
            ("CREATE INDEX CONCURRENTLY", "CREATE UNIQUE INDEX CONCURRENTLY", "DROP INDEX CONCURRENTLY")
        )
        or (words.startswith("UPDATE ") and " LIMIT " in words)
        or (words.startswith("ALTER TABLE") and words.endswith("NOT VALID"))
        or (words.startswith("ALTER TABLE") and " VALIDATE CONSTRAINT " in words)
    )


@contextmanager
def watched(engine: Engine) -> Iterator[Watch]:
    """Watch every statement of `engine`, which must be PostgreSQL's, inside the block."""
    watch = Watch()

    def begun(connection: Any) -> None:
        driver = connection.connection.driver_connection
        watch.begin()
        if not driver.autocommit:
            watch.look(driver, "BEGIN")

    def executed(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        watch.look(connection.connection.driver_connection, statement)

    event.listen(engine, "begin", begun)
    event.listen(engine, "after_cursor_execute", executed)
    try:
        yield watch
    finally:
        event.remove(engine, "begin", begun)
        event.remove(engine, "after_cursor_execute", executed)
