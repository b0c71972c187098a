"""GET /images/<name>: pictures that staff uploaded. Their names are hashes of what is in them, so they never change."""

from __future__ import annotations

from flask import Blueprint, Response, abort, url_for
from sqlalchemy.orm import Session, undefer

from matinee.programme.models import Image
from matinee.web.shared.services import services

ONE_YEAR_SECONDS = 365 * 24 * 3600

images = Blueprint("images", __name__)


def image_url(name: str | None) -> str:
    """The whole address of an uploaded picture; empty for None."""
    return services().base_url + url_for("images.show_image", name=name) if name else ""


@images.get("/images/<name>")
def show_image(name: str) -> Response:
    """The picture. Public: posters and logos are there to be seen."""
    if not (name.isascii() and name.isalnum()):
        abort(404)

    def read(session: Session) -> Image | None:
        return session.get(Image, name, options=[undefer(Image.content)])

    found = services().transactions.read(read)
    if found is None:
        abort(404)
    response = Response(found.content, mimetype=found.content_type)
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable"
    # Nothing in it may run, whatever it is.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
