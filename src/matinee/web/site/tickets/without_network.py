"""What lets a ticket be opened without a network: the service worker of the pages of tickets, and the manifest."""

from __future__ import annotations

from flask import Response, jsonify, request, send_from_directory
from flask.typing import ResponseReturnValue

from matinee.web.shared.assets import FOLDER, asset_url
from matinee.web.shared.house import default_house
from matinee.web.site.blueprint import page, to

SCRIPT = "ticket_worker.js"


@page("/tickets/worker.js", access="everybody")
def ticket_worker() -> ResponseReturnValue:
    """The service worker. Beside the tickets, in each language: a worker serves what is below its own address alone."""
    response = send_from_directory(FOLDER / "js", SCRIPT, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = request.path.rpartition("/")[0] + "/"
    # Asked for at each start of the page, so that a new one takes over.
    response.headers["Cache-Control"] = "no-cache"
    return response


@page("/tickets/app.webmanifest", access="everybody")
def ticket_manifest() -> ResponseReturnValue:
    """As what a phone puts a page of ours on its first screen."""
    house = default_house()
    response: Response = jsonify(
        name=house.name,
        short_name=house.name[:12],
        start_url=to("start"),
        scope="/",
        display="minimal-ui",
        background_color="#151116",
        theme_color="#151116",
        icons=[{"src": asset_url("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    )
    response.mimetype = "application/manifest+json"
    return response
