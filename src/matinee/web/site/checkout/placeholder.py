"""Placeholder."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from matinee.web.site.blueprint import page


@page("/orders", access="everybody")
def find_order() -> ResponseReturnValue:
    abort(404)


@page("/orders/<code>", access="everybody")
def order(code: str) -> ResponseReturnValue:
    abort(404)
