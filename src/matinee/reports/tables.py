"""Figures as tables that pages, files, papers and terminals show alike: a table says what its columns are, and each place
writes its values in its own way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from matinee.kernel.money import minor_digits
from matinee.kernel.spreadsheets import csv_text, money_value
from matinee.languages.formats import short_day_text

# `rate`: hundredths of a per cent. `money`: minor units. Of a month its first day.
Kind = Literal["text", "day", "month", "count", "money", "rate"]
NUMBERS: frozenset[Kind] = frozenset({"count", "money", "rate"})
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` for programs, `title` for people."""

    key: str
    title: str
    kind: Kind = "text"

    @property
    def at_end(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in NUMBERS


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with a row of totals where it has one. Values are what the columns say; None: nothing to say."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    totals: Row | None = None
    title: str = ""
    # What stands where there is no row.
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody gets to read: facts, tables, notes beneath. All texts are in `language`, all money in `currency`."""

    # Of its files.
    name: str
    title: str
    language: str
    currency: str
    # Who tells it.
    house: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    notes: Sequence[str] = ()
    # To whom it goes, line by line; empty where it stays in the house.
    addressee: Sequence[str] = ()
    house_address: str = ""

    def shown(self, value: Any, kind: Kind) -> str:
        """A value as people of the language write it; money without its currency."""
        return shown_value(value, kind, currency=self.currency, language=self.language)

    def csv(self) -> str:
        """All its tables as one file: each with its titles, several with an empty line in between."""
        return "\r\n".join(self._csv_tables())

    def _csv_tables(self) -> Iterator[str]:
        for table in self.tables:
            rows = [*table.rows, *([table.totals] if table.totals is not None else [])]
            text = csv_text(
                [column.title for column in table.columns],
                (
                    [
                        self._plain(value, column.kind)
                        for value, column in zip(row, table.columns, strict=True)
                    ]
                    for row in rows
                ),
            )
            yield f"{csv_text([table.title], [])}{text}" if len(self.tables) > 1 else text

    def _plain(self, value: Any, kind: Kind) -> Any:
        if value is None or isinstance(value, str):
            return value
        if kind == "money":
            return money_value(value, self.currency)
        if kind == "rate":
            return money_value(value, "EUR")  # hundredths as well
        return f"{value:%Y-%m}" if kind == "month" else value


def shown_value(value: Any, kind: Kind, *, currency: str, language: str) -> str:
    """A value of a column as people of a language write it. A text stands for itself in every column."""
    if value is None or isinstance(value, str):
        return value or ""
    if kind == "money":
        digits = minor_digits(currency)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(money_value(value, currency), format=pattern, locale=language)
    if kind == "rate":
        return format_decimal(money_value(value, "EUR"), format="#,##0.##", locale=language) + " %"
    if kind == "count":
        return format_decimal(value, locale=language)
    assert isinstance(value, date), kind
    return (
        format_skeleton("yMMMM", value, locale=language)
        if kind == "month"
        else day_with_year(value, language)
    )


def day_with_year(day: date, language: str) -> str:
    """ "Tue, 24 Nov 2026"."""
    return f"{short_day_text(day, language)} {day.year}"
