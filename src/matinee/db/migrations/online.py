"""Changes of tables that grow with every sale, made while sales go on. See docs/decisions/online-steps.md.

On PostgreSQL each of these is a statement by itself, outside the transaction of its step, and may be run again: a step
that was cut off is begun anew. So they stand first in a step, before anything that is part of its transaction. On SQLite,
and where a backup is brought back, nobody sells meanwhile, and they are plain statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context, op

# A change that needs a table for itself waits no longer than this for whoever reads it; all who come later wait behind it.
LOCK_SECONDS = 4
BATCH_ROWS = 5000


def create_index(
    name: str,
    table: str,
    columns: list[str],
    *,
    where: str | None = None,
    unique: bool = False,
    operators: Mapping[str, str] | None = None,
) -> None:
    """Make an index. `where`: of the rows for which this SQL condition holds.

    `operators`: column -> the class of operators, on PostgreSQL, by which it is ordered; others by that of their type.
    """
    condition = sa.text(where) if where else None
    if not _online():
        op.create_index(
            name, table, columns, unique=unique, postgresql_where=condition, sqlite_where=condition,
            postgresql_ops=operators or {},
        )  # fmt: skip
        return
    with _outside_of_transactions():
        if _is_unfinished(name):
            op.drop_index(name, table, postgresql_concurrently=True)
        op.create_index(
            name, table, columns, unique=unique, postgresql_where=condition, postgresql_ops=operators or {},
            postgresql_concurrently=True, if_not_exists=True,
        )  # fmt: skip


def drop_index(name: str, table: str) -> None:
    """Take an index away, without keeping anybody from the table meanwhile."""
    if not _online():
        op.drop_index(name, table)
        return
    with _outside_of_transactions():
        op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)


def create_check(name: str, table: str, condition: str) -> None:
    """Make a check of a table, of new rows first and then of those that are there. PostgreSQL alone.

    SQLite can add a check with a new column only, or by making the table anew: `op.batch_alter_table`.
    """
    _create_constraint(name, table, f"CHECK ({condition})")


def create_foreign_key(name: str, table: str, column: str, referred: str) -> None:
    """Make a reference, such as to `users (id)`, of new rows first and then of those that are there. PostgreSQL alone."""
    _create_constraint(name, table, f"FOREIGN KEY ({column}) REFERENCES {referred}")


def fill_in_batches(table: str, key: str, assignment: str, *, where: str) -> None:
    """Set `assignment` in the rows for which `where` holds and then no longer does, some thousand at a time.

    Nobody waits for longer than one batch takes, and only who changes the very same rows.
    """
    if not _online():
        op.execute(f"UPDATE {table} SET {assignment} WHERE {where}")  # noqa: S608 - of our own steps
        return
    some = f"SELECT {key} FROM {table} WHERE {where} LIMIT {BATCH_ROWS}"  # noqa: S608
    with _outside_of_transactions():
        while (
            op.get_bind()
            .execute(sa.text(f"UPDATE {table} SET {assignment} WHERE {key} IN ({some})"))  # noqa: S608
            .rowcount
        ):
            pass


def wait_little() -> None:
    """In the transaction of a step on PostgreSQL: give up rather than keep all buyers waiting behind a slow reader.

    The step fails as a whole then and can be run again.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")


def _create_constraint(name: str, table: str, rule: str) -> None:
    add = f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}"
    if not _online():
        op.execute(add)
        return
    with _outside_of_transactions():
        if not _has_constraint(name, table):
            _waiting_little(f"{add} NOT VALID")
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _online() -> bool:
    return op.get_bind().dialect.name == "postgresql" and bool(context.config.attributes.get("online"))


@contextmanager
def _outside_of_transactions() -> Iterator[None]:
    with op.get_context().autocommit_block():
        yield


def _waiting_little(statement: str) -> None:
    op.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    try:
        op.execute(statement)
    finally:
        op.execute("SET lock_timeout = 0")


def _is_unfinished(name: str) -> bool:
    # What is left of an index whose building was cut off.
    found = op.get_bind().execute(
        sa.text("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid"),
        {"name": name},
    )
    return found.first() is not None


def _has_constraint(name: str, table: str) -> bool:
    found = op.get_bind().execute(
        sa.text("SELECT 1 FROM pg_constraint WHERE conname = :name AND conrelid = to_regclass(:table)"),
        {"name": name, "table": table},
    )
    return found.first() is not None
