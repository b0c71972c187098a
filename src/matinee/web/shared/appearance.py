"""Dark or light: what the visitor chose. Dark where nothing was chosen, as a foyer is."""

from __future__ import annotations

from flask import Response, request

APPEARANCES = ("dark", "light")
COOKIE = "appearance"
ONE_YEAR_SECONDS = 365 * 24 * 3600


def appearance() -> str:
    """The appearance that the visitor chose, or an empty text."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in APPEARANCES else ""


def keep_appearance(response: Response, chosen: str, *, secure: bool) -> None:
    """Let the browser keep it for a year."""
    response.set_cookie(
        COOKIE, chosen, max_age=ONE_YEAR_SECONDS, path="/", secure=secure, httponly=True, samesite="Lax"
    )
