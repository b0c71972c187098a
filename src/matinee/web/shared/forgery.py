"""Requests that another site makes in the name of whoever looks at it: told by a token that only our pages have."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_csrf = CSRFProtect()


def require_token() -> None:
    """Refuse (400) a request without the token, in the form or in the header X-CSRFToken."""
    _csrf.protect()


def use_tokens(app: Flask) -> None:
    """Let the app know tokens; which request needs one is declared by its page."""
    _csrf.init_app(app)


def is_ours(url: str) -> bool:
    """Whether an address that came with a request leads to a page of ours, so that one may be sent there."""
    return url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable() and "\\" not in url
