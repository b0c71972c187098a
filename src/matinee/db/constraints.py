"""From a violated constraint to the error that it means: the one translator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from matinee.db.base import Base


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the constraint that `error` speaks of; None where the database does not say (SQLite's foreign keys)."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        name: str | None = diagnosis.constraint_name
        return name
    text = str(error.orig)
    if match := re.search(r"CHECK constraint failed: (\w+)", text):
        return match[1]
    if match := re.search(r"UNIQUE constraint failed: index '(\w+)'", text):
        return match[1]
    if match := re.search(r"UNIQUE constraint failed: (.+)", text):
        # SQLite names the columns ("users.username"), not the constraint.
        columns = [part.strip().split(".") for part in match[1].split(",")]
        return _unique_name(columns[0][0], {column for _, column in columns})
    return None


def _unique_name(table_name: str, columns: set[str]) -> str | None:
    table: Table | None = Base.metadata.tables.get(table_name)
    if table is None:
        return None
    if {column.name for column in table.primary_key.columns} == columns:
        return str(table.primary_key.name)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and {c.name for c in constraint.columns} == columns:
            return str(constraint.name)
    for index in table.indexes:
        if index.unique and {c.name for c in index.columns} == columns:
            return str(index.name)
    return None


@contextmanager
def translating(errors: Mapping[str, Callable[[], Exception]]) -> Iterator[None]:
    """Raise `errors[name]()` in place of the violation of the constraint `name`; other violations pass through."""
    try:
        yield
    except IntegrityError as error:
        make = errors.get(violated_constraint(error) or "")
        if make is None:
            raise
        raise make() from error
