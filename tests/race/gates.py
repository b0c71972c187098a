"""Scanners at the doors, in processes of their own, who all begin at the same moment.

Run as a module it is one such process: it is told on its standard input which scanners it plays and what each is shown,
answers "ready", waits for "go", and writes at the end what each scan was answered in the end, and how often what happened.
The standard library alone, so that it starts quickly.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from typing import Any

PATH = "/api/v1/door/scans"
BATCH_MAX = 20
TRIES_MAX = 20


class Gate:
    """One scanner. What it tells, it tells until it is answered; at times it does not wait for the answer."""

    def __init__(self, plan: dict[str, Any], gate: dict[str, Any]) -> None:
        self._plan, self._gate = plan, gate
        self._dice = random.Random(gate["device"])
        self._connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=30)
        self.answers: dict[int, dict[str, Any]] = {}
        self.happened: Counter[str] = Counter()

    def work(self) -> None:
        waiting = [
            {"sequence": number, "deed": "scan", "at": _now(), "code": code, "offline": False}
            for number, code in enumerate(self._gate["codes"], 1)
        ]
        while waiting:
            count = self._dice.randint(2, BATCH_MAX) if self._dice.random() < 0.6 else 1
            self._tell(waiting[:count])
            del waiting[:count]

    def _tell(self, scans: list[dict[str, Any]]) -> None:
        self.happened["batches" if len(scans) > 1 else "single scans"] += 1
        chance = self._dice.random()
        if chance < 0.1:
            # It was away, and let everybody in.
            self._decide_alone(scans)
        elif chance < 0.2:
            # The request arrives, the answer does not; some of these scanners then decide by themselves.
            self._send(scans)
            self._connection.close()
            self.happened["lost answers"] += 1
            if self._dice.random() < 0.5:
                self._decide_alone(scans)
        told = self._told(scans)
        if self._dice.random() < 0.05:
            self.happened["told again"] += 1
            again = self._told(scans)
            assert _results(again) == _results(told), "told again, it was answered in another way"
        for answer in told:
            self.answers[answer["sequence"]] = answer

    def _decide_alone(self, scans: list[dict[str, Any]]) -> None:
        self.happened["decided alone"] += len(scans)
        for scan in scans:
            scan["offline"] = True

    def _told(self, scans: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for _ in range(TRIES_MAX):
            try:
                self._send(scans)
                response = self._connection.getresponse()
                said = response.read()
            except (OSError, http.client.HTTPException):
                self._connection.close()
                self.happened["broken connections"] += 1
                continue
            assert response.status == 200, f"{response.status}: {said[:300]!r}"
            answers: list[dict[str, Any]] = json.loads(said)["answers"]
            assert [one["sequence"] for one in answers] == [one["sequence"] for one in scans]
            return answers
        raise AssertionError("it was never answered")

    def _send(self, scans: list[dict[str, Any]]) -> None:
        told = {
            "device": self._gate["device"],
            "door": self._gate["door"],
            "device_now": _now(),
            "screenings": [self._plan["screening"]],
            "scans": scans,
        }
        headers = {"Authorization": f"Bearer {self._plan['key']}", "Content-Type": "application/json"}
        self._connection.request("POST", PATH, body=json.dumps(told), headers=headers)


def _results(answers: list[dict[str, Any]]) -> list[str]:
    return [one["result"] for one in answers]


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _play() -> None:
    plan = json.loads(sys.stdin.readline())
    gates = {each["device"]: Gate(plan, each) for each in plan["gates"]}
    errors: list[str] = []

    def work(gate: Gate) -> None:
        try:
            gate.work()
        except Exception as error:  # noqa: BLE001 - told to the test, which fails
            errors.append(repr(error))

    threads = [threading.Thread(target=work, args=(gate,)) for gate in gates.values()]
    _say("ready")
    sys.stdin.readline()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    happened: Counter[str] = Counter()
    for gate in gates.values():
        happened += gate.happened
    answers = {device: gate.answers for device, gate in gates.items()}
    _say(json.dumps({"answers": answers, "happened": happened, "errors": errors}))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _play()
