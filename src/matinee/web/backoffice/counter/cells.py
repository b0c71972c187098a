"""A button in a list: a form of its own, with the token."""

from __future__ import annotations

from flask_wtf.csrf import generate_csrf
from markupsafe import Markup


def button_cell(action: str, label: str, **fields: str) -> Markup:
    """A button that sends these fields to `action`."""
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in {"csrf_token": generate_csrf(), **fields}.items()
    )
    form = Markup('<form method="post" action="{}">{}<button class="quiet-button">{}</button></form>')
    return form.format(action, hidden, label)


def link_cell(url: str, label: str) -> Markup:
    """A link that looks like a button."""
    return Markup('<a class="button quiet-button" href="{}">{}</a>').format(url, label)
