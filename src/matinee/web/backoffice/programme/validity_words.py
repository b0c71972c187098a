"""When a price list is valid, in words."""

from __future__ import annotations

from datetime import date, timedelta

from matinee.languages.formats import weekday_text
from matinee.programme.models import PriceList
from matinee.web.shared.languages import _, page_language

# A Monday.
_MONDAY = date(2024, 1, 1)


def weekdays_in_words() -> list[tuple[str, str]]:
    """The ISO numbers of the weekdays as digits, each with its short name."""
    return [
        (str(number + 1), weekday_text(_MONDAY + timedelta(days=number), page_language()))
        for number in range(7)
    ]


def validity_words(price_list: PriceList) -> str:
    """On which days, from when until when; or always."""
    names = dict(weekdays_in_words())
    parts = [", ".join(names[digit] for digit in price_list.weekdays)]
    if price_list.begins:
        parts.append(_("from %(time)s", time=price_list.begins))
    if price_list.ends:
        parts.append(_("until %(time)s", time=price_list.ends))
    return " ".join(part for part in parts if part) or _("always")
