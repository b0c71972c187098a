"""`matinee serve` sells single seats without asking the application: logged and counted as all others, and shown at once."""

from __future__ import annotations

import json
import urllib.error
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.building import DAY, Buyer, House
from tests.cli.test_metrics import TOKEN, labelled, read
from tests.cli.test_repeated_answers import ask
from tests.running import RunningServer

LATE = DAY + timedelta(days=1)
LATE_ASKED = f"/getDay?date={LATE.isoformat()}"
SEATS = 12
OF_PURCHASES = {"method": "POST", "route": "/buyTicket"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_purchase_has_an_answer_of_its_own_and_is_logged_and_counted(
    environment: dict[str, str], house: House, buyer: Buyer, tmp_path: Path
) -> None:
    there = {**environment, "MATINEE_METRICS_TOKEN": TOKEN, "MATINEE_LOG": "json"}
    named: set[str] = set()
    alike: set[frozenset[tuple[str, str]]] = set()
    wanted = {"token": buyer.token, "username": buyer.username, "title": quote("Café"), "time": "00:30"}
    with RunningServer(there, tmp_path / "log", "--no-worker", "--workers", "2") as server:

        def buy(seat: int) -> dict[str, object]:
            headers, body = ask(
                f"{server.url}/buyTicket", method="POST", date=LATE.isoformat(), number=str(seat), **wanted
            )
            assert headers["content-length"] == str(len(body))
            named.add(headers.pop("x-request-id"))
            del headers["date"], headers["content-length"]
            alike.add(frozenset(headers.items()))
            said: dict[str, object] = json.loads(body)
            return said

        for seat in range(1, SEATS + 1):
            said = buy(seat)
            assert said["message"] == "Ticket bought successfully"
            _, day = ask(server.url + LATE_ASKED)
            (shown,) = json.loads(day)["day"]
            assert shown["aviableTikets"] == list(range(seat + 1, SEATS + 1))
        with pytest.raises(urllib.error.HTTPError) as refused:
            buy(1)
        assert (refused.value.code, json.load(refused.value)) == (404, {"message": "Seat not found"})
        counted = read(server.url + "/metrics", TOKEN)
    assert len(named) == SEATS
    assert len(alike) == 1
    requests = {
        status: counted.get(labelled("matinee_http_requests_total", status=status, **OF_PURCHASES))
        for status in ("200", "404")
    }
    assert requests == {"200": SEATS, "404": 1}
    assert counted[labelled("matinee_http_request_seconds_count", **OF_PURCHASES)] == SEATS + 1
    assert counted[labelled("matinee_http_requests_in_flight")] == 1, "this very question"
    assert counted[labelled("matinee_tickets_sold_total", channel="given")] == SEATS

    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    sold = [line for line in lines if line.get("path") == "/buyTicket" and line["status"] == 200]
    assert {line["request_id"] for line in sold} == named
    assert len({frozenset(line) for line in sold}) == 1, "the lines have the same fields"
    assert {(line["method"], line["query"], line["from"]) for line in sold} == {("POST", "", "127.0.0.1")}
    assert buyer.token not in (tmp_path / "log").read_text()
