"""Lists of the back office: each filters, sorts, pages and exports CSV in the same way.

A list is declared by its columns and filters and by a source that is asked for what is wanted; `show_listing` reads what
is wanted from the address and answers with the page, with the part of it that htmx asked for, or with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from matinee.web.backoffice.changes import read
from matinee.web.backoffice.csv_file import csv_answer
from matinee.web.shared.languages import _

Row = TypeVar("Row")
PAGE_ROWS = 50
# More than this is for the database's own tools.
CSV_ROWS_MAX = 100_000
PAGES_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column. `value` is what the file says and, without a `cell`, what the page shows."""

    key: str
    title: str
    value: Callable[[Row], Any]
    # Markup, or a plain value that is escaped.
    cell: Callable[[Row], Any] | None = None
    sorts: bool = False
    # Numbers and money.
    at_end: bool = False

    def shown(self, row: Row) -> Any:
        """What the page shows."""
        return (self.cell or self.value)(row)


@dataclass(frozen=True, slots=True)
class Filter:
    """A field over the list. `kind`: "text", "day" (YYYY-MM-DD) or "choice", of `options` (value, what is said)."""

    name: str
    label: str
    kind: str = "text"
    options: Sequence[tuple[str, str]] = ()
    # What counts where the address says nothing.
    default: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: the filters that are not empty, how they are sorted, and which of them; for the page, or for the file."""

    filters: Mapping[str, str]
    sort: str
    descending: bool
    offset: int
    limit: int
    as_file: bool


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """A list. `source` gives at most `wanted.limit` rows from `wanted.offset` on; `sort` is the key of a column, with "-"
    before it for descending."""

    name: str
    title: str
    columns: Sequence[Column[Row]]
    source: Callable[[Session, Wanted], Sequence[Row]]
    sort: str
    filters: Sequence[Filter] = ()
    # What stands where nothing was found.
    nothing: str = ""
    page_rows: int = PAGE_ROWS


@dataclass(frozen=True, slots=True)
class ShownList(Generic[Row]):
    """A list with its rows and its links, for the template."""

    listing: Listing[Row]
    rows: Sequence[Row]
    wanted: Wanted
    page: int
    has_next: bool
    arguments: Mapping[str, str] = field(default_factory=dict)

    def cells(self, row: Row) -> list[tuple[Any, bool]]:
        """What a row shows in each column, and whether it stands at the end of its cell."""
        return [(column.shown(row), column.at_end) for column in self.listing.columns]

    def url(self, **changed: Any) -> str:
        """This list with other arguments; None takes one away."""
        arguments = {**self.arguments, **changed}
        query = urlencode({name: value for name, value in arguments.items() if value not in (None, "")})
        return f"{request.path}?{query}" if query else request.path

    def sort_url(self, column: Column[Row]) -> str:
        """The list sorted by this column; the other way round where it is already."""
        other_way = self.wanted.sort == column.key and not self.wanted.descending
        return self.url(sort=f"-{column.key}" if other_way else column.key, page=None)

    def aria_sort(self, column: Column[Row]) -> str | None:
        """How the list is sorted by this column, in the words of ARIA; None where it is not."""
        if self.wanted.sort != column.key:
            return None
        return "descending" if self.wanted.descending else "ascending"

    def value_of(self, one: Filter) -> str:
        """What a filter is set to."""
        return self.wanted.filters.get(one.name, "")


def show_listing(
    listing: Listing[Row], *, template: str = "backoffice/list.html", **more: Any
) -> ResponseReturnValue:
    """Answer with the list as the address wants it. 400 for what cannot be wanted.

    `template` extends "backoffice/list.html"; `more` is for it.
    """
    as_file = request.args.get("format") == "csv"
    wanted, page = _wanted(listing, as_file=as_file)
    rows = read(lambda session: list(listing.source(session, wanted)))
    if as_file:
        return csv_answer(
            listing.name,
            [column.title for column in listing.columns],
            ([column.value(row) for column in listing.columns] for row in rows[:CSV_ROWS_MAX]),
        )
    shown = ShownList(
        listing=listing,
        rows=rows[: listing.page_rows],
        wanted=wanted,
        page=page,
        has_next=len(rows) > listing.page_rows and page < PAGES_MAX,
        arguments={name: value for name, value in request.args.items() if name != "format"},
    )
    part = request.headers.get("HX-Target") == "list"
    response = make_response(
        render_template("backoffice/list_part.html" if part else template, shown=shown, **more)
    )
    response.vary.add("HX-Target")
    return response


def _wanted(listing: Listing[Any], *, as_file: bool) -> tuple[Wanted, int]:
    sort = request.args.get("sort") or listing.sort
    key = sort.removeprefix("-")
    if key not in {column.key for column in listing.columns if column.sorts}:
        abort(400, _("This list cannot be sorted like that."))
    page = request.args.get("page", "1")
    if not (page.isascii() and page.isdecimal() and 1 <= int(page[:9]) <= PAGES_MAX):
        abort(400, _("There is no such page of this list."))
    filters = {one.name: request.args.get(one.name, one.default).strip()[:200] for one in listing.filters}
    for one in listing.filters:
        if one.kind == "choice" and filters[one.name] not in {"", *(value for value, _said in one.options)}:
            abort(400, _("This list cannot be narrowed like that."))
    number = int(page)
    wanted = Wanted(
        filters={name: value for name, value in filters.items() if value and "\0" not in value},
        sort=key,
        descending=sort.startswith("-"),
        offset=0 if as_file else (number - 1) * listing.page_rows,
        limit=CSV_ROWS_MAX if as_file else listing.page_rows + 1,
        as_file=as_file,
    )
    return wanted, number


def ordered(
    statement: Select[Any], wanted: Wanted, by: Mapping[str, ColumnElement[Any] | Any], *, last: Any
) -> Select[Any]:
    """The statement sorted and cut as it is wanted. `by`: column key -> what it sorts by;
    `last`: what tells equals apart.
    """
    return sorted_as(statement, wanted, by, last=last).offset(wanted.offset).limit(wanted.limit)


def sorted_as(
    statement: Select[Any], wanted: Wanted, by: Mapping[str, ColumnElement[Any] | Any], *, last: Any
) -> Select[Any]:
    """The same without the cut, for rows that were chosen before."""
    column = by[wanted.sort]
    directed = (column.desc(), last.desc()) if wanted.descending else (column.asc(), last.asc())
    return statement.order_by(*directed)


def in_order(rows: Sequence[Row], wanted: Wanted, by: Mapping[str, Callable[[Row], Any]]) -> Sequence[Row]:
    """As `ordered`, for rows that are no statement: few enough to have them all."""
    placed = sorted(rows, key=by[wanted.sort], reverse=wanted.descending)
    return placed[wanted.offset : wanted.offset + wanted.limit]
