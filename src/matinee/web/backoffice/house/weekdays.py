"""The days of the week, by their ISO numbers."""

from __future__ import annotations

from matinee.web.shared.languages import N_, _

NAMES = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip


def weekdays() -> list[tuple[int, str]]:
    """Number and name of each, in the language of the page."""
    return [(number, _(name)) for number, name in enumerate(NAMES, start=1)]
