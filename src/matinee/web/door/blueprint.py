"""The door: how what the page of scanners asks for is declared, and who may."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matinee.web.door.refusals import Refused
from matinee.web.shared.forgery import SAFE_METHODS, require_token
from matinee.web.shared.languages import _
from matinee.web.shared.powers import Power, may
from matinee.web.shared.staff_language import choose_staff_language
from matinee.web.shared.visitors import visitor
from matinee.web.shared.withheld_powers import way_to_powers

View = Callable[..., ResponseReturnValue]
NAME = "door"
POWER: Power = "admit"

door = Blueprint(NAME, __name__, template_folder="templates", url_prefix="/door")


def door_page(rule: str) -> Callable[[View], View]:
    """Declare a page for those who stand at doors; others are led to where they become that."""
    return _declare(rule, ("GET",), _lead_elsewhere)


def door_call(rule: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Declare what the page's scripts ask for: others are refused in JSON.

    Whatever is no GET must carry the token, in the header X-CSRFToken.
    """
    return _declare(rule, methods, _refuse)


def door_file(rule: str) -> Callable[[View], View]:
    """Declare what a phone asks for by itself, with or without its owner: it says nothing about anybody."""

    def declare(view: View) -> View:
        view.power = None  # type: ignore[attr-defined]
        door.add_url_rule(rule, view.__name__, view)
        return view

    return declare


def may_let_in_unpaid() -> bool:
    """Whether whoever holds this scanner may let somebody in who has not paid."""
    return may(visitor().caller.roles, "let_in_unpaid")


def _declare(
    rule: str, methods: tuple[str, ...], turn_away: Callable[[], ResponseReturnValue | None]
) -> Callable[[View], View]:
    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            elsewhere = turn_away()
            if elsewhere is not None:
                return elsewhere
            if request.method not in SAFE_METHODS:
                require_token()
            return view(**values)

        # For the tests that hold every route against its declaration.
        guarded.power = POWER  # type: ignore[attr-defined]
        door.add_url_rule(rule, view.__name__, guarded, methods=list(methods))
        return view

    return declare


def _lead_elsewhere() -> ResponseReturnValue | None:
    wanted = request.full_path.rstrip("?")
    if not visitor().is_member:
        return redirect(url_for("site.sign_in", next=wanted), code=303)
    if visitor().caller.withheld_roles:
        return redirect(way_to_powers(wanted), code=303)
    if not may(visitor().caller.roles, POWER):
        abort(403)
    return None


def _refuse() -> None:
    if not visitor().is_member:
        raise Refused(401, "not_signed_in", _("You are signed out. Sign in again."))
    if visitor().caller.withheld_roles:
        # As for somebody who is signed out: the page leads to where the second factor is shown.
        sentence = _("Sign in once more, with the code of your app: this is open only to who has shown it.")
        raise Refused(401, "second_factor_needed", sentence)
    if not may(visitor().caller.roles, POWER):
        raise Refused(403, "not_allowed", _("That is not allowed."))


# No `before_request`: the document of the API asks each blueprint that has one for what only its own kind knows.
@door.url_value_preprocessor
def _choose_language(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    choose_staff_language()


@door.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    return response
