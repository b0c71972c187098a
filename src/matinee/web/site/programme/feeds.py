"""GET /feed.xml and /programme.ics."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from matinee.web.site.blueprint import page


@page("/feed.xml", access="everybody")
def feed() -> ResponseReturnValue:
    abort(404)


@page("/programme.ics", access="everybody")
def programme_calendar() -> ResponseReturnValue:
    abort(404)
