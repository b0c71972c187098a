"""How long something lasts, in words."""

from __future__ import annotations

from datetime import timedelta

from matinee.languages.catalogs import DEFAULT_LANGUAGE, translations


def in_words(duration: timedelta, language: str = DEFAULT_LANGUAGE) -> str:
    """A duration for people: minutes below two hours, hours from there on, days from three days on."""
    ngettext = translations(language).ngettext
    minutes = max(1, round(duration.total_seconds() / 60))
    hours = round(minutes / 60)
    if minutes < 120:
        return ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes}
    if hours < 72:
        return ngettext("%(num)d hour", "%(num)d hours", hours) % {"num": hours}
    days = round(hours / 24)
    return ngettext("%(num)d day", "%(num)d days", days) % {"num": days}
