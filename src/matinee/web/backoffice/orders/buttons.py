"""Small forms of one button, for the rows of a list."""

from __future__ import annotations

from flask_wtf.csrf import generate_csrf
from markupsafe import Markup


def post_button(url: str, said: str, **fields: str) -> Markup:
    """A button that posts `fields` to an address of ours."""
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in {"csrf_token": generate_csrf(), **fields}.items()
    )
    return Markup('<form method="post" action="{}">{}<button class="quiet-button">{}</button></form>').format(
        url, hidden, said
    )
