"""Where one wanted to go before one was asked to sign in, and where one goes else."""

from __future__ import annotations

from flask import request, url_for

from matinee.accounts.roles import roles_of
from matinee.web.shared.forgery import is_ours
from matinee.web.shared.services import services
from matinee.web.site.blueprint import to


def wanted_next() -> str:
    """The page of ours that the request names as the next one; empty where it names none, or one of others."""
    wanted = request.values.get("next", "")
    return wanted if is_ours(wanted) else ""


def next_or_home(user_id: int) -> str:
    """That page, else the one of the account; the door for whoever has no other role than usher."""
    wanted = wanted_next()
    if wanted:
        return wanted
    roles = services().transactions.read(lambda db: roles_of(db, user_id=user_id))
    return url_for("door.page") if roles == ["usher"] else to("account")


def with_next(endpoint: str, **values: str) -> str:
    """The address of a page that must not forget where one wanted to go."""
    wanted = wanted_next()
    return to(endpoint, **values, **({"next": wanted} if wanted else {}))
