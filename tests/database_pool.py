"""PostgreSQL databases for one test after the other: emptying one is quicker than making one.

Beside each database stays a connection of the pool's own, because most of what it costs to look a database through is that
a new process of the server must read the catalogs first.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from tests import kept_connections
from tests.databases import TEMPLATE, create_database, drop_database

# Nothing cleans up behind deleted rows while the tests run; a database that has served for so long is done with.
TESTS_MAX = 150


@dataclass
class _Pooled:
    address: str
    watch: psycopg.Connection[TupleRow]
    shape: object
    tests: int = 0


class DatabasePool:
    """Databases with the schema in place, each used by one test after the other."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._free: list[_Pooled] = []
        self._taken: dict[str, _Pooled] = {}
        self._filled = sql.Composed([])

    def take(self) -> str:
        """The address of an empty database that nobody else uses."""
        pooled = self._free.pop() if self._free else self._make()
        self._taken[pooled.address] = pooled
        return pooled.address

    def give_back(self, address: str) -> None:
        """Empty it for the next test; one whose schema was touched, or its mark, or that is gone, is dropped."""
        pooled = self._taken.pop(address)
        pooled.tests += 1
        if pooled.tests < TESTS_MAX and self._is_as_it_was(pooled):
            self._empty(pooled.watch)
            self._free.append(pooled)
            return
        kept_connections.forget(address)
        pooled.watch.close()
        drop_database(self._server_url, address.rsplit("/", 1)[1])

    def _make(self) -> _Pooled:
        address = create_database(
            self._server_url, f"test_{os.getpid()}_{uuid.uuid4().hex}", template=TEMPLATE
        )
        watch = psycopg.connect(address, autocommit=True)
        # Without triggers, so that the order of the tables does not matter when they are emptied.
        watch.execute("SET session_replication_role = replica")
        if not self._filled.as_string():
            self._filled = _which_are_filled(watch)
        kept_connections.keep_those_to(address)
        return _Pooled(address, watch, _shape_of(watch))

    def _is_as_it_was(self, pooled: _Pooled) -> bool:
        try:
            pooled.watch.execute(_CUT_OTHERS_OFF, [kept_connections.processes(pooled.address)])
            return _shape_of(pooled.watch) == pooled.shape
        except psycopg.Error:
            # The test cut this connection off too, or took a table away.
            return False

    def _empty(self, watch: psycopg.Connection[TupleRow]) -> None:
        filled = [str(table) for (table,) in watch.execute(self._filled).fetchall()]
        statements = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in filled]
        watch.execute(sql.SQL("; ").join([*statements, sql.SQL(_BEGIN_SEQUENCES_ANEW)]))


_CUT_OTHERS_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s::int[])
"""

# As new: a fresh sequence begins at 1.
_BEGIN_SEQUENCES_ANEW = """
SELECT setval(seqrelid, seqstart, false) FROM pg_sequence
"""

# Every change of the schema writes rows of these catalogs anew, at another place and under another transaction. To look at
# these two numbers is to notice every change, also one that was taken back, and takes a tenth of the time of reading what
# the rows say.
_SHAPE = """
SELECT md5(string_agg(concat_ws(' ', catalog, oid, xmin, ctid), ',' ORDER BY catalog, oid, ctid))
FROM (
    SELECT 'class' AS catalog, oid, xmin, ctid FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'attribute', attrelid, pg_attribute.xmin, pg_attribute.ctid
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'default', oid, xmin, ctid FROM pg_attrdef
    UNION ALL SELECT 'constraint', oid, xmin, ctid FROM pg_constraint
    UNION ALL SELECT 'index', indexrelid, pg_index.xmin, pg_index.ctid
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', oid, xmin, ctid FROM pg_trigger
    UNION ALL SELECT 'function', oid, xmin, ctid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type', oid, xmin, ctid FROM pg_type WHERE typnamespace = 'public'::regnamespace
    UNION ALL SELECT 'schema', oid, xmin, ctid FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT 'setting', setdatabase, xmin, ctid FROM pg_db_role_setting
) AS rows
"""


def _shape_of(watch: psycopg.Connection[TupleRow]) -> tuple[object, ...]:
    """What the schema is, and what it says that it is."""
    shape = watch.execute(_SHAPE).fetchall()
    return (*shape, *watch.execute("SELECT version_num FROM alembic_version ORDER BY 1").fetchall())


def _which_are_filled(watch: psycopg.Connection[TupleRow]) -> sql.Composed:
    """A query for the names of all tables that have a row."""
    tables = watch.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
    ).fetchall()
    return sql.SQL(" UNION ALL ").join(
        sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(sql.Literal(str(table)), sql.Identifier(str(table)))
        for (table,) in tables
    )
