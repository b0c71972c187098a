"""A machine's clock that jumps hours forward and back while seats are sold: holds, sessions, leases of the outbox."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select

from matinee.accounts.models import User
from matinee.accounts.sessions import start_session
from matinee.kernel import clock
from proof.asking import Asked, Line
from proof.databases import fresh_databases
from proof.history import Record, unknown_owner
from proof.jumping_clock import JumpingClock
from proof.scenario import Outcome, Plan
from proof.stage import Stage
from tests.race.ledger import opened
from tests.race.processes import running_worker, wait_until

# Hours from the right time. People's sessions last for three days, and screenings begin in three.
JUMPS = (2, -3, 20, -20, 1, 0)
LEASES_SECONDS_MAX = 60.0


def run(plan: Plan) -> Iterator[Outcome]:
    """On both databases."""
    for database, url in fresh_databases(plan, "clocks"):
        outcome = Outcome("clocks", database)
        jumping = JumpingClock(plan.folder / f"clock-{database}")
        with Stage(plan, outcome, url, extra=jumping.environment) as stage:
            _look_whether_it_jumps(stage, jumping)
            _try_holds(stage, jumping)
            _try_sessions(stage, jumping)
            stage.sell()
            with _second_worker_takes_leases(stage, jumping):
                _jump_about(plan, stage, jumping)
            # A mail whose lease time jumped over is another worker's, and may be sent twice.
            stage.close(steady_clock=False, duplicates_max=lambda: _leases_lost(stage))
        yield outcome


def _jump_about(plan: Plan, stage: Stage, jumping: JumpingClock) -> None:
    chance = random.Random(plan.seed)
    jumps = list(JUMPS[:-1])
    chance.shuffle(jumps)
    for hours in [*jumps, JUMPS[-1]]:
        jumping.jump_to(hours)
        stage.outcome.count("jumps", 1, needed=True)
        stage.sell_for(plan.seconds / len(JUMPS))


@contextmanager
def _second_worker_takes_leases(stage: Stage, jumping: JumpingClock) -> Iterator[None]:
    """Time jumps over the leases of a worker whose mails are on their way to a silent server: they are another's then.

    The second worker stays for as long as the block lasts.
    """
    stage.mail.set_mode("hang")
    wait_until("a worker waits for a silent server", lambda: stage.mail.met["hang"] > 0, LEASES_SECONDS_MAX)
    jumping.jump_to(1)
    with running_worker(stage.settings, stage.folder / "second-worker.log"):
        wait_until(
            "the second worker takes its mails", lambda: stage.mail.met["hang"] > 1, LEASES_SECONDS_MAX
        )
        stage.mail.set_mode("good")
        wait_until("the first worker notices", lambda: _leases_lost(stage) > 0, LEASES_SECONDS_MAX)
        yield
    stage.outcome.count("leases of mails that time jumped over", _leases_lost(stage), needed=True)


def _leases_lost(stage: Stage) -> int:
    return sum(log.read_text().count("passed to another worker") for log in stage.folder.glob("*worker.log"))


class _Person:
    """Somebody who asks beside the buyers, for one seat of the last screening; it is noted for the checker."""

    def __init__(self, stage: Stage, number: int, label: str) -> None:
        self.name, token = stage.house.people[number]
        self._stage = stage
        self._label = label
        self._showing = stage.house.priced[-1]
        self._line = _line(stage, token)

    def hold(self) -> Asked:
        wanted = {"screening": self._showing.id, "seats": [{"label": self._label}]}
        asked = self._line.ask("POST", "/api/v1/holds", wanted)
        held = asked.result == "done"
        owner = str(asked.body["code"]) if held else unknown_owner(self.name, [self._label])
        self._note("hold", owner, asked)
        return asked

    def pay(self, held: Asked) -> Asked:
        code = str(held.body["code"])
        asked = self._line.ask(
            "POST", f"/api/v1/orders/{code}/payments", {"provider": "counter", "received": True}
        )
        self._note("pay", code, asked)
        return asked

    def _note(self, kind: str, owner: str, asked: Asked) -> None:
        not_free = (self._label,) if asked.body.get("code") == "unavailable" else ()
        self._stage.noted.append(
            Record(
                self.name, kind, owner, self._showing.id, (self._label,), asked.result, tuple(asked.tries),
                not_free=not_free,
            )
        )  # fmt: skip


def _line(stage: Stage, token: str) -> Line:
    return Line(stage.web.port, {"Authorization": f"Bearer {token}"}, may_go_on=lambda: False)


def _look_whether_it_jumps(stage: Stage, jumping: JumpingClock) -> None:
    """Else all that follows would prove nothing."""
    jumping.jump_to(5)
    held = _Person(stage, 0, "1").hold()
    jumping.jump_to(0)
    expires = datetime.fromisoformat(held.body["expires_at"])
    assert expires - clock.now() > timedelta(hours=4.9), (
        f"the clock of the web server did not jump: {expires}"
    )


def _try_holds(stage: Stage, jumping: JumpingClock) -> None:
    """A hold is over once the clock has passed its end, and back in time it is not revived once its seat is sold."""
    first, second = _Person(stage, 0, "10"), _Person(stage, 1, "10")
    held = first.hold()
    if second.hold().status != 409:
        stage.outcome.blame("a seat that is held could be held again")
    jumping.jump_to(2)
    later = second.hold()
    if later.status != 201:
        stage.outcome.blame(f"two hours later a hold is still there: {later}")
        return
    paid = second.pay(later)
    jumping.jump_to(0)
    late = first.pay(held)
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
