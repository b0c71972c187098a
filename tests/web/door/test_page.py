"""GET /door/, and what a phone keeps of it"""

from __future__ import annotations

import json
import re
from typing import Any

from flask.testing import FlaskClient

from tests.building import on_one_database
from tests.web.door.conftest import OpenDoor


@on_one_database
def test_this_page_alone_may_use_the_camera_and_a_decoder(at_door: OpenDoor) -> None:
    usher = at_door("usher", "manager")
    page = usher.get("")
    assert page.status_code == 200
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert "'wasm-unsafe-eval'" in policy["script-src"]
    assert policy["worker-src"] == "'self' blob:"
    assert "'unsafe" not in page.headers["Content-Security-Policy"]
    for other in ("/", "/backoffice/at/odeon/halls"):
        answer = usher.client.get(other, headers={"Accept": "text/html"})
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "wasm" not in answer.headers["Content-Security-Policy"]
        assert "blob:" not in answer.headers["Content-Security-Policy"]


@on_one_database
def test_the_page_carries_the_token_and_says_what_may_be_done(at_door: OpenDoor) -> None:
    usher, manager = at_door("usher").get("").text, at_door("manager").get("").text
    assert _told(usher)["token"]
    assert _told(usher)["may"] == {"let_in": False, "sell": False}
    assert _told(manager)["may"] == {"let_in": True, "sell": True}
    assert _told(usher)["urls"]["scans"] == "/door/scans"


@on_one_database
def test_a_page_that_was_kept_learns_the_token_of_today(at_door: OpenDoor) -> None:
    manager = at_door("manager")
    told = manager.get("me").json
    assert told == {"name": manager.name, "may_let_in_unpaid": True, "token": told["token"]}
    assert at_door("usher").get("me").json["may_let_in_unpaid"] is False


@on_one_database
def test_the_worker_and_the_manifest_are_there_for_everybody(client: FlaskClient) -> None:
    worker = client.get("/door/worker.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    manifest = client.get("/door/app.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    assert (manifest.json["start_url"], manifest.json["scope"]) == ("/door/", "/door/")
    assert manifest.json["display"] == "standalone"


@on_one_database
def test_the_address_without_a_slash_leads_to_the_page(client: FlaskClient) -> None:
    answer = client.get("/door")
    assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost/door/")


def _told(page: str) -> dict[str, Any]:
    """What the page's scripts are told."""
    found = re.search(r'<script type="application/json" id="door-told">(.*?)</script>', page, re.DOTALL)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told
