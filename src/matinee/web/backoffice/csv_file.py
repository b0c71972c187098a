"""CSV files as downloads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from matinee.kernel.spreadsheets import csv_text, money_value


def csv_answer(name: str, titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The file as a download."""
    response = Response(csv_text(titles, rows).encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


__all__ = ["csv_answer", "csv_text", "money_value"]
