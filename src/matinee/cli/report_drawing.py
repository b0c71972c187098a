"""Reports in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Drawn

from matinee.reports.tables import Report, Table

# Of a terminal, in letters: narrower ones get lines that run on.
WIDTH_MIN = 110


def draw_report(found: Report) -> None:
    """Write the report to the terminal."""
    console = Console()
    console.width = max(console.width, WIDTH_MIN)
    console.print(f"[bold]{escape(found.title)}[/bold], {escape(found.house)}")
    for name, value in found.facts:
        console.print(f"{escape(name)}: {escape(value)}", highlight=False)
    for table in found.tables:
        if not table.rows and table.nothing:
            console.print(escape(table.nothing))
        else:
            console.print(_drawn(found, table))
    for note in found.notes:
        console.print(escape(note), highlight=False)


def _drawn(found: Report, table: Table) -> Drawn:
    drawn = Drawn(
        title=escape(table.title) or None, title_justify="left", show_footer=table.totals is not None
    )
    totals = table.totals or [None] * len(table.columns)
    for column, total in zip(table.columns, totals, strict=True):
        drawn.add_column(
            escape(column.title),
            footer=escape(found.shown(total, column.kind)),
            justify="right" if column.at_end else "left",
            # A number that is cut off is a wrong number.
            no_wrap=column.kind != "text",
        )
    for row in table.rows:
        cells = zip(row, table.columns, strict=True)
        drawn.add_row(*(escape(found.shown(value, column.kind)) for value, column in cells))
    return drawn
