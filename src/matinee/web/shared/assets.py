"""Style sheets, scripts, fonts: at addresses that carry the version of all of them, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_from_directory, url_for

FOLDER = Path(__file__).parent / "static"
ONE_YEAR_SECONDS = 365 * 24 * 3600

assets = Blueprint("assets", __name__)


@cache
def assets_version() -> str:
    """Differs when any asset differs."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(FOLDER)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset_url(name: str) -> str:
    """Where an asset is; modules that import each other by relative names stay within one version."""
    return url_for("assets.show_asset", version=assets_version(), name=name)


@assets.get("/static/site/<version>/<path:name>")
def show_asset(version: str, name: str) -> Response:
    """The newest file of this name; for a year where its version was asked for."""
    response = send_from_directory(FOLDER, name)
    if version == assets_version():
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response
