from __future__ import annotations

from datetime import datetime, timedelta

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.heartbeat import sign_heartbeat, sign_off, worker_seen_at


def sign(transactions: Transactions, name: str, at: datetime) -> None:
    transactions.write(lambda session: sign_heartbeat(session, name=name, started_at=at, now=at))


def test_the_latest_worker_is_seen_and_those_of_yesterday_are_forgotten(transactions: Transactions) -> None:
    now = clock.now()
    assert transactions.read(worker_seen_at) is None
    sign(transactions, "old:1", now - timedelta(hours=25))
    assert transactions.read(worker_seen_at) == now - timedelta(hours=25)
    sign(transactions, "b:2", now - timedelta(minutes=1))
    sign(transactions, "c:3", now)
    assert transactions.read(worker_seen_at) == now
    transactions.write(lambda session: sign_off(session, name="c:3"))
    assert transactions.read(worker_seen_at) == now - timedelta(minutes=1)
    transactions.write(lambda session: sign_off(session, name="b:2"))
    # The one of yesterday went when another signed.
    assert transactions.read(worker_seen_at) is None


def test_a_worker_that_signs_again_keeps_one_row(transactions: Transactions) -> None:
    now = clock.now()
    sign(transactions, "a:1", now)
    sign(transactions, "a:1", now + timedelta(seconds=5))
    assert transactions.read(worker_seen_at) == now + timedelta(seconds=5)
