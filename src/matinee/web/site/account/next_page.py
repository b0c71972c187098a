"""Where one wanted to go before one was asked to sign in."""

from __future__ import annotations

from flask import request

from matinee.web.shared.forgery import is_ours
from matinee.web.site.blueprint import to


def wanted_next() -> str:
    """The page of ours that the request names as the next one; empty where it names none, or one of others."""
    wanted = request.values.get("next", "")
    return wanted if is_ours(wanted) else ""


def next_or_account() -> str:
    """That page, else the one of the account."""
    return wanted_next() or to("account")


def with_next(endpoint: str, **values: str) -> str:
    """The address of a page that must not forget where one wanted to go."""
    wanted = wanted_next()
    return to(endpoint, **values, **({"next": wanted} if wanted else {}))
