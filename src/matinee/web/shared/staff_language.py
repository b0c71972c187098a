"""In which language staff works: what they chose in this browser, else what the browser asks for."""

from __future__ import annotations

from flask import g, session

from matinee.languages.catalogs import LANGUAGES
from matinee.web.shared.languages import asked_language

KEPT_AS = "staff_language"


def choose_staff_language() -> None:
    """Let this page be in it."""
    chosen = session.get(KEPT_AS)
    g.language = chosen if chosen in LANGUAGES else asked_language() or next(iter(LANGUAGES))
