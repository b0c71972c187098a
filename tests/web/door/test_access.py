"""Who may stand at the door"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from matinee.accounts.models import ROLES, User
from matinee.door.models import DoorScan
from matinee.web.shared.powers import POWERS
from matinee.web.shared.services import Services
from tests.building import on_one_database
from tests.web.door.conftest import AT_THE_DOOR, SALT, Holder, OpenDoor

if TYPE_CHECKING:
    from werkzeug.routing import Rule

FILES = {"/door/worker.js", "/door/app.webmanifest"}
CALLS = {"/door/me", "/door/screenings", "/door/list", "/door/scans", "/door/counts", "/door/search"}
pytestmark = on_one_database


def door_rules(app: APIFlask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("door."))


def methods_of(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def ask(holder: Holder, path: str, method: str) -> Any:
    """A request as the page makes it; without a token."""
    body = holder.body({"sequence": 1, "code": "X"}) if method == "POST" else None
    query = {"screenings": holder.screenings[0], "salt": SALT, "q": "A1"}
    return holder.client.open(path, method=method, json=body, query_string=query)


def test_every_route_says_which_power_it_needs(app: APIFlask) -> None:
    found = {rule.rule: app.view_functions[rule.endpoint].power for rule in door_rules(app)}  # type: ignore[attr-defined]
    assert {path for path, power in found.items() if power is None} == FILES
    assert {path for path, power in found.items() if power == "admit"} == {"/door/", *CALLS}
    assert len(found) == len(FILES) + len(CALLS) + 1


@pytest.mark.parametrize("role", [*ROLES, None])
def test_each_role_gets_where_it_may_and_nowhere_else(
    app: APIFlask, at_door: OpenDoor, role: str | None
) -> None:
    holder = at_door(*([role] if role else []))
    allowed = role in POWERS["admit"]
    assert allowed == (role in ("manager", "counter", "usher"))
    for rule in door_rules(app):
        for method in methods_of(rule):
            answer = ask(holder, rule.rule, method)
            if rule.rule in FILES or (allowed and method == "GET"):
                assert answer.status_code == 200, (rule, answer.text)
            elif allowed:
                assert (answer.status_code, answer.json["code"]) == (400, "token_not_valid"), rule
            else:
                assert answer.status_code == 403, rule
                assert rule.rule not in CALLS or answer.json["code"] == "not_allowed"


def test_whoever_is_signed_out_is_told_so_in_json(app: APIFlask, at_door: OpenDoor) -> None:
    holder = at_door("usher")
    holder.client.delete_cookie("token")
    for rule in door_rules(app):
        for method in methods_of(rule):
            if rule.rule in CALLS:
                answer = ask(holder, rule.rule, method)
                assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in"), rule
                assert answer.json["message"] == "You are signed out. Sign in again."


def test_the_page_leads_whoever_is_signed_out_to_signing_in(client: FlaskClient) -> None:
    answer = client.get("/door/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/door/")


def test_whoever_showed_no_second_factor_is_led_to_where_it_is_shown(
    at_door: OpenDoor, services: Services
) -> None:
    usher = at_door("usher")
    services.transactions.write(
        lambda session: session.execute(update(User).values(totp_confirmed_at=AT_THE_DOOR))
    )
    page = usher.get("")
    assert (page.status_code, page.headers["Location"]) == (303, "/sign-in?next=/door/")
    answer = usher.get("screenings")
    assert (answer.status_code, answer.json["code"]) == (401, "second_factor_needed")
    # Whoever asks every few seconds is not told of it on the next page a hundred times.
    assert usher.client.get("/sign-in").text.count("Sign in once more") == 1


def test_where_the_house_asks_for_one_the_page_leads_to_setting_it_up(at_door: OpenDoor) -> None:
    usher = at_door("usher", staff_second_factor="on")
    page = usher.get("")
    assert page.status_code == 303
    assert page.headers["Location"] == "/account/second-factor?next=/door/"
    assert usher.get("me").status_code == 401


def test_without_the_token_nothing_is_settled(
    at_door: OpenDoor, services: Services, codes: list[str]
) -> None:
    usher = at_door("usher")
    body = usher.body({"sequence": 1, "code": codes[0]})
    for headers in ({}, {"X-CSRFToken": "made up"}):
        answer = usher.client.post("/door/scans", json=body, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (400, "token_not_valid")
    assert services.transactions.read(lambda s: s.scalar(select(func.count()).select_from(DoorScan))) == 0


def test_what_is_told_here_is_kept_by_nobody_else(at_door: OpenDoor) -> None:
    usher = at_door("usher")
    for path in ("", "me", "screenings"):
        assert usher.get(path).headers["Cache-Control"] == "no-store"
    assert usher.listed().headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("role", ROLES)
def test_the_back_office_shows_the_way_to_those_who_may(at_door: OpenDoor, role: str) -> None:
    page = at_door(role).client.get("/backoffice/", follow_redirects=True, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert ('href="/door/"' in page.text) == (role in POWERS["admit"])
