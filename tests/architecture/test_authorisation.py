"""Every route and everybody: each caller gets where the route's declaration lets him, and nowhere else.

Made from the routes of the application: a new route without a declaration fails, and so does one whose guard is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from flask.views import MethodView
from werkzeug.test import TestResponse

from matinee.settings import Settings
from matinee.web.shared.metrics.meter import Meter
from matinee.web.v1.callers import needs
from matinee.web.v1.operations import Returns, operation
from tests.apps import opened_app
from tests.architecture.authorisation import V1, differences, undeclared
from tests.architecture.callers import (
    BUYER,
    CALLERS_OF_PAGES,
    CALLERS_OF_V1,
    NOBODY,
    PEOPLE,
    Caller,
    browser_of,
    program_of,
)
from tests.architecture.declared_access import HOUSE_TOKEN, OPEN, OWN_TOKEN, PAGES, Call, every_call
from tests.building import DAY, Buyer, House, on_one_database
from tests.web.conftest import OpenApp, _clock_stands, open_app

__all__ = ["_clock_stands", "open_app"]
pytestmark = on_one_database

PLANTED = ("backoffice.planted", "site.planted", "v1.planted")
OTHERS = tuple({f"{endpoint.partition('.')[0]}." for endpoint in OPEN})
TOKEN = "a token of sixteen or more"


@pytest.fixture
def app(settings: Settings) -> Iterator[APIFlask]:
    """Matinee with every part that a setting switches on: routes that are not there are held against nothing."""
    with opened_app(settings.model_copy(update={"metrics_token": TOKEN}), meter=Meter(None)) as made:
        yield made


def test_every_route_declares_who_may_call_it(app: APIFlask) -> None:
    assert undeclared(app) == []


def test_what_is_listed_here_is_there_and_nothing_is_left_out(app: APIFlask) -> None:
    endpoints = {call.rule.endpoint for call in every_call(app)}
    assert set(OPEN) | OWN_TOKEN | HOUSE_TOKEN <= endpoints
    assert {name for name in endpoints if not name.startswith((V1, *PAGES, *OTHERS))} == HOUSE_TOKEN


@pytest.mark.parametrize("name", CALLERS_OF_PAGES)
def test_each_gets_to_the_pages_where_he_may_and_nowhere_else(app: APIFlask, house: House, name: str) -> None:
    assert differences(app, browser_of(app, name), surfaces=PAGES) == []


@pytest.mark.parametrize("name", CALLERS_OF_V1)
def test_each_gets_in_v1_where_he_may_and_nowhere_else(app: APIFlask, house: House, name: str) -> None:
    assert differences(app, program_of(app, name), surfaces=(V1,)) == []


def test_what_is_open_is_open_to_whoever_is_nobody(app: APIFlask, house: House) -> None:
    assert differences(app, browser_of(app, NOBODY), surfaces=OTHERS) == []


@pytest.mark.parametrize("name", CALLERS_OF_V1)
def test_what_has_a_token_of_the_house_is_for_nobody_who_signs_in(
    app: APIFlask, house: House, name: str
) -> None:
    assert differences(app, program_of(app, name), surfaces=tuple(HOUSE_TOKEN)) == []


def test_whoever_has_the_token_of_the_house_is_let_in(app: APIFlask) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for call in (one for one in every_call(app) if one.rule.endpoint in HOUSE_TOKEN):
        assert app.test_client().open(call.rule.rule, method=call.method, headers=headers).status_code == 200


@pytest.mark.parametrize("name", PEOPLE)
def test_the_api_as_given_asks_each_for_a_token_of_his_own(
    app: APIFlask, house: House, buyer: Buyer, name: str
) -> None:
    caller = program_of(app, name)
    for call in (one for one in every_call(app) if one.rule.endpoint in OWN_TOKEN):
        assert _ask_given(app, call).status_code == 400, call
        assert _ask_given(app, call, username=buyer.username).status_code == 400, call
        foreign = _ask_given(app, call, username=buyer.username, token=caller.token or "made up")
        told = (foreign.status_code, (foreign.json or {})["message"])
        if call.rule.endpoint == "given.check_token":
            assert told == (200, "Token not valid"), call
        else:
            assert told == (400, "Wrong token or session expired"), call
        if name == BUYER:
            own = _ask_given(app, call, username=caller.username, token=caller.token)
            assert own.status_code == 200, call


def _ask_given(app: APIFlask, call: Call, **who: str) -> TestResponse:
    if call.method == "GET":
        return app.test_client().get(call.rule.rule, query_string=who)
    seat = {"date": DAY.isoformat(), "title": "Амели", "time": "18:00", "number": "1"}
    return app.test_client().post(call.rule.rule, json={**seat, **who})


def test_a_route_that_declares_nothing_is_noticed(open_app: OpenApp) -> None:
    class Silent(MethodView):
        def get(self) -> str:
            return "planted"

    app = open_app()
    app.add_url_rule("/planted", "planted", lambda: "planted")
    app.add_url_rule("/backoffice/planted", "backoffice.planted", lambda: "planted")
    app.add_url_rule("/uk/planted", "site_in.planted", lambda: "planted")
    app.add_url_rule("/api/v1/planted", view_func=Silent.as_view("v1.planted"))
    assert [call.partition(" (")[0] for call in undeclared(app)] == [
        "GET /planted",
        "GET /backoffice/planted",
        "GET /uk/planted",
        "GET /api/v1/planted",
    ]


def test_a_guard_that_is_missing_is_noticed(open_app: OpenApp, house: House) -> None:
    """What only says who may come, and lets everybody in."""

    def office() -> str:
        return "planted"

    def account() -> str:
        return "planted"

    office.power, account.access = "people", "members"  # type: ignore[attr-defined]
    app = open_app()
    app.add_url_rule("/backoffice/planted", "backoffice.planted", office, methods=["GET", "POST"])
    app.add_url_rule("/account/planted", "site.planted", account, methods=["POST"])
    nobody, counter, manager = (browser_of(app, name) for name in (NOBODY, "counter", "manager"))

    def planted(caller: Caller) -> list[str]:
        found = differences(app, caller, surfaces=PLANTED)
        return [line.partition("(")[0] + line.partition(")")[2] for line in found]

    assert planted(nobody) == [
        "nobody: GET /backoffice/planted  should be who, was 200",
        "nobody: POST /backoffice/planted  should be who, was 200",
        "nobody: POST /account/planted  should be who, was 200",
    ]
    assert planted(counter) == [
        "counter: GET /backoffice/planted  should be no, was 200",
        "counter: POST /backoffice/planted  should be no, was 200",
        "counter: POST /account/planted  should be in, was 200, and asked for no token",
    ]
    assert planted(manager) == [
        "manager: POST /backoffice/planted  should be in, was 200, and asked for no token",
        "manager: POST /account/planted  should be in, was 200, and asked for no token",
    ]


def test_an_operation_that_forgets_its_own_declaration_is_noticed(open_app: OpenApp, house: House) -> None:
    class Lax(MethodView):
        @operation("planted", tag="Films", access=needs("keys:write"), answers={200: Returns(None, "")})
        def post(self) -> None:
            """Never called."""

    declared = Lax.post.matinee_operation  # type: ignore[attr-defined]

    def lax(self: object) -> str:
        return "planted"

    Lax.post = lax  # type: ignore[method-assign,assignment]
    lax.matinee_operation = declared  # type: ignore[attr-defined]
    app = open_app()
    app.add_url_rule("/api/v1/planted", view_func=Lax.as_view("v1.planted"))
    for name, told in ((NOBODY, "who"), ("auditor", "no"), ("key: orders:write", "no")):
        assert differences(app, program_of(app, name), surfaces=PLANTED) == [
            f"{name}: POST /api/v1/planted (v1.planted) should be {told}, was 200"
        ]
