"""The back office: how a page of it is declared, and who may see it.

Pages of one cinema have its slug in their address: /backoffice/at/odeon/halls. Those of the whole installation have none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from matinee.programme.errors import CinemaNotFound
from matinee.web.shared.forgery import SAFE_METHODS, require_token
from matinee.web.shared.house import House, default_house, house_of
from matinee.web.shared.powers import Power, may
from matinee.web.shared.staff_language import choose_staff_language
from matinee.web.shared.uploads import body_bytes_max
from matinee.web.shared.visitors import visitor
from matinee.web.shared.withheld_powers import way_to_powers

View = Callable[..., ResponseReturnValue]
NAME = "backoffice"

backoffice = Blueprint(NAME, __name__, template_folder="templates", url_prefix="/backoffice")


def staff_page(
    rule: str, *, power: Power, methods: tuple[str, ...] = ("GET",), audited: bool = True
) -> Callable[[View], View]:
    """Declare a view of the back office, and which power it needs. Its endpoint is the name of the view.

    Whatever is no GET must carry the CSRF token, in the form or in the header X-CSRFToken, and go through
    `changes.change`, which leaves an audit row; `audited=False`: it changes nothing that anybody else ever sees.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            refusal = _refusal(power)
            if refusal is not None:
                return refusal
            if request.method not in SAFE_METHODS:
                require_token()
            return view(**values)

        # For the tests that hold every page against its declaration.
        guarded.power, guarded.audited = power, audited  # type: ignore[attr-defined]
        backoffice.add_url_rule(rule, view.__name__, guarded, methods=list(methods))
        return view

    return declare


def _refusal(power: Power) -> ResponseReturnValue | None:
    """What is answered to somebody who may not see the page; None where he may."""
    wanted = request.full_path.rstrip("?") if request.method in SAFE_METHODS else url_for(f"{NAME}.entrance")
    if not visitor().is_member:
        return lead_to(url_for("site.sign_in", next=wanted))
    if visitor().caller.withheld_roles:
        return lead_to(way_to_powers(wanted))
    if not may(visitor().caller.roles, power):
        abort(403)
    return None


def lead_to(url: str) -> ResponseReturnValue:
    """Lead the whole page to another address, also where a script asked for a part of it."""
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, code=303)


def here(endpoint: str, **values: Any) -> str:
    """The address of a page of the back office; of the cinema that this page is about, where it needs one."""
    return url_for(f"{NAME}.{endpoint}", **values)


def may_here(power: Power) -> bool:
    """Whether whoever looks at this page has this power."""
    return may(visitor().caller.roles, power)


def staff_name() -> str:
    """The name of whoever is at work, for trails."""
    return visitor().name


def staff_id() -> int:
    """The account of whoever is at work."""
    return visitor().caller.known_user_id


def this_house() -> House:
    """The cinema that this page is about; on pages of the whole installation, the one that was looked at last.

    Raises CinemaNotFound for an address with a cinema that is none.
    """
    if "cinema_slug" in g:
        return house_of(g.cinema_slug)
    try:
        return house_of(session.get("cinema", ""))
    except CinemaNotFound:
        # Nothing was looked at yet, or it is no more.
        return default_house()


@backoffice.url_value_preprocessor
def _take_cinema(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "cinema" in values:
        g.cinema_slug = values["cinema"]


@backoffice.url_defaults
def _give_cinema(endpoint: str, values: dict[str, Any]) -> None:
    if "cinema" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "cinema"):
        values["cinema"] = this_house().slug


# No `before_request`: the document of the API asks each blueprint that has one for what only its own kind knows.
@backoffice.url_value_preprocessor
def _choose_language(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    choose_staff_language()


@backoffice.url_value_preprocessor
def _measure_body(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before the token is looked for in the form: a picture may be larger than other bodies.
    usual = current_app.config["MAX_CONTENT_LENGTH"]
    request.max_content_length = body_bytes_max(request.method, request.path, usual=usual)


@backoffice.after_request
def _keep_nothing(response: Response) -> Response:
    # What staff sees is nobody else's who sits at the same machine later.
    response.headers.setdefault("Cache-Control", "no-store")
    if g.get("cinema_slug") and response.status_code == 200 and session.get("cinema") != g.cinema_slug:
        session["cinema"] = g.cinema_slug
    return response
