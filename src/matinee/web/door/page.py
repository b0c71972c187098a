"""GET /door/, the page of whoever stands at a door, and what a phone needs to keep it"""

from __future__ import annotations

from flask import Response, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from matinee.web.door.blueprint import NAME, door_call, door_file, door_page, may_let_in_unpaid
from matinee.web.shared.assets import asset_url
from matinee.web.shared.house import default_house
from matinee.web.shared.languages import _
from matinee.web.shared.powers import may
from matinee.web.shared.security_headers import let_page_scan
from matinee.web.shared.visitors import visitor

SURFACE = "#151116"


@door_page("/")
def page() -> ResponseReturnValue:
    """The scanner."""
    let_page_scan()
    return render_template(
        "door/page.html",
        house=default_house(),
        visitor=visitor(),
        may_let_in_unpaid=may_let_in_unpaid(),
        may_sell=may(visitor().caller.roles, "sell"),
        urls=_urls(),
    )


def _urls() -> dict[str, str]:
    calls = {
        "screenings": "screenings",
        "list": "door_list",
        "scans": "scans",
        "counts": "counts",
        "search": "search",
        "me": "me",
    }
    return {name: url_for(f"{NAME}.{endpoint}") for name, endpoint in calls.items()}


def _icons() -> list[dict[str, str]]:
    drawn = [
        {
            "src": asset_url(f"icons/{name}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for name, purpose in (("matinee", "any"), ("matinee-maskable", "maskable"))
    ]
    return [*drawn, {"src": asset_url("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]


@door_call("/me")
def me() -> ResponseReturnValue:
    """Who holds the scanner, and the token of this session: a page that was kept for long has an old one."""
    return jsonify(name=visitor().name, may_let_in_unpaid=may_let_in_unpaid(), token=generate_csrf())


@door_file("/app.webmanifest")
def manifest() -> ResponseReturnValue:
    """As what a phone puts the page on its first screen."""
    house = default_house()
    response: Response = jsonify(
        id=url_for("door.page"),
        name=_("%(house)s, door", house=house.name),
        short_name=_("Door"),
        start_url=url_for("door.page"),
        scope=url_for("door.page"),
        display="standalone",
        background_color=SURFACE,
        theme_color=SURFACE,
        icons=_icons(),
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response
