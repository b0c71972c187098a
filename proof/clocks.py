"""A machine's clock that jumps hours forward and back while seats are sold: holds, sessions, leases of the outbox."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from matinee.accounts.models import User
from matinee.accounts.sessions import start_session
from matinee.kernel import clock
from proof.asking import Line
from proof.databases import fresh_databases
from proof.jumping_clock import JumpingClock
from proof.needs import find_faketime
from proof.scenario import Outcome, Plan
from proof.stage import Stage
from tests.race.ledger import opened

# Hours from the right time. People's sessions last for three days, and screenings begin in three.
JUMPS = (2, -3, 20, -20, 1, 0)


def run(plan: Plan) -> Iterator[Outcome]:
    """On both databases."""
    library = find_faketime()
    for database, url in fresh_databases(plan, "clocks"):
        outcome = Outcome("clocks", database)
        jumping = JumpingClock(library, plan.folder / f"clock-{database}")
        with Stage(plan, outcome, url, extra=jumping.environment) as stage:
            _look_whether_it_jumps(stage, jumping)
            _try_holds(stage, jumping)
            _try_sessions(stage, jumping)
            stage.sell()
            _jump_about(plan, stage, jumping)
            # A lease of the outbox that time jumped over is another's: the mail may be sent twice.
            stage.close(steady_clock=False, duplicates_max=len(JUMPS) * 20)
        yield outcome


def _jump_about(plan: Plan, stage: Stage, jumping: JumpingClock) -> None:
    chance = random.Random(plan.seed)
    jumps = list(JUMPS[:-1])
    chance.shuffle(jumps)
    for number, hours in enumerate([*jumps, JUMPS[-1]]):
        # One jump comes while mails are on their way to a server that does not answer.
        stage.mail.set_mode("busy" if number == 1 else "good")
        jumping.jump_to(hours)
        stage.outcome.count("jumps", 1, needed=True)
        stage.sell_for(plan.seconds / len(JUMPS))
    stage.mail.set_mode("good")


def _line(stage: Stage, token: str) -> Line:
    return Line(stage.web.port, {"Authorization": f"Bearer {token}"}, may_go_on=lambda: False)


def _hold(stage: Stage, line: Line, label: str) -> tuple[int, str, datetime | None]:
    wanted = {"screening": stage.house.priced[-1].id, "seats": [{"label": label}]}
    asked = line.ask("POST", "/api/v1/holds", wanted)
    expires = datetime.fromisoformat(asked.body["expires_at"]) if asked.status == 201 else None
    return asked.status, str(asked.body.get("code", "")), expires


def _look_whether_it_jumps(stage: Stage, jumping: JumpingClock) -> None:
    """Else all that follows would prove nothing."""
    jumping.jump_to(5)
    status, _, expires = _hold(stage, _line(stage, stage.house.people[0][1]), "1")
    assert status == 201, status
    assert expires is not None
    assert expires - clock.now() > timedelta(hours=4.9), (
        f"the clock of the web server did not jump: {expires}"
    )
    jumping.jump_to(0)
    stage.outcome.count("holds that began in another hour", 1)


def _try_holds(stage: Stage, jumping: JumpingClock) -> None:
    """A hold is over once the clock has passed its end, and back in time it is not revived once its seat is sold."""
    first, second = (_line(stage, token) for _, token in stage.house.people[:2])
    status, code, _ = _hold(stage, first, "10")
    assert status == 201, status
    if _hold(stage, second, "10")[0] != 409:
        stage.outcome.blame("a seat that is held could be held again")
    jumping.jump_to(2)
    status, later, _ = _hold(stage, second, "10")
    if status != 201:
        stage.outcome.blame(f"two hours later a hold is still there: {status} {later}")
    paid = second.ask("POST", f"/api/v1/orders/{later}/payments", {"provider": "counter", "received": True})
    jumping.jump_to(0)
    late = first.ask("POST", f"/api/v1/orders/{code}/payments", {"provider": "counter", "received": True})
    if paid.status != 201 or late.status != 409:
        stage.outcome.blame(
            f"the seat was sold with {paid.status}, and to the other back in time with {late.status}"
        )
    stage.outcome.count("holds that a jump ended", 1, needed=True)


def _try_sessions(stage: Stage, jumping: JumpingClock) -> None:
    """A session of an hour is over two hours later."""
    name, _ = stage.house.people[0]
    with opened(stage.url) as session:
        user = session.scalars(select(User).where(User.username == name)).one()
        token, _ = start_session(session, user=user, lifetime=timedelta(hours=1), now=clock.now())
    line = _line(stage, token)
    before = line.ask("GET", "/api/v1/me", keyed=False).status
    jumping.jump_to(2)
    after = line.ask("GET", "/api/v1/me", keyed=False).status
    jumping.jump_to(0)
    if (before, after) != (200, 401):
        stage.outcome.blame(f"a session of an hour: {before}, and two hours later {after}")
    stage.outcome.count("sessions that a jump ended", 1, needed=True)
