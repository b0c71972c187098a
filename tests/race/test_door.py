"""Twenty scanners at the doors of one screening: each ticket comes in once, and every other time it is said who was first"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matinee.accounts.api_keys import create_api_key
from matinee.accounts.callers import Caller
from matinee.accounts.scopes import SCOPES
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.orders import new_order_code
from matinee.boxoffice.tickets import new_ticket_id
from matinee.door.models import Admission, DoorScan
from matinee.kernel import clock
from matinee.programme.models import Screening, Seat
from tests.race.ledger import build_house, opened
from tests.race.processes import ROOT, running_server, settings_for

TICKETS = 3_000
PER_ORDER = 3
GATES = 20
PROCESSES = 4
# Some forty are enough where nobody else is at work on the machine.
SECONDS_MAX = 280.0


def sell_everything(session: Session) -> tuple[int, list[str]]:
    """Sell every seat of the screening, which begins now; return its id and the tickets."""
    now = clock.now()
    session.execute(update(Screening).values(starts_at=now, ends_at=now + timedelta(minutes=94)))
    screening = session.scalars(select(Screening.id)).one()
    seats = session.scalars(select(Seat.id).order_by(Seat.id)).all()
    order = {"screening_id": screening, "state": "paid", "channel": "site", "seats_asked": PER_ORDER,
             "seats_claimed": PER_ORDER, "total_amount": 0, "currency": "EUR", "created_at": now}  # fmt: skip
    session.execute(
        insert(Order), [{**order, "code": new_order_code()} for _ in range(len(seats) // PER_ORDER)]
    )
    orders = session.scalars(select(Order.id).order_by(Order.id)).all()
    tickets = [
        {"id": new_ticket_id(), "order_id": orders[number // PER_ORDER], "screening_id": screening,
         "seat_id": seat, "state": "valid", "amount": 0, "created_at": now}
        for number, seat in enumerate(seats)
    ]  # fmt: skip
    session.execute(insert(Ticket), tickets)
    return screening, [str(ticket["id"]) for ticket in tickets]


def scan_all(plan: Mapping[str, Any], gates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let all scanners begin at once; what each process of them says at the end."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.race.gates"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    try:
        for number, process in enumerate(processes):
            assert process.stdin is not None
            process.stdin.write(json.dumps({**plan, "gates": gates[number::PROCESSES]}) + "\n")
            process.stdin.flush()
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=SECONDS_MAX)[0]) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.timeout(400)
def test_each_ticket_is_admitted_once_and_every_repeat_is_named(postgresql_url: str, tmp_path: Path) -> None:
    dice = random.Random(6)
    build_house(postgresql_url, seats=TICKETS, people=1)
    with opened(postgresql_url) as session:
        screening, tickets = sell_everything(session)
        creator = Caller(identity="test", name="test", scopes=frozenset(SCOPES))
        key = create_api_key(
            session, name="gates", scopes=["admissions:write"], creator=creator, expires_at=None, now=clock.now()
        )[1]  # fmt: skip
    shown = [ticket for ticket in tickets for _ in range(dice.randint(1, 3))]
    dice.shuffle(shown)
    gates: list[dict[str, Any]] = [
        {"device": f"gate-{number}", "door": f"Door {number % 5}", "codes": shown[number::GATES]}
        for number in range(GATES)
    ]

    with running_server(settings_for(postgresql_url, tmp_path / "data"), tmp_path / "log") as server:
        told = scan_all({"port": server.port, "key": key, "screening": screening}, gates)

    assert [error for each in told for error in each["errors"]] == []
    answers = {
        (device, int(number)): answer
        for each in told
        for device, of_device in each["answers"].items()
        for number, answer in of_device.items()
    }
    happened = sum((Counter(each["happened"]) for each in told), Counter[str]())
    check(postgresql_url, gates, answers, tickets)
    results = Counter(answer["result"] for answer in answers.values())
    # A run in which nobody met anybody would say nothing.
    assert results["already_in"] > TICKETS / 2, results
    assert results["conflict"] > TICKETS / 50, results
    for what in ("single scans", "batches", "lost answers", "decided alone", "told again"):
        assert happened[what] > 20, happened


def check(
    url: str,
    gates: list[dict[str, Any]],
    answers: Mapping[tuple[str, int], dict[str, Any]],
    tickets: list[str],
) -> None:
    """What every scanner was told in the end is what is kept, and each ticket is in once."""
    shown = {
        (gate["device"], number): (code, gate["door"])
        for gate in gates
        for number, code in enumerate(gate["codes"], 1)
    }
    with opened(url) as session:
        inside = {one.ticket_id: one for one in session.scalars(select(Admission))}
        rows = {(row.device, row.sequence): row for row in session.scalars(select(DoorScan))}
        # Nothing is lost, and nothing is kept twice.
        assert set(rows) == set(shown) == set(answers)
        assert set(inside) == set(tickets)
        by_ticket = defaultdict(list)
        for scan, answer in answers.items():
            code, door = shown[scan]
            row, admission = rows[scan], inside[code]
            by_ticket[code].append(answer["result"])
            assert (row.result, row.ticket_id, row.door) == (answer["result"], code, door)
            if answer["result"] == "welcome":
                assert (admission.scan_id, admission.door) == (row.id, door)
                continue
            assert answer["result"] == ("conflict" if row.offline else "already_in")
            assert datetime.fromisoformat(answer["first_at"]) == admission.admitted_at
            assert answer["first_door"] == admission.door
        assert {results.count("welcome") for results in by_ticket.values()} == {1}
