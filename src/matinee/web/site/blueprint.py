"""The website: how a page is declared, and in which language it is at which address.

Every page has an address without a language, where the browser's wish counts, and one for each language: /uk/films/7.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matinee.languages.catalogs import LANGUAGES
from matinee.web.shared.forgery import SAFE_METHODS, require_token
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor

# Everybody may see it; or whoever is signed in, and others are asked to sign in first.
Access = Literal["everybody", "members"]
View = Callable[..., ResponseReturnValue]

NAME, NAME_WITH_LANGUAGE = "site", "site_in"

site = Blueprint(NAME, __name__, template_folder="templates")


def page(
    rule: str, *, access: Access, methods: tuple[str, ...] = ("GET",), token: bool = True
) -> Callable[[View], View]:
    """Declare a view of the website, and who may call it. Its endpoint is the name of the view.

    Whatever changes something must carry the CSRF token, in the form or in the header X-CSRFToken. `token=False`: nothing
    is changed here that another site could want to change.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            if token and request.method not in SAFE_METHODS:
                require_token()
            if access == "members" and not visitor().is_member:
                # A form is not sent again by itself after signing in; its page is looked at again.
                next_url = request.full_path.rstrip("?") if request.method in SAFE_METHODS else to("account")
                return redirect(to("sign_in", next=next_url), code=303)
            return view(**values)

        # For the tests that hold every page against its declaration.
        guarded.access, guarded.asks_for_token = access, token  # type: ignore[attr-defined]
        site.add_url_rule(rule, view.__name__, guarded, methods=list(methods))
        return view

    return declare


def to(endpoint: str, **values: Any) -> str:
    """The address of a page of the website, with the language in it where this page has one in its address."""
    if g.get("language_in_address"):
        return url_for(f"{NAME_WITH_LANGUAGE}.{endpoint}", language=g.language, **values)
    return url_for(f"{NAME}.{endpoint}", **values)


def full_url(endpoint: str, *, language: str | None = None, **values: Any) -> str:
    """The whole address of a page, as the outside knows it; in one language, or for any."""
    name = f"{NAME_WITH_LANGUAGE}.{endpoint}" if language else f"{NAME}.{endpoint}"
    given: dict[str, Any] = {"language": language} if language else {}
    return services().base_url + url_for(name, **given, **values)


def here(endpoint: str, **values: Any) -> str:
    """The whole address of a page, with the language in it where this page has one: what search engines know it by."""
    return services().base_url + to(endpoint, **values)


def this_page_in(language: str) -> str:
    """The address of this same page in another language."""
    endpoint = (request.endpoint or f"{NAME}.start").rpartition(".")[2]
    if request.blueprint not in (NAME, NAME_WITH_LANGUAGE):
        return url_for(f"{NAME_WITH_LANGUAGE}.start", language=language)
    path = url_for(f"{NAME_WITH_LANGUAGE}.{endpoint}", language=language, **(request.view_args or {}))
    # Not through url_for: a name in the query may be one that it has a meaning for.
    query = urlencode(list(request.args.items(multi=True)))
    return f"{path}?{query}" if query else path


def register_site(app: Any) -> None:
    """Register the pages with the app, without a language in the address and with one."""
    app.register_blueprint(site)
    codes = ", ".join(LANGUAGES)
    app.register_blueprint(site, name=NAME_WITH_LANGUAGE, url_prefix=f"/<any({codes}):language>")


@site.url_value_preprocessor
def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "language" in values:
        g.language = values.pop("language")
        g.language_in_address = True
        g.language_by_header = False
