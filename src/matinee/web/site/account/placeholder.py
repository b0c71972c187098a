"""Placeholder."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from matinee.web.site.blueprint import page


@page("/account", access="members")
def account() -> ResponseReturnValue:
    abort(404)


@page("/sign-in", access="everybody")
def sign_in() -> ResponseReturnValue:
    abort(404)
