"""The lines of a CSV file: its columns, its rows, and where each of them stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TypeVar

from matinee.programme.errors import FaultyFile
from matinee.programme.labels import shown

ROWS_MAX = 200_000

Row = dict[str, str]
Item = TypeVar("Item")


def load_rows(data: bytes, *, file_name: str) -> tuple[list[str], list[tuple[int, Row]]]:
    """The columns in small letters, and each row with its line. Raises FaultyFile."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FaultyFile([f"{file_name}: it is not UTF-8 text (at byte {error.start + 1})"]) from None
    # Spreadsheets of half the world write semicolons.
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    problems: list[str] = []
    rows: list[tuple[int, Row]] = []
    columns: list[str] = []
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        if len(set(columns)) < len(columns):
            raise FaultyFile([f"{file_name}, line 1: a column stands twice"])
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                problems.append(
                    f"{file_name}, line {reader.line_num}: it has {len(cells)} values for {len(columns)} columns"
                )
                continue
            rows.append((reader.line_num, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        problems.append(f"{file_name}, line {reader.line_num}: it is not CSV ({error})")
    if len(rows) > ROWS_MAX:
        problems.append(f"{file_name}: it has more than {ROWS_MAX} lines; import it in parts")
    if not rows and not problems:
        problems.append(
            f"{file_name}: it holds nothing but the names of columns"
            if columns
            else f"{file_name}: it is empty"
        )
    if problems:
        raise FaultyFile(problems)
    return columns, rows


def read_each(
    rows: list[tuple[int, Row]], file_name: str, read: Callable[[Row, str], Item]
) -> tuple[Item, ...]:
    """What `read` makes of each row; it is told where the row stands. Raises FaultyFile with every problem."""
    found: list[Item] = []
    problems: list[str] = []
    for line, row in rows:
        title = row.get("title", "").strip()
        where = f"{file_name}, line {line}" + (f", film {shown(title)}" if title else "")
        if title and row.get("time"):
            where += f" on {row['date'].strip()[:20]} at {row['time'].strip()[:20]} in {shown(row['hall'].strip())}"
        try:
            found.append(read(row, where))
        except ValueError as error:
            problems.append(f"{where}: {error}")
    if problems:
        raise FaultyFile(problems)
    return tuple(found)
