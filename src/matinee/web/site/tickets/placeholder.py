"""Placeholder."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from matinee.web.site.blueprint import page


@page("/tickets/<ticket_id>", access="everybody")
def ticket(ticket_id: str) -> ResponseReturnValue:
    abort(404)
