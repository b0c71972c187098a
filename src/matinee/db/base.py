"""The declarative base and the column types that both databases share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Index, Integer, MetaData, String, literal_column, text
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator

# Every constraint has a name, so that a violation can be translated to the error that it means.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only for a key of type INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC. SQLite keeps no zone; it is put back on reading. A moment without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class StateName(String):
    """The name of a state. A statement that compares one says it in so many words, and not as a parameter.

    For PostgreSQL keeps one plan for all values of a parameter, and an index of the rows of one state
    (`partial_index`) serves in such a plan only where the statement itself names that state.
    """

    class comparator_factory(String.Comparator[str]):
        """Comparisons of the column."""

        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
            return super().operate(op, *map(_in_so_many_words, other), **kwargs)


def _in_so_many_words(value: Any) -> Any:
    if isinstance(value, tuple | list | set | frozenset):
        return [_in_so_many_words(each) for each in value]
    # Whatever else somebody asks for stays a parameter: it needs quoting, and no state is called so.
    return (
        literal_column(f"'{value}'") if isinstance(value, str) and re.fullmatch("[a-z_]+", value) else value
    )


class Base(DeclarativeBase):
    """Base of all models."""

    # A registry and not a bare annotation map: Flask-SQLAlchemy derives a class from this one.
    registry = registry(
        metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UtcDateTime}
    )


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL condition, for a check, that the column has one of these values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index, on both databases, of the rows for which the SQL condition `where` holds."""
    condition = text(where)
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)
