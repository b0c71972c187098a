from __future__ import annotations

from datetime import timedelta

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.heartbeat import sign_heartbeat, sign_off, worker_seen_at


def test_the_latest_worker_is_seen_and_those_of_yesterday_are_forgotten(transactions: Transactions) -> None:
    now = clock.now()
    assert transactions.read(worker_seen_at) is None
    for name, age in (("old:1", timedelta(hours=25)), ("b:2", timedelta(minutes=1)), ("c:3", timedelta(0))):
        at = now - age
        transactions.write(
            lambda session, name=name, at=at: sign_heartbeat(session, name=name, started_at=at, now=at)  #
            type: ignore[misc] ) assert transactions.read(worker_seen_at) == now transactions.write(lambda
            session: sign_off(session, name="c:3")) assert transactions.read(worker_seen_at) == now -
            timedelta(minutes=1) transactions.write(lambda session: sign_off(session, name="b:2")) # The one
            of yesterday went when another signed. assert transactions.read(worker_seen_at) is None


def test_a_worker_that_signs_again_keeps_one_row(transactions: Transactions) -> None:
    now = clock.now()
    for seconds in (0, 5):
        at = now + timedelta(seconds=seconds)
        transactions.write(
            lambda session, at=at: sign_heartbeat(session, name="a:1", started_at=now, now=at)  # type: ignore[misc]
        )
    assert transactions.read(worker_seen_at) == now + timedelta(seconds=5)
