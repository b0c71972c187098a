"""Reports as PDF, set by Typst from `templates/report.typ`. Whatever they say is handed over as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matinee.languages.typesetting import set_pdf
from matinee.reports.tables import Report, Table

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
# With more columns than this the paper lies on its side.
UPRIGHT_COLUMNS_MAX = 7


def report_pdf(report: Report) -> bytes:
    """The report on A4."""
    return set_pdf(TEMPLATE, _data(report))


def _data(report: Report) -> dict[str, Any]:
    return {
        "language": report.language,
        "title": report.title,
        "house": report.house,
        "house_address": report.house_address,
        "addressee": list(report.addressee),
        "lies": max(len(table.columns) for table in report.tables) > UPRIGHT_COLUMNS_MAX,
        "facts": [list(fact) for fact in report.facts],
        "notes": list(report.notes),
        "tables": [_table(report, table) for table in report.tables],
    }


def _table(report: Report, table: Table) -> dict[str, Any]:
    def cells(row: Any) -> list[str]:
        return [report.shown(value, column.kind) for value, column in zip(row, table.columns, strict=True)]

    return {
        "title": table.title,
        "columns": [{"title": column.title, "at_end": column.at_end} for column in table.columns],
        "rows": [cells(row) for row in table.rows],
        "totals": cells(table.totals) if table.totals is not None else [],
        "nothing": table.nothing,
    }
