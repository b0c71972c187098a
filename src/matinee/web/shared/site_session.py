"""The signed cookie of visitors: what the website keeps of somebody who need not have an account.

The calls of programs have none; looking for one costs time at each request.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Request, Response
from flask.sessions import NullSession, SecureCookieSessionInterface, SessionMixin

COOKIE = "visitor"
# As long as an order of somebody without an account is found again without its mail.
LIFETIME = timedelta(days=60)


class SiteSession(SecureCookieSessionInterface):
    """Opens a session for pages alone: not for paths that begin with one of the given segments."""

    _nothing = NullSession()

    def __init__(self, segments_without: frozenset[str]) -> None:
        self._segments_without = segments_without

    def open_session(  # type: ignore[override]
        self, app: Flask, request: Request
    ) -> SessionMixin | None:
        if request.path.split("/", 2)[1] in self._segments_without:
            return self._nothing
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, NullSession):
            if session.modified and session:
                # Longer than the browser is open.
                session.permanent = True
            super().save_session(app, session, response)


def segments_of_programs(app: Flask, *, page_blueprints: frozenset[str]) -> frozenset[str]:
    """The first segments of all paths that are not served by these blueprints."""
    segments = set()
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        if blueprint not in page_blueprints:
            segments.add(rule.rule.split("/", 2)[1])
    return frozenset(segment for segment in segments if segment and "<" not in segment)


def use_site_session(app: Flask, *, https: bool, page_blueprints: frozenset[str]) -> None:
    """Let pages have the cookie. Call it when every blueprint is registered."""
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )
    app.session_interface = SiteSession(segments_of_programs(app, page_blueprints=page_blueprints))
