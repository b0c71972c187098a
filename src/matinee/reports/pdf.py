"""Reports as PDF, set by Typst from `templates/report.typ`. Whatever they say is handed over as data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from matinee.languages.typefaces import FONTS
from matinee.reports.tables import Report, Table

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
# With more columns than this the paper lies on its side.
UPRIGHT_COLUMNS_MAX = 7
_one_at_a_time = Lock()


def report_pdf(report: Report) -> bytes:
    """The report on A4."""
    data = json.dumps(_data(report), ensure_ascii=False)
    with _one_at_a_time:
        content = _compiler().compile(input=str(TEMPLATE), format="pdf", sys_inputs={"data": data})
    assert isinstance(content, bytes), "a PDF is one file"
    return content


@cache
def _compiler() -> typst.Compiler:
    # Late: the server starts without it. Kept: reading the fonts takes longer than setting a page.
    import typst

    return typst.Compiler(root=str(TEMPLATE.parent), font_paths=[str(FONTS)], ignore_system_fonts=True)


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
