"""Every answer names its request, and every line that is logged on the way does."""

from __future__ import annotations

import json
import logging
import re

import pytest
from apiflask import APIFlask

from tests.building import on_one_database
from tests.web.conftest import OpenApp
from tests.web.log_text import LogText

OURS = r"[0-9a-f]{16}"


def answered_id(app: APIFlask, given: str | None = None, path: str = "/healthz") -> str:
    headers = {"X-Request-ID": given} if given is not None else {}
    (found,) = app.test_client().get(path, headers=headers).headers.getlist("X-Request-ID")
    return found


@on_one_database
def test_every_answer_has_an_id_of_its_own(app: APIFlask) -> None:
    found = {answered_id(app, path=path) for path in ("/healthz", "/healthz", "/nothing", "/api/v1/nothing")}
    assert len(found) == 4
    assert all(re.fullmatch(OURS, one) for one in found)


@on_one_database
def test_the_id_of_a_trusted_proxy_is_taken_over(open_app: OpenApp) -> None:
    app = open_app(trusted_proxies=1)
    assert answered_id(app, "4bf92f3577b34da6a3ce929d0e0e4736") == "4bf92f3577b34da6a3ce929d0e0e4736"


@on_one_database
def test_nobody_else_gives_ids(app: APIFlask) -> None:
    assert re.fullmatch(OURS, answered_id(app, "4bf92f3577b34da6a3ce929d0e0e4736"))


@on_one_database
@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, 'a"},{"level":"x', "with blank 1234", "кот-кот-кот"]
)
def test_what_is_no_id_is_not_taken_over(open_app: OpenApp, given: str) -> None:
    assert re.fullmatch(OURS, answered_id(open_app(trusted_proxies=1), given.encode().decode("latin-1")))


@on_one_database
def test_a_fault_names_its_request_in_the_answer_and_in_each_line(app: APIFlask, log_text: LogText) -> None:
    def break_down() -> str:
        logging.getLogger("matinee.somewhere").warning("it creaks")
        raise RuntimeError("it broke")

    app.testing = False
    app.add_url_rule("/api/v1/broken", view_func=break_down)
    answer = app.test_client().get("/api/v1/broken")
    lines = [json.loads(line) for line in log_text().splitlines()]
    assert [line["logger"] for line in lines] == [
        "matinee.somewhere",
        "matinee.web.shared.failures",
        "matinee.access",
    ]
    identifier = answer.headers["X-Request-ID"]
    assert {line["request_id"] for line in lines} == {identifier} == {answer.get_json()["request_id"]}
    assert lines[1]["reference"] == answer.get_json()["reference"]
    assert "RuntimeError: it broke" in lines[1]["exception"]


@on_one_database
def test_what_no_request_is_about_has_no_id(log_text: LogText, app: APIFlask) -> None:
    logging.getLogger("matinee.cli.worker").info("worker %s begins", "odeon:17")
    line = json.loads(log_text())
    assert line.keys() == {"time", "level", "logger", "message"}
    assert (line["level"], line["message"]) == ("INFO", "worker odeon:17 begins")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
