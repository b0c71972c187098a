"""A report as whoever asked wants it: as a page, as CSV, as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from matinee.reports.pdf import report_pdf
from matinee.reports.tables import Report, Table
from matinee.web.shared.languages import _

# More is for the file: nobody reads it on a page.
ROWS_SHOWN_MAX = 500


def show_report(report: Report, *, template: str, **more: Any) -> ResponseReturnValue:
    """Answer with the report in the form of the address: `?format=csv` or `pdf`; without it as the page of `template`,
    which extends "backoffice/figures/report.html". `?sort=` is the key of a column of the table that says so."""
    kind = request.args.get("format", "")
    if kind not in ("", "csv", "pdf"):
        abort(400, _("There is no such file."))
    if kind:
        return file_answer(report, kind)
    return render_template(
        template,
        report=report,
        rows_max=ROWS_SHOWN_MAX,
        rows_of=_rows_in_order,
        sorted_by=request.args.get("sort", ""),
        link=_link,
        **more,
    )


def file_answer(report: Report, kind: str) -> Response:
    """The report as a file: `kind` is "csv" or "pdf"."""
    if kind == "csv":
        response = Response(report.csv().encode("utf-8-sig"), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{report.name}.csv"'
    else:
        response = Response(report_pdf(report), mimetype="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{report.name}.pdf"'
    return response


def _link(**changed: Any) -> str:
    """This page with other arguments; None takes one away."""
    arguments = {**request.args.to_dict(), **changed}
    query = urlencode({name: value for name, value in arguments.items() if value not in (None, "")})
    return f"{request.path}?{query}" if query else request.path


def _rows_in_order(table: Table, sort: str) -> Sequence[Sequence[Any]]:
    """The rows as they are, or by a column, with "-" before its key the other way round. 400 for what is no column."""
    if not sort:
        return table.rows
    keys = [column.key for column in table.columns]
    if sort.removeprefix("-") not in keys:
        abort(400, _("This list cannot be sorted like that."))
    place = keys.index(sort.removeprefix("-"))
    return sorted(table.rows, key=lambda row: _place(row[place]), reverse=sort.startswith("-"))


def _place(value: Any) -> tuple[int, Any]:
    if isinstance(value, int):
        return (0, value)
    return (1, value.isoformat() if isinstance(value, date) else str(value or "").casefold())
