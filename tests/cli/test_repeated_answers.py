"""`matinee serve` says the same day again without asking the application: logged, counted, and never behind a purchase."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.building import DAY, Buyer, House
from tests.cli.test_metrics import TOKEN, labelled, read
from tests.running import RunningServer

DAY_ASKED = f"/getDay?date={DAY.isoformat()}"
COUNTED = labelled("matinee_http_requests_total", method="GET", route="/getDay", status="200")
TIMED = labelled("matinee_http_request_seconds_count", method="GET", route="/getDay")
ROUNDS, ASKED_A_ROUND = 6, 20


def ask(url: str, *, method: str = "GET", **headers: str) -> tuple[dict[str, str], bytes]:
    request = urllib.request.Request(url, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_every_answer_is_the_days_own_and_each_is_logged_and_counted(
    environment: dict[str, str], house: House, buyer: Buyer, tmp_path: Path
) -> None:
    there = {**environment, "MATINEE_METRICS_TOKEN": TOKEN, "MATINEE_LOG": "json"}
    named: set[str] = set()
    alike: set[frozenset[tuple[str, str]]] = set()
    with RunningServer(there, tmp_path / "log", "--no-worker", "--workers", "2") as server:
        for seat in range(1, ROUNDS + 1):
            for _ in range(ASKED_A_ROUND):
                headers, body = ask(server.url + DAY_ASKED)
                named.add(headers.pop("x-request-id"))
                alike.add(frozenset((name, value) for name, value in headers.items()
                                    if name not in ("date", "content-length")))  # fmt: skip
                (shown,) = (film for film in json.loads(body)["day"] if film["screening"] == house.first_hall)
                assert shown["aviableTikets"] == [each for each in range(seat, 13) if each != 12]
                assert headers["content-length"] == str(len(body))
            ask(
                f"{server.url}/buyTicket", method="POST", token=buyer.token, username=buyer.username,
                date=DAY.isoformat(), title=quote("Амели"), time="18:00", number=str(seat),
            )  # fmt: skip
        counted = read(server.url + "/metrics", TOKEN)
    asked = ROUNDS * ASKED_A_ROUND
    assert len(named) == asked
    assert len(alike) == 1
    assert counted[COUNTED] == counted[TIMED] == asked

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    of_days = [line for line in lines if line.get("path") == "/getDay"]
    assert {line["request_id"] for line in of_days} == named
    assert len({frozenset(line) for line in of_days}) == 1, "the lines have the same fields"
    assert {(line["method"], line["query"], line["status"], line["from"]) for line in of_days} == {
        ("GET", f"date={DAY.isoformat()}", 200, "127.0.0.1")
    }
