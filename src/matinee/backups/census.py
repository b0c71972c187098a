"""What is in a database, table by table: how many rows, and a number that tells whether they are the same rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class TableState:
    """A table's rows: how many, and the sum of a piece of each row's SHA-256, which does not depend on their order."""

    rows: int
    digest: str


# The text of a row depends on these.
_ROWS_AS_TEXT = (
    "SET LOCAL TIME ZONE 'UTC'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
)
_STATE = """
    SELECT count(*), coalesce(sum(
        ('x' || encode(substring(sha256(convert_to(t::text, 'UTF8')) FOR 8), 'hex'))::bit(64)::bigint), 0)
    FROM {table} AS t
"""


def take_census(connection: Connection) -> dict[str, TableState]:
    """The state of every table, as the transaction of `connection` sees it. Reads every row once."""
    tables = sorted(inspect(connection).get_table_names())
    quote = connection.dialect.identifier_preparer.quote_identifier
    if connection.dialect.name == "sqlite":
        return {table: _sqlite_state(connection, quote(table)) for table in tables}
    for setting in _ROWS_AS_TEXT:
        connection.execute(text(setting))
    states = {}
    for table in tables:
        count, total = connection.execute(text(_STATE.format(table=quote(table)))).one()
        states[table] = TableState(int(count), f"{int(total) % 2**64:016x}")
    return states


def differences(before: Mapping[str, TableState], after: Mapping[str, TableState]) -> Iterator[str]:
    """A sentence for each table that is not in both as it is in the other."""
    for table in sorted(before.keys() | after.keys()):
        was, now = before.get(table), after.get(table)
        if was is None or now is None:
            yield f"the table {table} is {'missing' if now is None else 'one too many'}"
        elif was.rows != now.rows:
            yield f"the table {table} has {now.rows} rows in place of {was.rows}"
        elif was.digest != now.digest:
            yield f"the table {table} has other rows"


def _sqlite_state(connection: Connection, table: str) -> TableState:
    # The driver's own values, past the column types: what is stored is what counts.
    driver = connection.connection.driver_connection
    assert driver is not None
    cursor = driver.execute(f"SELECT * FROM {table}")  # noqa: S608 - a quoted name
    count = total = 0
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        count += len(rows)
        for row in rows:
            total += int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:8])
    return TableState(count, f"{total % 2**64:016x}")
