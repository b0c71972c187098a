"""Pages of a long list: `limit` and `cursor` in, `next_cursor` and Link out.

A cursor says after which item the next page begins, not how many to skip: what is entered or removed meanwhile neither
repeats items nor hides them.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from pydantic import Field
from sqlalchemy import ColumnElement, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeDecorator, TypeEngine

from matinee.web.v1.answers import Answer
from matinee.web.v1.errors import InvalidValues
from matinee.web.v1.shapes import Example, Shape
from matinee.web.v1.values import Query

LIMIT_DEFAULT = 20
LIMIT_MAX = 100

Item = TypeVar("Item")
Row = TypeVar("Row")


class PageQuery(Query):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX, description="How many at most.")] = LIMIT_DEFAULT
    cursor: Annotated[
        str | None, Field(max_length=500, description="`next_cursor` of the page before, as it is.")
    ] = None


class Page(Shape, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next_cursor: str | None = Field(description="Where the next page begins; null on the last one.")


def example_of_page(item: Example) -> Example:
    """The example of a page, out of that of its items."""
    return {"items": [item], "next_cursor": None}


def after(
    cursor: str | None, *columns: InstrumentedAttribute[Any], descending: bool = False
) -> ColumnElement[bool] | None:
    """The condition that a row stands behind the cursor in the order of `columns`; None without a cursor.

    All columns ascend, or all descend. They must order the rows completely: end with the key. Raises InvalidValues for
    what is no cursor of ours.
    """
    if cursor is None:
        return None
    values = key_of(cursor, *(_kind_of(column.type) for column in columns))
    bound = [literal(value, column.type) for value, column in zip(values, columns, strict=True)]
    key, end = tuple_(*columns), tuple_(*bound)
    return key < end if descending else key > end


def _kind_of(column_type: TypeEngine[Any]) -> type:
    inner = column_type.impl_instance if isinstance(column_type, TypeDecorator) else column_type
    return inner.python_type


def page_of(
    page: Callable[..., Any],
    rows: Sequence[Row],
    query: PageQuery,
    *,
    key: Callable[[Row], tuple[Any, ...]],
    present: Callable[[Row], Any],
) -> Answer:
    """The answer with a page, out of `query.limit + 1` rows (one more than is shown says whether another page follows).

    `key`: the values of the columns that the rows are ordered by, as given to `after`.
    """
    shown = rows[: query.limit]
    cursor = encoded(key(shown[-1])) if len(rows) > query.limit else None
    headers = {}
    if cursor is not None:
        asked = {**request.args.to_dict(), "cursor": cursor}
        headers["Link"] = f'<{request.path}?{urlencode(asked)}>; rel="next"'
    return Answer(page(items=[present(row) for row in shown], next_cursor=cursor), headers=headers)


def encoded(key: Sequence[Any]) -> str:
    """The cursor behind the item with this key."""
    parts = [part.isoformat() if isinstance(part, date) else part for part in key]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def key_of(cursor: str, *kinds: type) -> list[Any]:
    """The key of the item that the cursor stands behind, as given to `encoded`. Raises InvalidValues."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError
        return [_restored(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (ValueError, OverflowError, binascii.Error, RecursionError):
        fault = {"field": "cursor", "message": "is not the next_cursor of a page of this list"}
        raise InvalidValues([fault]) from None


def _restored(part: Any, kind: type) -> Any:
    if issubclass(kind, datetime):
        moment = datetime.fromisoformat(part) if isinstance(part, str) else None
        if moment is None or moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    if issubclass(kind, date):
        if not isinstance(part, str):
            raise ValueError
        return date.fromisoformat(part)
    if type(part) is not kind:
        raise ValueError
    if isinstance(part, int) and not 0 <= part < 2**63:
        raise ValueError
    if isinstance(part, str) and b"\x00" in part.encode():  # which refuses half a character, too
        raise ValueError
    return part
