"""GET /backoffice/, and the language in which staff works."""

from __future__ import annotations

from flask import abort, redirect, request, session
from flask.typing import ResponseReturnValue

from matinee.languages.catalogs import LANGUAGES
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.navigation import ways
from matinee.web.shared.forgery import is_ours
from matinee.web.shared.house import house_of
from matinee.web.shared.staff_language import KEPT_AS


@staff_page("/", power="staff")
def entrance() -> ResponseReturnValue:
    """Lead to the first page that whoever comes may see, of the cinema that the address names. Raises CinemaNotFound."""
    if "cinema" in request.args:
        session["cinema"] = house_of(request.args["cinema"]).slug
    groups = ways()
    if not groups:
        abort(404)
    return redirect(groups[0][1][0].url, code=303)


@staff_page("/language", power="staff", methods=("POST",), audited=False)
def change_language() -> ResponseReturnValue:
    """Keep the language in this browser, and lead back."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    session[KEPT_AS] = chosen
    wanted = request.form.get("next", "")
    return redirect(wanted if is_ours(wanted) else here("entrance"), code=303)
