"""CSV files for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from matinee.kernel.money import minor_digits

# A spreadsheet takes a text that begins so for a formula, and would work it out (OWASP, "CSV Injection").
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def money_value(amount: int, currency: str) -> Decimal:
    """An amount in minor units as a spreadsheet adds it up: 12.50."""
    return Decimal(amount).scaleb(-minor_digits(currency))


def csv_text(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The file: moments in ISO 8601, numbers as they are, texts that no spreadsheet takes for a formula."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([_text(title) for title in titles])
    writer.writerows([_text(value) for value in row] for row in rows)
    return target.getvalue()


def _text(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date | bool):
        return str(value)
    if isinstance(value, int | Decimal):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_BEGINS) else text
