"""Buyers in processes of their own, who all begin at the same moment.

Run as a module it is one such process: it is told on its standard input whom it plays, answers "ready", waits for "go"
and writes at the end what each buyer was answered. The standard library alone, so that it starts quickly.
"""

from __future__ import annotations

import http.client
import json
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.race.processes import ROOT

PROCESSES = 4
NO_ANSWER = 0
# Whether it was bought is not known: the connection broke, the database was away, or a proxy in front of the server says so.
IN_DOUBT = (NO_ANSWER, 502, 503, 504)
READY_SECONDS_MAX = 20.0
# Every try of the crowd takes the one writer of SQLite for some milliseconds, and there are nearly ten thousand.
SECONDS_MAX = 130.0
PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Shopper:
    """A buyer, and what is tried in turn: the labels of the seats of each purchase, at the server's port."""

    username: str
    token: str
    port: int
    purchases: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Answer:
    """What a purchase was answered. Status 0: the connection broke, so that nobody knows."""

    username: str
    labels: tuple[str, ...]
    status: int
    # Label -> ticket id.
    tickets: dict[str, str]
    said: str


class Crowd:
    """Starts the processes; `buy` lets all shoppers begin, `answers` waits for them."""

    def __init__(
        self,
        shoppers: Sequence[Shopper],
        screening: dict[str, str],
        *,
        asks_again: bool = False,
        rest_seconds: float = 0.0,
    ) -> None:
        """`asks_again`: after a 503 the same purchase is sent again, as its answer asks for.

        `rest_seconds`: between two purchases, so that a test has the time to do something in the middle of them.
        """
        self._processes = []
        for number in range(PROCESSES):
            plan = {
                "shoppers": [vars(shopper) for shopper in shoppers[number::PROCESSES]],
                "screening": screening,
                "asks_again": asks_again,
                "rest_seconds": rest_seconds,
            }
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.race.crowd"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert process.stdin is not None
            process.stdin.write(json.dumps(plan) + "\n")
            process.stdin.flush()
            self._processes.append(process)
        for process in self._processes:
            assert process.stdout is not None
            readable, _, _ = select.select([process.stdout], [], [], READY_SECONDS_MAX)
            assert readable, "a process of buyers does not say that it is ready"
            assert process.stdout.readline() == "ready\n"

    def buy(self) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()

    def is_buying(self) -> bool:
        return any(process.poll() is None for process in self._processes)

    def answers(self) -> list[Answer]:
        found = []
        for process in self._processes:
            said, _ = process.communicate(timeout=SECONDS_MAX + 10)
            assert process.returncode == 0
            found += [Answer(**{**each, "labels": tuple(each["labels"])}) for each in json.loads(said)]
        return found

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


def _shop(shopper: dict[str, Any], plan: dict[str, Any], answers: list[dict[str, Any]]) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    connection = http.client.HTTPConnection("127.0.0.1", shopper["port"], timeout=30)
    waiting = list(shopper["purchases"])
    while waiting and time.monotonic() < deadline:
        labels = waiting.pop(0)
        try:
            answer = _buy(connection, shopper, plan["screening"], labels)
        except ConnectionRefusedError:
            # It was certainly not bought: the server is away.
            connection.close()
            waiting.insert(0, labels)
            time.sleep(PAUSE_SECONDS)
            continue
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            answer = {"status": NO_ANSWER, "tickets": {}, "said": repr(error)}
        time.sleep(plan["rest_seconds"])
        answers.append({"username": shopper["username"], "labels": labels, **answer})
        if answer["status"] == 503 and plan["asks_again"]:
            waiting.insert(0, labels)
            time.sleep(PAUSE_SECONDS)


def _buy(
    connection: http.client.HTTPConnection,
    shopper: dict[str, Any],
    screening: dict[str, str],
    labels: list[str],
) -> dict[str, Any]:
    headers = {"username": shopper["username"], "token": shopper["token"], **screening}
    path = "/buyTicket" if len(labels) == 1 else "/buyManyTikets"
    headers["number"] = labels[0] if len(labels) == 1 else json.dumps(labels)
    connection.request("POST", path, headers=headers)
    response = connection.getresponse()
    said = response.read()
    tickets = {}
    if response.status == 200:
        data = json.loads(said)["data"]
        tickets = {str(each["number"]): each["id"] for each in (data if isinstance(data, list) else [data])}
    return {"status": response.status, "tickets": tickets, "said": said.decode()[:200]}


def _play() -> None:
    plan = json.loads(sys.stdin.readline())
    answers: list[dict[str, Any]] = []
    shoppers = plan["shoppers"]
    with ThreadPoolExecutor(max(1, len(shoppers))) as threads:
        _say("ready")
        sys.stdin.readline()
        # What one of them did not foresee ends this process with an error.
        for _ in threads.map(lambda shopper: _shop(shopper, plan, answers), shoppers):
            pass
    _say(json.dumps(answers))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _play()
