"""Metrics over processes: several web workers and the worker beside are one; the killed are not counted for ever."""

from __future__ import annotations

import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from matinee.web.shared.services import Services
from tests.building import on_one_database
from tests.cli.test_worker import queue_code, running_worker, stop_in_order
from tests.databases import free_port
from tests.running import RunningServer, wait_until

TOKEN = "a-token-of-sixteen-or-more"


def read(url: str, token: str = "") -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        text = answer.read().decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def labelled(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


HEALTHZ = labelled("matinee_http_requests_total", method="GET", route="/healthz", status="200")
SENT = labelled("matinee_deliveries_total", channel="mail", outcome="sent")


@on_one_database
def test_processes_of_a_server_count_together_and_none_is_lost(
    services: Services, environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    there = {**environment, "MATINEE_METRICS_TOKEN": TOKEN, "MATINEE_METRICS_PORT": str(port)}
    with RunningServer(there, tmp_path / "log", "--workers", "2") as server:
        local = f"http://127.0.0.1:{port}/metrics"
        before = read(local)[HEALTHZ]

        def ask() -> None:
            for _ in range(50):
                assert server.get("/healthz")[0] == 200

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        assert read(local)[HEALTHZ] == before + 200
        assert read(server.url + "/metrics", TOKEN)[HEALTHZ] == before + 200

        # What the worker beside does is told by the web workers.
        services.transactions.write(queue_code)
        wait_until(lambda: read(local)[SENT] == 1, "the mail in the metrics")

        folder = next((Path(environment["MATINEE_DATA_DIR"]) / "metrics").iterdir())
        server.stop()
        assert not folder.exists()


# A server with two processes: one is killed with a request in hand, the other tells of all.
KILLED_WITH_A_REQUEST = """
import multiprocessing, os, signal, sys
from pathlib import Path
from matinee.web.shared.metrics.meter import Meter
folder = Path(sys.argv[1])
def die():
    meter = Meter(folder)
    meter.in_flight.inc()
    meter.tally("admissions", 7, {})
    os.kill(os.getpid(), signal.SIGKILL)
def tell(wait):
    meter = Meter(folder)
    meter.in_flight.inc()
    wait.wait()
    print(meter.exposed().decode())
fork = multiprocessing.get_context("fork")
killed = fork.Event()
telling = fork.Process(target=tell, args=(killed,))
telling.start()
dying = fork.Process(target=die)
dying.start()
dying.join()
assert dying.exitcode == -9
killed.set()
telling.join()
"""


def test_of_a_killed_process_the_counters_stay_and_not_what_it_had_in_hand(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", KILLED_WITH_A_REQUEST, str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert "matinee_admissions_total 7.0" in told
    assert "matinee_http_requests_in_flight 1.0" in told


@on_one_database
def test_a_worker_by_itself_tells_on_a_port_of_its_own_on_this_machine_alone(
    services: Services, environment: dict[str, str]
) -> None:
    port = free_port()
    with running_worker(environment, MATINEE_METRICS_WORKER_PORT=str(port)) as process:
        url = f"http://127.0.0.1:{port}/metrics"
        wait_until(lambda: answers(url), "the port")
        services.transactions.write(queue_code)
        wait_until(lambda: read(url)[SENT] == 1, "the mail in the metrics")
        assert read(url)[labelled("matinee_workers_alive")] == 1
        assert not answers(url.replace("/metrics", "/elsewhere"))
        listening = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
        # 0100007F is 127.0.0.1; 00000000 would be every address.
        assert f"00000000:{port:04X}" not in listening.split("rem_address", 1)[-1].split("  0A ")[0]
        stop_in_order(process)


def answers(url: str) -> bool:
    try:
        read(url)
    except (OSError, urllib.error.HTTPError):
        return False
    return True


@on_one_database
def test_without_a_setting_nothing_is_counted(environment: dict[str, str], tmp_path: Path) -> None:
    with RunningServer(environment, tmp_path / "log", "--no-worker") as server:
        with pytest.raises(urllib.error.HTTPError, match="404"):
            read(server.url + "/metrics", TOKEN)
        assert not (Path(environment["MATINEE_DATA_DIR"]) / "metrics").exists()
