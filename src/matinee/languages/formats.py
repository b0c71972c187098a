"""Dates, times and money as people of a language write them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.dates import format_time as babel_time
from babel.numbers import format_currency

from matinee.kernel.money import Money, minor_digits


# Lists write the same few amounts on every row, and looking up how a language does it takes longest of a cell.
@lru_cache(maxsize=4096)
def money_text(money: Money, language: str) -> str:
    """ "€8.50" or "8,50 €"."""
    value = Decimal(money.amount).scaleb(-minor_digits(money.currency))
    return format_currency(value, money.currency, locale=language)


def round_money_text(money: Money, language: str) -> str:
    """ "€8" or "8 €": for axes, where whole units stand."""
    value = round(Decimal(money.amount).scaleb(-minor_digits(money.currency)))
    return format_currency(
        value, money.currency, locale=language, format=_whole(language), currency_digits=False
    )


def _whole(language: str) -> str:
    pattern: str = Locale.parse(language).currency_formats["standard"].pattern
    return pattern.replace(".00", "")


def day_text(day: date, language: str) -> str:
    """ "Tuesday, November 24, 2026"."""
    return format_date(day, "full", locale=language)


def short_day_text(day: date, language: str) -> str:
    """ "Tue, Nov 24"."""
    return format_date(day, "EEE, d MMM", locale=language)


def weekday_text(day: date, language: str) -> str:
    """ "Tue"."""
    return format_date(day, "EEE", locale=language)


def written_out_day_text(day: date, language: str) -> str:
    """ "Tuesday, 24 November 2026": for tickets and mails, which lie about for weeks."""
    return format_date(day, "EEEE, d MMMM y", locale=language)


def day_and_month_text(day: date, language: str) -> str:
    """ "24 Nov"."""
    return format_date(day, "d MMM", locale=language)


def time_text(moment: datetime, zone: str, language: str) -> str:
    """The time on the wall of a zone: "20:00". Cinemas write 24 hours in every language."""
    return babel_time(moment, "HH:mm", tzinfo=ZoneInfo(zone), locale=language)


def moment_text(moment: datetime, zone: str, language: str) -> str:
    """Day and time on the wall of a zone."""
    return format_datetime(moment, "EEE, d MMM, HH:mm", tzinfo=ZoneInfo(zone), locale=language)
