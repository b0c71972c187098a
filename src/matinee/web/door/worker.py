"""GET /door/worker.js, which lets the page open without a network"""

from __future__ import annotations

import json
from functools import cache

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from matinee.web.door.blueprint import door_file
from matinee.web.shared.assets import FOLDER, asset_url, assets_version

SOURCE = FOLDER / "js" / "door" / "worker.js"
# What the page is made of. A part that is missing here is missing at a door without a network.
PARTS = (
    "css/house.css",
    "css/door*.css",
    "fonts/*.woff2",
    "icon.svg",
    "icons/*",
    "js/door/**/*.js",
    "vendor/barcode-detector/*.*",
    "vendor/noble-ed25519/*.js",
)


@door_file("/worker.js")
def worker() -> ResponseReturnValue:
    """The service worker, which serves what is below its own address; it differs whenever an asset does."""
    kept = {
        "version": assets_version(),
        "page": url_for("door.page"),
        "manifest": url_for("door.manifest"),
        "assets": [asset_url(name) for name in parts()],
    }
    source = f"const KEPT = {json.dumps(kept)};\n{SOURCE.read_text(encoding='utf-8')}"
    response = Response(source, mimetype="text/javascript")
    # Asked for at each start of the page, so that a new one takes over.
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def parts() -> tuple[str, ...]:
    """The names of the assets of which the page is made."""
    found = {path for pattern in PARTS for path in FOLDER.glob(pattern) if path != SOURCE}
    return tuple(sorted(path.relative_to(FOLDER).as_posix() for path in found if path.is_file()))
