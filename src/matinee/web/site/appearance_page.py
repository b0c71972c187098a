"""POST /appearance: dark or light."""

from __future__ import annotations

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from matinee.web.shared.appearance import APPEARANCES, keep_appearance
from matinee.web.shared.forgery import is_ours
from matinee.web.shared.services import is_https, services
from matinee.web.site.blueprint import page, to


@page("/appearance", access="everybody", methods=("POST",), token=False)
def change_appearance() -> ResponseReturnValue:
    """Keep the choice, and lead back to where it was made."""
    chosen = request.form.get("appearance", "")
    if chosen not in APPEARANCES:
        abort(400)
    wanted = request.form.get("next", "")
    response = redirect(wanted if is_ours(wanted) else to("start"), code=303)
    keep_appearance(response, chosen, secure=is_https(services().base_url))  # type: ignore[arg-type]
    return response
