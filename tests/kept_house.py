"""The small programme of `tests.building`, stored by the models once for each kind of database, and after that as rows.

Thousands of tests begin with it. What the database then holds is the same, to the last column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select
from sqlalchemy.orm import Session

from matinee.db.base import Base
from matinee.db.version import announce_change
from matinee.programme.models import Cinema, Film
from tests.building import House, build_house


@dataclass(frozen=True)
class _Kept:
    house: House
    statements: tuple[str, ...]


_kept: dict[str, _Kept] = {}


def store_house(session: Session) -> House:
    """Store the programme, as `build_house` does."""
    # Where a test has stored some of its own, the ids are not those that are kept.
    if session.scalar(select(Cinema.id).union_all(select(Film.id)).limit(1)) is not None:
        return build_house(session)
    connection = session.connection()
    kept = _kept.get(connection.dialect.name)
    if kept is None:
        before = _rows(connection)
        house = build_house(session)
        session.flush()
        _kept[connection.dialect.name] = _Kept(house, tuple(_statements(connection, before)))
        return house
    for statement in kept.statements:
        connection.exec_driver_sql(statement)
    announce_change(session)
    return kept.house


def _rows(connection: Connection) -> dict[Table, Sequence[Row[Any]]]:
    return {table: connection.execute(select(table)).all() for table in Base.metadata.sorted_tables}


def _statements(connection: Connection, before: dict[Table, Sequence[Row[Any]]]) -> Iterator[str]:
    """What stores the rows that came; on PostgreSQL in one statement, for each way to the server takes its time."""
    came = {table: rows for table, rows in _rows(connection).items() if rows != before[table]}
    assert not any(before[table] for table in came), "a table of the programme held rows before"
    statements = [
        str(
            insert(table)
            .values([dict(row._mapping) for row in rows])
            .compile(connection, compile_kwargs={"literal_binds": True})
        )
        for table, rows in came.items()
    ]
    assert not any("%" in statement for statement in statements), "the driver would take it for a parameter"
    if connection.dialect.name == "sqlite":
        yield from statements
        return
    numbered = [table for table in came if "id" in table.c]
    yield "; ".join(
        [
            *statements,
            *(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"
                for table in numbered
            ),
        ]
    )
