"""GET /docs: the OpenAPI document as a page. Swagger UI comes with us, no other host is asked."""

from __future__ import annotations

from flask import Blueprint, render_template

docs = Blueprint("docs", __name__)


@docs.get("/docs")
def show_docs() -> str:
    """The page."""
    return render_template("shared/docs.html")
