"""How a database means to answer what some work asks: which tables it would read from one end to the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from matinee.web.shared.services import Services

Asked = list[tuple[str, Any]]


@contextmanager
def statements_of(engine: Engine) -> Iterator[Asked]:
    """The SELECTs that are asked inside the block, with their values."""
    asked: Asked = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def tables_read_whole(services: Services, work: Callable[[Session], object]) -> set[str]:
    """The tables that `work` would read without an index that narrows, on SQLite, which goes by the indexes that there are.

    PostgreSQL goes by how many rows there are, and with those of a test takes now one plan and now another: nothing is
    looked at there. benchmarks/office.py looks at its plans with a million tickets.
    """
    with statements_of(services.engine) as asked:
        services.transactions.read(work)
    assert asked, "the work asks the database nothing"
    if services.engine.dialect.name != "sqlite":
        return set()
    with services.engine.connect() as connection:
        return {table for statement, values in asked for table in read_whole(connection, statement, values)}


def read_whole(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    """The tables that this statement would read so, with the rows that there are."""
    if connection.dialect.name == "sqlite":
        for *_numbers, said in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
            if said.startswith("SCAN "):
                yield said.split()[1]
        return
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    plan = json.loads(found) if isinstance(found, str) else found
    yield from whole_in(plan[0]["Plan"])


def whole_in(node: dict[str, Any]) -> Iterator[str]:
    """The tables that a part of a plan of PostgreSQL reads without an index that narrows."""
    kind = node["Node Type"]
    narrows = kind == "Bitmap Heap Scan" or "Index Cond" in node
    if "Relation Name" in node and not narrows:
        yield node["Relation Name"]
    for below in node.get("Plans", []):
        yield from whole_in(below)
