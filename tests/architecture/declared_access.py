"""Who may call what, as the code declares it: one answer for every route and method of Matinee, or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from apiflask import APIFlask

from matinee.web.shared.powers import POWERS
from matinee.web.v1.operations import DECLARED

if TYPE_CHECKING:
    from werkzeug.routing import Rule

# What declares nothing in its code, because it is open to everybody; with what keeps it harmless.
OPEN = {
    "assets.show_asset": "files of the pages, at an address with their version",
    "crawlers.robots": "what crawlers may read",
    "crawlers.sitemap": "pages that are public",
    "demo_payment.show_demo_payment": "sealed address; only where play money is on",
    "demo_payment.answer_demo_payment": "sealed address; only where play money is on",
    "docs.show_docs": "the document of the API",
    "openapi.spec": "the document of the API",
    "health.healthz": "alive, nothing else",
    "health.readyz": "ready, or what is missing, without details",
    "images.show_image": "posters and logos, by the hash of what is in them",
    "shared.static": "files of the pages",
    # The API as given. Attempts at passwords and codes, and mails, are counted.
    "given.register": "makes an account",
    "given.login": "with a password",
    "given.forgot_password": "mails a code to the address itself",
    "given.reset_password": "with a code from the mail",
    "given.resend_code": "mails a code to the address itself",
    "given.confirm_email": "with a code from the mail",
    "given.is_email_confirmed": "promised to programs as it is",
    "given.full_schedule": "the programme",
    "given.get_day": "the programme",
    "given.tiket": "whoever knows the ticket's id has it",
    "given.tiket_png": "whoever knows the ticket's id has it",
    "given.tiket_svg": "whoever knows the ticket's id has it",
}
# Calls of the API as given that are for one user, who is named and proves himself by his token.
OWN_TOKEN = frozenset(
    {"given.check_token", "given.get_tikets", "given.display_tikets", "given.buy_ticket", "given.buy_many"}
)
# For whoever has the token of the settings, which nobody gets by signing in.
HOUSE_TOKEN = frozenset({"metrics.metrics"})
PAGES = ("site.", "site_in.", "backoffice.", "door.")


@dataclass(frozen=True, slots=True)
class Declared:
    """Who may call a method of a route."""

    # roles: one of `any_of` is needed; scopes: likewise; own_token: each user for himself; house_token: no user at all.
    kind: Literal["everybody", "own_token", "house_token", "members", "roles", "scopes"]
    any_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Call:
    """A method of a route."""

    rule: Rule
    method: str
    view: Any

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule} ({self.rule.endpoint})"


def every_call(app: APIFlask) -> Iterator[Call]:
    """Every method of every route. HEAD is GET; what OPTIONS answers is the framework's."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Call(rule, method, app.view_functions[rule.endpoint])


def declared(call: Call) -> Declared | None:
    """What the code says about who may call it; None where it says nothing that we know."""
    endpoint, view = call.rule.endpoint, call.view
    if endpoint.startswith("v1."):
        return _declared_operation(getattr(view, "view_class", None), call.method)
    if endpoint.startswith(("backoffice.", "door.")):
        return _declared_power(view)
    if endpoint.startswith(("site.", "site_in.")):
        access = getattr(view, "access", None)
        return Declared(access) if access in ("everybody", "members") else None
    if endpoint in OWN_TOKEN:
        return Declared("own_token")
    if endpoint in HOUSE_TOKEN:
        return Declared("house_token")
    return Declared("everybody") if endpoint in OPEN else None


def _declared_operation(view_class: Any, method: str) -> Declared | None:
    operation = getattr(getattr(view_class, method.lower(), None), DECLARED, None)
    if operation is None:
        return None
    if operation.access.kind == "scope":
        return Declared("scopes", frozenset(operation.access.scopes)) if operation.access.scopes else None
    return Declared("everybody")


def _declared_power(view: Any) -> Declared | None:
    if not hasattr(view, "power"):
        return None
    if view.power is None:
        return Declared("everybody")
    return Declared("roles", POWERS[view.power]) if view.power in POWERS else None
