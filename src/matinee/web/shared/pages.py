"""What pages of all surfaces share: the frame, the style sheet."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint(
    "shared", __name__, template_folder="templates", static_folder="static", static_url_path="/static/shared"
)
