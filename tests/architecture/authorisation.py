"""The matrix of every call and everybody: what should come back, what does, and where the two differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from apiflask import APIFlask
from werkzeug.test import TestResponse

from tests.architecture.callers import COOKIE, Caller
from tests.architecture.declared_access import PAGES, Call, Declared, declared, every_call

# let in; asked who he is; told that he may not.
Outcome = Literal["in", "who", "no"]
V1 = "v1."
# Nothing has this number, so nothing happens to it.
UNKNOWN_ID = "2147483647"
# What keeps something for this browser alone asks for no token.
WITHOUT_TOKEN = frozenset({"change_appearance"})


def undeclared(app: APIFlask) -> list[str]:
    """The calls about which the code does not say who may make them."""
    return [str(call) for call in every_call(app) if declared(call) is None]


def differences(app: APIFlask, caller: Caller, *, surfaces: tuple[str, ...]) -> list[str]:
    """Where a caller is answered otherwise than is declared, among the endpoints that begin like this."""
    return [
        difference
        for call in every_call(app)
        if call.rule.endpoint.startswith(surfaces)
        for difference in _differences_of(call, caller)
    ]


def expected(rule: Declared, call: Call, caller: Caller) -> Outcome:
    """What a caller should meet."""
    if rule.kind in ("everybody", "own_token"):
        return "in"
    if rule.kind == "house_token":
        return "who"
    if call.rule.endpoint.startswith(V1):
        if not caller.signed_in or (caller.name == COOKIE and call.method != "GET"):
            return "who"
        return "in" if caller.scopes & rule.any_of else "no"
    # A key of a program opens no page.
    if not caller.signed_in or not caller.token:
        return "who"
    return "in" if rule.kind == "members" or caller.roles & rule.any_of else "no"


def outcome(answer: TestResponse) -> Outcome:
    """What a caller met."""
    if answer.status_code == 401:
        return "who"
    if answer.status_code == 303 and "/sign-in?next=" in answer.headers["Location"]:
        return "who"
    return "no" if answer.status_code == 403 else "in"


def address(call: Call) -> str:
    """An address of this route. Pages are asked for what exists, where a test's house has it; programs for what does not."""
    known = {"language": "uk", "cinema": "odeon", "slug": "odeon"}
    other = UNKNOWN_ID if call.rule.endpoint.startswith(V1) else "1"
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: known.get(found[1], other), call.rule.rule)


def _differences_of(call: Call, caller: Caller) -> Iterator[str]:
    rule = declared(call)
    assert rule is not None, f"{call} does not declare who may call it"
    wanted = expected(rule, call, caller)
    is_page = call.rule.endpoint.startswith(PAGES)
    answer = _ask(call, caller, with_token=is_page and wanted != "in")
    told = f"{caller.name}: {call} should be {wanted}, was {answer.status_code}"
    if answer.status_code >= 500 and not (
        answer.status_code == 503 and call.rule.endpoint == "health.readyz"
    ):
        yield f"{told}, a fault"
    elif outcome(answer) != wanted:
        yield told
    elif is_page and wanted == "in" and call.method != "GET" and not _refused_for_token(call, answer):
        yield f"{told}, and asked for no token"


def _ask(call: Call, caller: Caller, *, with_token: bool) -> TestResponse:
    """Call it with nothing that could be carried out.

    Whoever is to be refused has all that would let him go on; whoever may come in is stopped by the missing token, so
    that nothing changes. Programs name what does not exist, and send an empty object.
    """
    headers = {**caller.headers}
    if call.method != "GET" and with_token:
        headers["X-CSRFToken"] = caller.forgery_token
    if call.method != "GET" and call.rule.endpoint.startswith(V1):
        return caller.client.open(address(call), method=call.method, headers=headers, json={})
    return caller.client.open(address(call), method=call.method, headers=headers)


def _refused_for_token(call: Call, answer: TestResponse) -> bool:
    if call.rule.endpoint.rpartition(".")[2] in WITHOUT_TOKEN:
        return True
    return answer.status_code == 400 and ("CSRF" in answer.text or "token_not_valid" in answer.text)
