"""In which language a page is written: that of its address (/uk/...), else the one that the browser asks for."""

from __future__ import annotations

from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel

from matinee.languages.catalogs import DEFAULT_LANGUAGE, DOMAIN, LANGUAGES, LOCALES, translations


def page_language() -> str:
    """The language of this page."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    if "language" not in g:
        # Also of an address at which there is no page.
        first = request.path.split("/", 2)[1]
        g.language_by_header = first not in LANGUAGES
        g.language = first if first in LANGUAGES else asked_language() or DEFAULT_LANGUAGE
    language: str = g.language
    return language


def asked_language() -> str | None:
    """The language that the request asks for by its header, if it is one of ours."""
    return request.accept_languages.best_match(list(LANGUAGES))


def _(message: str, **values: object) -> str:
    """What is said in the language of this page, with the values put in by name: "%(seats)s were taken"."""
    said: str = translations(page_language()).gettext(message)
    return said % values if values else said


def N_(message: str) -> str:
    """The message itself: what is said later, by `_`."""
    return message


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """As `_`, in the form that a number asks for; the number is `%(num)d`."""
    said: str = translations(page_language()).ngettext(one, many, count)
    return said % {"num": count, **values}


def use_languages(app: Flask) -> None:
    """Let templates speak: `_()`, `ngettext()`, and what Babel formats."""
    app.config.update(
        BABEL_DEFAULT_LOCALE=DEFAULT_LANGUAGE,
        BABEL_DOMAIN=DOMAIN,
        BABEL_TRANSLATION_DIRECTORIES=str(LOCALES),
    )
    Babel(app, locale_selector=page_language)
    # In place of the extension's, which ask a dozen questions before they answer: a page says a hundred things.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: translations(page_language()).gettext(message),
        lambda one, many, count: translations(page_language()).ngettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(page_language=page_language, LANGUAGES=LANGUAGES)

    @app.after_request
    def _say_which(response: Response) -> Response:
        if "language" in g and response.mimetype == "text/html":
            response.headers["Content-Language"] = g.language
            if g.get("language_by_header"):
                response.vary.add("Accept-Language")
        return response
