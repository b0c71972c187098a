"""Which languages there are, and what is said in each. English stands in the code; the others in `locales`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

# Each under its own name.
LANGUAGES = {"en": "English", "uk": "Українська"}
DEFAULT_LANGUAGE = "en"
LOCALES = Path(__file__).parent / "locales"
DOMAIN = "messages"


def known_language(tag: str | None) -> str:
    """The language of LANGUAGES that a tag such as "uk-UA" means; the default one for any other, and for None."""
    primary = (tag or "").replace("_", "-").partition("-")[0].lower()
    return primary if primary in LANGUAGES else DEFAULT_LANGUAGE


@cache
def translations(language: str) -> NullTranslations:
    """The messages of a language: `gettext` and `ngettext` give back what they are given where it has none."""
    return Translations.load(str(LOCALES), [known_language(language)], domain=DOMAIN)
