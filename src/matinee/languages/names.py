"""What languages are called in other languages."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=1000)
def language_name(tag: str, language: str) -> str:
    """The language of a tag (BCP 47) as `language` calls it; the tag itself where nobody knows it."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name(language)
    except (ValueError, UnknownLocaleError):
        return tag
    return name or tag
