"""No signed session cookie: who is signed in is known by the token alone. Flask would look for one at each request."""

from __future__ import annotations

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface, SessionMixin


class NoSession(SessionInterface):
    """Opens nothing and saves nothing."""

    _nothing = NullSession()

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        return self._nothing

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is kept."""
