"""`matinee serve` as a process."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from matinee.db.engine import database_url as read_address
from matinee.db.schema import HEAD_REVISION
from tests.building import on_one_database
from tests.databases import free_port
from tests.running import RunningServer, is_running, wait_until


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(environment, tmp_path / "log") as running:
        yield running


def serve_and_end(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "matinee", "serve", *options],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_it_answers_and_becomes_ready_with_its_worker(server: RunningServer) -> None:
    assert server.get("/healthz") == (200, {"status": "alive"})
    wait_until(lambda: server.get("/readyz")[0] == 200, "readiness")
    assert server.worker_beside() is not None


def test_headers_beyond_ascii_arrive(server: RunningServer) -> None:
    # One server for all of them: its start takes longer than the rest.
    for cinema in ("Café".encode("latin-1"), "Амели".encode(), b"%D0%90"):
        request = b"GET /fullSchedule HTTP/1.1\r\nHost: localhost\r\nCinema: " + cinema + b"\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(request)
            # There is no such cinema. A server that loses the header would answer for the default one.
            assert connection.recv(4096).startswith(b"HTTP/1.1 404 "), cinema


def test_a_caller_does_not_wait_for_others_who_keep_their_connections(server: RunningServer) -> None:
    with ExitStack() as open_ones:
        for _ in range(700):
            open_ones.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
        assert server.get("/healthz") == (200, {"status": "alive"})


def test_it_ends_with_all_its_processes_on_sigterm(server: RunningServer) -> None:
    family = server.family()
    assert len(family) == 3
    assert server.stop() == 0
    assert not any(is_running(pid) for pid in family)


def test_it_ends_in_order_on_ctrl_c(server: RunningServer) -> None:
    wait_until(lambda: server.get("/readyz")[0] == 200, "readiness")
    family = server.family()
    assert server.stop(signal.SIGINT) == 0
    assert not any(is_running(pid) for pid in family)
    # In order: the worker had the time to say so.
    assert re.search(r"worker \S+ ended", server.log.read_text())


def test_nothing_of_it_is_left_when_it_is_killed(server: RunningServer) -> None:
    family = server.family()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(10)
    wait_until(lambda: not any(is_running(pid) for pid in family), "the end of its children")


def test_a_web_worker_that_dies_is_replaced(server: RunningServer) -> None:
    beside = server.worker_beside()
    web = next(pid for pid in server.family() if pid not in (beside, server.process.pid))
    os.kill(web, signal.SIGKILL)
    wait_until(lambda: len(set(server.family()) - {web}) == 3, "the replacement")
    wait_until(server._answers_or_ended, "an answer")
    assert server.process.poll() is None


def test_a_worker_that_dies_is_started_again(server: RunningServer) -> None:
    beside = server.worker_beside()
    assert beside is not None
    os.kill(beside, signal.SIGKILL)
    wait_until(lambda: server.worker_beside() not in (None, beside), "another worker")
    assert "the worker ended (exit code -9)" in server.log.read_text()


def test_it_leaves_the_worker_out_where_it_is_told_to(environment: dict[str, str], tmp_path: Path) -> None:
    with RunningServer(environment, tmp_path / "log", "--no-worker", "--workers", "2") as running:
        assert running.worker_beside() is None
        assert len(running.family()) == 3


@on_one_database  # of those that it is not for
def test_it_makes_the_tables_of_a_new_database(
    empty_database_url: str, environment: dict[str, str], tmp_path: Path
) -> None:
    there = {**environment, "MATINEE_DATABASE_URL": empty_database_url}
    with RunningServer(there, tmp_path / "log", "--no-worker") as running:
        assert running.get("/readyz")[1]["checks"]["schema"] == "ok"


def test_it_refuses_a_database_with_another_schema(environment: dict[str, str]) -> None:
    engine = create_engine(read_address(environment["MATINEE_DATABASE_URL"]))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    engine.dispose()
    ended = serve_and_end(environment, "--port", str(free_port()))
    assert ended.returncode == 1
    assert "matinee db upgrade" in ended.stderr


def test_it_starts_on_the_schema_of_a_newer_one_where_it_is_told_to(
    environment: dict[str, str], tmp_path: Path
) -> None:
    engine = create_engine(read_address(environment["MATINEE_DATABASE_URL"]))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert serve_and_end(environment, "--port", str(free_port())).returncode == 1
    there = {**environment, "MATINEE_NEWER_SCHEMA": "accept"}
    with RunningServer(there, tmp_path / "log", "--no-worker") as running:
        assert "of a newer Matinee" in running.log.read_text()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert serve_and_end(there, "--port", str(free_port())).returncode == 1
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD_REVISION})
    engine.dispose()


@on_one_database
def test_it_says_which_setting_is_wrong(environment: dict[str, str]) -> None:
    ended = serve_and_end({**environment, "MATINEE_HOLD_MINUTES": "soon"})
    assert ended.returncode == 2
    assert "MATINEE_HOLD_MINUTES" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_refuses_a_port_that_is_taken(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ended = serve_and_end(environment, "--port", str(other.getsockname()[1]))
    assert ended.returncode == 1
    assert "--port" in ended.stderr


def test_a_web_worker_stays_small(server: RunningServer) -> None:
    server.get("/openapi.json")
    for pid in server.family():
        sizes = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        assert int(sizes["VmRSS"].split()[0]) < 150 * 1024
