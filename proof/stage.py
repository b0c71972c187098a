"""Where a scenario plays: Matinee's processes, a mail server, buyers; and the questions that end every scenario."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from matinee.kernel import clock
from proof.asking import Line
from proof.checker import check_history
from proof.committed import Committed, count_waiting, end_holds, let_mails_go, read_committed, seat_states
from proof.crowd import REST_SECONDS, Crowd
from proof.history import Record, is_no_answer
from proof.house import House, build_house
from proof.invariants import (
    done_once,
    every_mail_arrived,
    mails_came_once,
    money_adds_up,
    no_hold_is_left,
    no_hold_outlives_its_time,
    no_seat_twice,
    nothing_acknowledged_lost,
    nothing_half_done,
)
from proof.mail_front import MailFront, running_mail_front
from proof.scenario import Outcome, Plan, first_fault
from tests.race.processes import MatineeProcess, WebServer, settings_for, wait_until

SCREENINGS = 120
SEATS = 40
BUYERS = 8
MAILS_SECONDS_MAX = 240.0
TIDY_SECONDS_MAX = 90.0
# One answer takes half a minute at the most.
ANSWERED_SECONDS_MAX = 30.0
SEATS_AT_ONCE = 10


class Stage:
    """Used as a context: everything that was started is ended with it."""

    def __init__(
        self,
        plan: Plan,
        outcome: Outcome,
        url: str,
        *,
        served_url: str | None = None,
        extra: Mapping[str, str] | None = None,
        house: House | None = None,
    ) -> None:
        """`url`: of the database, for looking at it. `served_url`: by which Matinee reaches it. `extra`: the environment."""
        self.outcome = outcome
        self.url = url
        self.folder = plan.folder / f"{outcome.scenario}-{outcome.database}".replace(" ", "-")
        self.folder.mkdir(exist_ok=True)
        self._plan = plan
        self.house = house or build_house(url, screenings=SCREENINGS, seats=SEATS, people=BUYERS)
        self._mail = running_mail_front()
        self.mail: MailFront = self._mail.__enter__()
        self.settings = {
            **settings_for(
                served_url or url,
                self.folder / "data",
                smtp_url=f"smtp://127.0.0.1:{self.mail.port}",
                hold_minutes="1",
            ),
            **(extra or {}),
        }
        self.web = WebServer(self.settings, self.folder / "web.log", workers=2)
        self.worker = MatineeProcess(["worker"], self.settings, self.folder / "worker.log")
        # What the scenario itself asked beside the buyers.
        self.noted: list[Record] = []
        self._crowd: Crowd | None = None

    def __enter__(self) -> Stage:
        try:
            self.web.start()
            self.worker.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._crowd is not None:
            self._crowd.kill()
        for process in (self.web, self.worker):
            if process.is_running():
                process.kill()
        self._mail.__exit__(None, None, None)

    def sell(self, *, rest_seconds: float = REST_SECONDS) -> Crowd:
        """Let the buyers begin."""
        history = self.folder / "history.jsonl"
        self._crowd = Crowd(
            self.house, self.web.port, history, seed=self._plan.seed, rest_seconds=rest_seconds
        )
        return self._crowd

    def sell_for(self, seconds: float) -> None:
        """Let as many seconds pass, and somebody be answered; a sale that stands still breaks the scenario off."""
        crowd = self._crowd
        assert crowd is not None
        before = crowd.done()
        time.sleep(seconds)
        wait_until("somebody is answered", lambda: crowd.done() > before, ANSWERED_SECONDS_MAX)
        self.outcome.count("answered meanwhile", crowd.done() - before)

    def records(self) -> list[Record]:
        """What the buyers were answered, once all of them have come to an end."""
        assert self._crowd is not None
        return [*self._crowd.end(), *self.noted]

    def close(
        self,
        records: Sequence[Record] | None = None,
        *,
        steady_clock: bool = True,
        waits_for_holds: bool = False,
        duplicates_max: Callable[[], int] = lambda: 0,
    ) -> None:
        """The end of every scenario: everybody has an answer; then all promises are asked for.

        `records`: where other buyers played than those of `sell`. `waits_for_holds`: whether the minute is waited for, after
        which the last holds are over; else their ends are set. `duplicates_max`: how many mails may have come twice; asked
        when all are sent.
        """
        records = self.records() if records is None else records
        count_records(self.outcome, records)
        committed = read_committed(self.url)
        looked_at = time.monotonic()
        self.outcome.blame(
            *check_history(
                records, seat_states(committed, records), looked_at=looked_at, steady_clock=steady_clock
            )
        )
        self._ask_for_promises(committed, records)
        if steady_clock:
            self.outcome.blame(*no_hold_outlives_its_time(committed))
        self._let_holds_end(waits=waits_for_holds)
        self._let_mails_arrive()
        # Again, with all of it tidied.
        committed = read_committed(self.url)
        self._ask_for_promises(committed, records)
        self.outcome.blame(*no_hold_is_left(committed))
        self._look_at_mails(committed, duplicates_max())
        self._let_seats_come_back(records)
        self._look_at_logs()

    def _ask_for_promises(self, committed: Committed, records: Sequence[Record]) -> None:
        self.outcome.blame(
            *no_seat_twice(committed),
            *nothing_half_done(committed),
            *nothing_acknowledged_lost(committed, records),
            *done_once(committed, records),
            *money_adds_up(committed),
        )

    def _look_at_mails(self, committed: Committed, duplicates_max: int) -> None:
        arrived = self.mail.arrived()
        self.outcome.blame(
            *every_mail_arrived(committed, arrived), *mails_came_once(arrived, explained=duplicates_max)
        )
        self.outcome.count("mails", len(arrived), needed=True)
        self.outcome.count("mails twice", arrived.total() - len(arrived))

    def _let_holds_end(self, *, waits: bool) -> None:
        if waits:
            ends = [
                o.hold_expires_at for o in read_committed(self.url).orders if o.hold_expires_at is not None
            ]
            left = (max(ends) - clock.now()).total_seconds() if ends else 0.0
            self.outcome.count("seconds waited for holds", max(0, int(left)))
            time.sleep(max(0.0, left))
        else:
            end_holds(self.url)

        def tidied() -> bool:
            return not any(order.hold_expires_at for order in read_committed(self.url).orders)

        wait_until("the worker has tidied the holds", tidied, TIDY_SECONDS_MAX, 1.0)

    def _let_mails_arrive(self) -> None:
        # A worker that runs has leases of its own, which must not be ended under its hands.
        self.worker.stop()
        let_mails_go(self.url)
        self.worker.start()
        wait_until("every mail is sent", lambda: count_waiting(self.url) == 0, MAILS_SECONDS_MAX, 0.5)

    def _let_seats_come_back(self, records: Sequence[Record]) -> None:
        """Every seat that is not sold can be held, those of unfinished holds among them."""
        committed = read_committed(self.url)
        sold = {(claim.screening_id, claim.label) for claim in committed.claims if claim.expires_at is None}
        once_held = {
            (each.screening, label)
            for each in records
            if each.kind == "hold" and each.result == "done"
            for label in each.seats
        }
        name, token = self.house.people[0]
        line = Line(self.web.port, {"Authorization": f"Bearer {token}"}, may_go_on=lambda: False)
        for screening in sorted({record.screening for record in records}):
            free = [label for label in self.house.labels if (screening, label) not in sold]
            for first in range(0, len(free), SEATS_AT_ONCE):
                labels = free[first : first + SEATS_AT_ONCE]
                asked = line.ask(
                    "POST",
                    "/api/v1/holds",
                    {"screening": screening, "seats": [{"label": one} for one in labels]},
                )
                if asked.status != 201:
                    self.outcome.blame(
                        f"seats that nobody has cannot be held by {name}: {screening} {labels} {asked}"
                    )
            back = sum((screening, label) in once_held for label in free)
            self.outcome.count("seats that came back", back, needed=True)

    def _look_at_logs(self) -> None:
        for log in sorted(self.folder.glob("*.log")):
            fault = first_fault(log.read_text(errors="replace"))
            if fault:
                self.outcome.blame(f"{log.name} tells of a fault: {fault}")


def count_records(outcome: Outcome, records: Sequence[Record]) -> None:
    """What the buyers met."""
    tries = [tried for record in records for tried in record.tries]
    outcome.count("requests", len(tries), needed=True)
    outcome.count("sold", sum(r.result == "done" and r.kind in ("pay", "buy") for r in records), needed=True)
    outcome.count("refused", sum(r.result == "refused" for r in records))
    outcome.count("no answer", sum(tried.status == 0 for tried in tries))
    outcome.count("503", sum(tried.status == 503 for tried in tries))
    outcome.count("in doubt, then answered", sum(r.in_doubt and r.result != "unknown" for r in records))
    outcome.count("never answered", sum(r.result == "unknown" for r in records))
    faults = [tried for tried in tries if tried.status >= 500 and tried.status != 503]
    if faults:
        outcome.blame(f"{len(faults)} answers were {sorted({tried.status for tried in faults})}")
    unexpected = [
        tried for r in records for tried in r.tries
        if tried.status >= 400 and not is_no_answer(tried.status, tried.code) and tried.status not in (404, 409)
    ]  # fmt: skip
    if unexpected:
        outcome.blame(f"{len(unexpected)} answers like {unexpected[0]}")
