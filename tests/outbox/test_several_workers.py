"""Workers in processes of their own, on one outbox."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from tests.mail_server import MailServer
from tests.outbox.opened import enqueue_notes, open_delivery, rows

REPOSITORY = Path(__file__).parents[2]
MAILS = 400


def start_worker(database_url: str, mail_server: MailServer, data_dir: Path) -> subprocess.Popen[str]:
    """A worker that waits for a line before it begins."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.outbox.deliver_all", database_url,
         f"smtp://127.0.0.1:{mail_server.port}", str(data_dir)],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'src'}"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_two_workers_send_every_mail_once(
    transactions: Transactions, database_url: str, mail_server: MailServer, data_dir: Path
) -> None:
    enqueue_notes(transactions, *[f"guest{number}@example.org" for number in range(MAILS)])
    workers = [start_worker(database_url, mail_server, data_dir) for _ in range(2)]
    for process in workers:
        let_go(process)
    sent = [int(process.communicate(timeout=120)[0]) for process in workers]
    assert [process.returncode for process in workers] == [0, 0]
    assert sum(sent) == MAILS
    # Both had a share, or the test would prove nothing.
    assert min(sent) > 0
    arrived = Counter(received.recipients[0] for received in mail_server.received)
    assert arrived == Counter({f"guest{number}@example.org": 1 for number in range(MAILS)})
    assert all(message.attempts == 1 and message.sent_at for message in rows(transactions))


def test_a_worker_that_is_killed_loses_no_mail_and_a_duplicate_shows(
    transactions: Transactions,
    database_url: str,
    mail_server: MailServer,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enqueue_notes(transactions, *[f"guest{number}@example.org" for number in range(30)])
    killed_at = 7
    reached = threading.Event()
    gone = threading.Event()

    def hold_the_seventh(_received: Any) -> str | None:
        if len(mail_server.received) == killed_at - 1 and not reached.is_set():
            reached.set()
            gone.wait(30)
        return None

    mail_server.data_answer = hold_the_seventh
    process = start_worker(database_url, mail_server, data_dir)
    let_go(process)
    assert reached.wait(30)
    process.kill()
    process.wait(30)
    gone.set()
    process.communicate()
    assert sum(message.sent_at is not None for message in rows(transactions)) == killed_at - 1

    delivery = open_delivery(transactions, f"smtp://127.0.0.1:{mail_server.port}", data_dir)
    # Those that were not leased leave at once, the others when the lease has run out.
    assert delivery.deliver_all_due().sent == 10
    later = clock.now() + timedelta(seconds=delivery.lease_seconds + 1)
    monkeypatch.setattr(delivery, "_now", lambda: later)
    assert delivery.deliver_all_due().sent == 30 - 10 - (killed_at - 1)
    assert all(message.sent_at is not None for message in rows(transactions))
    message_ids: dict[str, set[str]] = {}
    for received in mail_server.received:
        message_ids.setdefault(received.recipients[0], set()).add(received.mail["Message-ID"])
    assert len(message_ids) == 30
    assert all(len(ids) == 1 for ids in message_ids.values())
