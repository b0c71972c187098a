"""How values of the programme are called, in the language of the page."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from babel.dates import format_date

from matinee.languages import names
from matinee.programme.models import ACCESS_FEATURES
from matinee.web.shared.languages import N_, _, page_language
from matinee.web.site.programme.listing import Manner

_ACCESS = {
    "audio_description": N_("Audio description"),
    "captions": N_("Captions"),
    "hearing_loop": N_("Hearing loop"),
    "relaxed": N_("Relaxed screening"),
    "wheelchair": N_("Wheelchair places"),
}
_STATES = {
    "few_left": N_("Few left"),
    "sold_out": N_("Sold out"),
    "closed": N_("Not on sale any more"),
}


class DayNames(NamedTuple):
    """A day as a leaf of a calendar: "Thu", "26", "Nov"; and in full."""

    weekday: str
    number: str
    month: str
    full: str


def access_name(feature: str) -> str:
    """What a word of ACCESS_FEATURES, or WHEELCHAIR, means."""
    name = _ACCESS.get(feature)
    return _(name) if name else feature


def language_name(tag: str) -> str:
    """A language by its tag (BCP 47), as it stands alone; the tag itself where it is not known."""
    name = names.language_name(tag, page_language())
    return tag if name == tag else name[:1].upper() + name[1:]


def option_name(name: str, value: str) -> str:
    """What a value of a filter is called."""
    if name == "spoken":
        return language_name(value)
    return access_name(value) if name == "access" else value


def tags_of(manner: Manner) -> list[str]:
    """What is worth telling of how something is shown."""
    tags = [manner.format, language_name(manner.language) if manner.language else ""]
    if manner.subtitles:
        tags.append(_("Subtitles: %(language)s", language=language_name(manner.subtitles)))
    return [tag for tag in tags if tag]


def access_names(access: frozenset[str]) -> list[str]:
    """What a screening offers, but for that of its hall: wheelchair places have a sign of their own."""
    return [access_name(feature) for feature in ACCESS_FEATURES if feature in access]


def state_name(state: str) -> str:
    """What the availability of a screening is called; empty where there is nothing to say."""
    name = _STATES.get(state)
    return _(name) if name else ""


def day_names(day: date) -> DayNames:
    """A day as a leaf of a calendar."""
    return _day_names(day, page_language())


@lru_cache(maxsize=1000)
def _day_names(day: date, language: str) -> DayNames:
    weekday, number, month = (format_date(day, form, locale=language) for form in ("EEE", "d", "MMM"))
    full = format_date(day, "EEEE, d MMMM", locale=language)
    return DayNames(weekday, number, month.rstrip("."), full[:1].upper() + full[1:])
