"""Placeholder."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from matinee.web.site.blueprint import page


@page("/screenings/<int:screening_id>", access="everybody")
def screening(screening_id: int) -> ResponseReturnValue:
    abort(404)
