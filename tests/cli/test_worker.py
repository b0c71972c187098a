from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from matinee.accounts.codes import send_code
from matinee.accounts.models import User, UserSession
from matinee.accounts.sessions import start_session
from matinee.accounts.users import store_user
from matinee.boxoffice.sales import sell_seats
from matinee.kernel import clock
from matinee.outbox.heartbeat import worker_seen_at
from matinee.outbox.messages import enqueue_message
from matinee.outbox.models import Message
from matinee.outbox.webhooks.endpoints import register_endpoint
from matinee.web.shared.services import Services
from matinee.web.v1.models import IdempotentRequest
from tests.building import NUMBERS, Buyer, House, on_one_database
from tests.databases import PostgresServer, free_port
from tests.mail_server import BadServer, running_mail_server
from tests.outbox.opened import opened_transactions
from tests.webhook_receiver import raw_server, running_receiver

# The command by its module: what is tested is the worker, not the list of commands.
COMMAND = [sys.executable, "-c", "from matinee.cli.worker import worker; worker(prog_name='worker')"]
SECONDS_MAX = 30
# Also where Matinee is not installed but only lies beside the tests.
PATHS = {
    "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2] / "src"), os.environ.get("PYTHONPATH", "")])
}


def queue_code(session: Session, username: str = "anna@example.org") -> int:
    """A user and the mail with a confirmation code; return the id of the row."""
    user = store_user(session, username=username, password_hash="x", now=clock.now())
    send_code(session, user=user, purpose="confirm", lifetime=timedelta(hours=24), now=clock.now())
    return session.scalars(select(Message.id).order_by(Message.id.desc())).first() or 0


def message(services: Any, message_id: int) -> Message:
    return services.transactions.read(lambda session: session.get_one(Message, message_id))  # type: ignore[no-any-return]


def wait_until(fact: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + SECONDS_MAX
    while not fact():
        assert time.monotonic() < ends, f"{what} did not happen within {SECONDS_MAX} s"
        time.sleep(0.05)


def run_once(environment: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--once"],
        env={**environment, **PATHS, **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextlib.contextmanager
def running_worker(environment: dict[str, str], **more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND], env={**environment, **PATHS, **more}, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def stop_in_order(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> str:
    """Ask it to stop; return what it logged."""
    process.send_signal(how)
    log = process.communicate(timeout=SECONDS_MAX)[1]
    assert process.returncode == 0, log
    return log


def test_once_delivers_what_is_due_and_tidies(services: Services, environment: dict[str, str]) -> None:
    def work(session: Session) -> int:
        long_ago = clock.now() - timedelta(days=3)
        user = store_user(session, username="old@example.org", password_hash="x", now=long_ago)
        start_session(session, user=user, lifetime=timedelta(hours=1), now=long_ago)
        expired = {"created_at": long_ago, "expires_at": long_ago + timedelta(hours=24)}
        session.add(IdempotentRequest(key_hash="x", request_hash="x", **expired))
        for number in range(25):
            queue_code(session, f"guest{number}@example.org")
        return queue_code(session)

    message_id = services.transactions.write(work)
    done = run_once(environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Mails: 26 sent, 0 to be tried again, 0 given up.\n"
    assert message(services, message_id).sent_at is not None
    files = list(Path(environment["MATINEE_DATA_DIR"], "mails").glob("*.eml"))
    assert len(files) == 26
    assert str(files[0].name) in done.stderr
    for tidied in (UserSession, IdempotentRequest):
        count = select(func.count()).select_from(tidied)
        assert services.transactions.read(lambda session, count=count: session.scalar(count)) == 0
    assert services.transactions.read(worker_seen_at) is not None


def test_once_ends_well_when_the_mail_server_is_away(services: Services, environment: dict[str, str]) -> None:
    message_id = services.transactions.write(queue_code)
    done = run_once(environment, MATINEE_SMTP_URL=f"smtp://127.0.0.1:{free_port()}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Mails: 0 sent, 1 to be tried again, 0 given up.\n"
    assert message(services, message_id).attempts == 1


def test_nothing_secret_is_logged(services: Services, environment: dict[str, str]) -> None:
    message_id = services.transactions.write(queue_code)
    code = message(services, message_id).payload["code"]
    done = run_once(environment)
    assert "handed over" in done.stderr
    assert code not in done.stderr + done.stdout
    assert "anna@example.org" not in done.stderr + done.stdout


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_running_worker_delivers_soon_shows_that_it_lives_and_stops_in_order(
    services: Services, environment: dict[str, str], how: signal.Signals
) -> None:
    with running_mail_server() as server:
        with running_worker(environment, MATINEE_SMTP_URL=f"smtp://127.0.0.1:{server.port}") as process:
            wait_until(lambda: services.transactions.read(worker_seen_at), "a sign of life")
            before = time.monotonic()
            message_id = services.transactions.write(queue_code)
            wait_until(lambda: server.received, "a mail")
            # A second when all is well; the bound is for a machine that is busy with other tests.
            assert time.monotonic() - before < 10
            wait_until(lambda: message(services, message_id).sent_at, "the record")
            stop_in_order(process, how)
        assert services.transactions.read(worker_seen_at) is None
        assert len(server.received) == 1


def test_a_worker_told_to_stop_breaks_a_mail_off_that_hangs(
    services: Services, environment: dict[str, str]
) -> None:
    hanging = BadServer(lambda connection: time.sleep(60))
    try:
        message_id = services.transactions.write(queue_code)
        with running_worker(environment, MATINEE_SMTP_URL=f"smtp://127.0.0.1:{hanging.port}") as process:
            wait_until(lambda: hanging.connections, "a connection")
            stop_in_order(process)
    finally:
        hanging.close()
    kept = message(services, message_id)
    assert (kept.sent_at, kept.failed_at, kept.lease) == (None, None, None)


def test_a_worker_outlives_a_database_that_goes_away(own_postgres: PostgresServer, tmp_path: Path) -> None:
    url = own_postgres.url("matinee")
    with running_mail_server() as server:
        environment = {
            **os.environ,
            "MATINEE_DATABASE_URL": url,
            "MATINEE_DATA_DIR": str(tmp_path / "data"),
            "MATINEE_SMTP_URL": f"smtp://127.0.0.1:{server.port}",
        }
        with running_worker(environment) as process:
            with opened_transactions(url) as transactions:
                wait_until(lambda: transactions.read(worker_seen_at), "a sign of life")
            own_postgres.stop(signal.SIGQUIT)
            time.sleep(2)
            assert process.poll() is None
            own_postgres.start()
            with opened_transactions(url) as transactions:
                transactions.write(queue_code)
                wait_until(lambda: server.received, "a mail")
            assert "the database is away" in stop_in_order(process)


def sell_one_seat(session: Session, house: House, buyer: Buyer, label: str) -> None:
    sell_seats(
        session, screening_id=house.second_hall, labels=[label], buyer=session.get_one(User, buyer.id),
        currency="UAH", channel="v1", now=clock.now(),
    )  # fmt: skip


def register(session: Session, url: str, event: str) -> None:
    register_endpoint(session, url=url, events=[event], private_allowed=True, now=clock.now())


def test_a_slow_endpoint_keeps_neither_mail_nor_other_endpoints_waiting(
    services: Services, environment: dict[str, str], house: House, buyer: Buyer
) -> None:
    def work(session: Session, slow_port: int, other_url: str) -> None:
        register(session, f"http://127.0.0.1:{slow_port}/", "order.paid")
        register(session, other_url, "screening.sold_out")
        for label in NUMBERS:
            sell_one_seat(session, house, buyer, label)
        queue_code(session)

    with running_receiver() as receiver, raw_server(lambda connection: time.sleep(60)) as slow_port:
        services.transactions.write(lambda session: work(session, slow_port, receiver.url))
        with running_worker(environment, MATINEE_WEBHOOK_PRIVATE="on") as process:
            mails = Path(environment["MATINEE_DATA_DIR"], "mails")
            wait_until(lambda: receiver.received, "the event for the other endpoint")
            wait_until(lambda: len(list(mails.glob("*.eml"))) == 13, "13 mails")
            # A request is under way; it is broken off.
            stop_in_order(process)
    (request,) = receiver.received
    assert request.json["data"]["screening"]["id"] == house.second_hall
    waiting = services.transactions.read(
        lambda session: session.scalars(select(Message).where(Message.kind == "order.paid")).all()
    )
    assert len(waiting) == 12
    assert all(row.sent_at is None and row.failed_at is None and row.lease is None for row in waiting)


def test_once_delivers_webhooks_and_counts_them(
    services: Services, environment: dict[str, str], house: House, buyer: Buyer
) -> None:
    with running_receiver() as receiver:
        services.transactions.write(lambda session: register(session, receiver.url, "order.paid"))
        for label in ("1", "2"):
            services.transactions.write(
                lambda session, label=label: sell_one_seat(session, house, buyer, label)
            )
        done = run_once(environment)
        # Private addresses are not allowed unless it is said.
        assert done.stdout.endswith("Webhooks: 0 sent, 2 to be tried again, 0 given up.\n"), done.stdout
        assert receiver.connections == 0
        services.transactions.write(
            lambda session: session.execute(update(Message).values(next_attempt_at=clock.now()))
        )
        done = run_once(environment, MATINEE_WEBHOOK_PRIVATE="on")
        assert done.stdout.endswith("Webhooks: 2 sent, 0 to be tried again, 0 given up.\n"), done.stdout
        assert {request.json["data"]["order"]["tickets"][0]["seat"] for request in receiver.received} == {
            "1",
            "2",
        }


def test_what_was_sent_long_ago_is_forgotten(services: Services, environment: dict[str, str]) -> None:
    message_id = services.transactions.write(queue_code)
    long_ago = clock.now() - timedelta(days=31)
    services.transactions.write(lambda session: session.execute(update(Message).values(sent_at=long_ago)))
    assert run_once(environment).returncode == 0
    assert services.transactions.read(lambda session: session.get(Message, message_id)) is None


def test_two_workers_share_one_outbox(services: Services, environment: dict[str, str]) -> None:
    def work(session: Session) -> None:
        for number in range(60):
            queue_code(session, f"guest{number}@example.org")

    with running_mail_server() as server:
        more = {"MATINEE_SMTP_URL": f"smtp://127.0.0.1:{server.port}"}
        with running_worker(environment, **more) as one, running_worker(environment, **more) as other:
            wait_until(lambda: services.transactions.read(worker_seen_at), "a sign of life")
            services.transactions.write(work)
            wait_until(lambda: len(server.received) >= 60, "60 mails")
            stop_in_order(one)
            stop_in_order(other)
        assert sorted(received.recipients[0] for received in server.received) == sorted(
            f"guest{number}@example.org" for number in range(60)
        )


@on_one_database
@pytest.mark.parametrize(
    ("name", "value", "said", "code"),
    [
        ("MATINEE_SMTP_URL", "ftp://mail.example.org", "MATINEE_SMTP_URL must look like smtp://", 2),
        ("MATINEE_MAIL_FROM", "a@b.example, c@d.example", "one address", 1),
    ],
)
def test_wrong_settings_end_it_with_a_sentence(
    environment: dict[str, str], name: str, value: str, said: str, code: int
) -> None:
    done = run_once(environment, **{name: value})
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mail_of_a_kind_that_no_area_has_is_given_up_and_counted(
    services: Services, environment: dict[str, str]
) -> None:
    message_id = services.transactions.write(
        lambda session: (
            enqueue_message(
                session, kind="riddle", recipient="anna@example.org", payload={}, now=clock.now()
            ).id
        )
    )
    done = run_once(environment)
    assert done.stdout == "Mails: 0 sent, 0 to be tried again, 1 given up.\n"
    assert "riddle" in str(message(services, message_id).last_error)
