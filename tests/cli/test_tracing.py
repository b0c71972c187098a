"""Traces: what arrives at a collector over real HTTP, and that nothing of a person or a secret is in it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from matinee.web.shared.services import Services
from tests.building import DAY, Buyer, House, on_one_database
from tests.running import RunningServer, wait_until

proto = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2",
    reason="the extra `otel` is not installed: pip install matinee[otel]",
)


class Collector:
    """What arrived, in the order of arrival."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.port = 0

    @property
    def spans(self) -> list[Any]:
        found = []
        for body in self.bodies:
            for of_resource in proto.ExportTraceServiceRequest.FromString(body).resource_spans:
                for of_scope in of_resource.scope_spans:
                    found += of_scope.spans
        return found

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


@contextmanager
def running_collector() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                import gzip

                body = gzip.decompress(body)
            assert self.path == "/v1/traces"
            collector.bodies.append(body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.port = server.server_address[1]
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()


def attributes(span: Any) -> dict[str, str]:
    return {one.key: str(one.value.string_value or one.value.int_value) for one in span.attributes}


def buy(server: RunningServer, buyer: Buyer) -> None:
    headers = {
        **{"username": buyer.username, "token": buyer.token, "date": str(DAY)},
        **{"title": quote("Амели"), "time": "18:00", "number": "5"},
    }
    with urlopen(
        Request(f"{server.url}/buyTicket?password=planted-word", b"", headers), timeout=20
    ) as answer:
        assert answer.status == 200


def test_a_purchase_and_its_mail_are_traced_and_say_nothing_of_the_buyer(
    services: Services, house: House, buyer: Buyer, environment: dict[str, str], tmp_path: Path
) -> None:
    with running_collector() as collector:
        there = {
            **environment,
            "MATINEE_OTEL_ENDPOINT": f"http://127.0.0.1:{collector.port}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        with RunningServer(there, tmp_path / "log") as server:
            buy(server, buyer)
            wait_until(lambda: collector.named("POST /buyTicket"), "the trace of the purchase")
            wait_until(lambda: collector.named("deliver mail"), "the trace of the mail")
            server.stop()
    (request,) = collector.named("POST /buyTicket")
    said = attributes(request)
    assert said["http.route"] == "/buyTicket"
    assert said["http.response.status_code"] == "200"
    inside = [span for span in collector.spans if span.trace_id == request.trace_id]
    # On PostgreSQL the purchase goes its own way to the database.
    assert {"write", "INSERT sale_order"} <= {s.name for s in inside} or "direct statement" in {
        s.name for s in inside
    }
    assert all(span.parent_span_id for span in inside if span.name != request.name)
    (mail,) = collector.named("deliver mail")
    assert attributes(mail)["outbox.kind"] == "tickets"
    # No trace of a worker that only looks whether anything is due.
    assert not [
        span for span in collector.spans if span.name in ("read", "write") and not span.parent_span_id
    ]
    everything = b"".join(collector.bodies)
    for secret in (buyer.username, buyer.token, "planted-word", "Амели", "127.0.0.1"):
        assert secret.encode() not in everything, secret


@on_one_database
def test_a_collector_that_is_away_hinders_nobody(environment: dict[str, str], tmp_path: Path) -> None:
    there = {**environment, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with RunningServer(there, tmp_path / "log", "--no-worker") as server:
        assert server.get("/healthz")[0] == 200
        assert server.stop() == 0


@on_one_database
def test_unset_it_imports_nothing(environment: dict[str, str]) -> None:
    program = (
        "import sys\nfrom matinee.cli.tracing import begin_to_trace\nfrom matinee.settings import read_settings\n"
        "from matinee.app import create_app\nbegin_to_trace(read_settings(), role='web')\ncreate_app(read_settings())\n"
        "assert not [name for name in sys.modules if name.startswith(('opentelemetry', 'prometheus_client'))]"
    )
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)


@on_one_database
def test_without_the_extra_the_start_says_what_is_missing(environment: dict[str, str]) -> None:
    program = (
        "import sys\nsys.modules['opentelemetry'] = None\nfrom matinee.cli.main import main\nmain(['serve'])"
    )
    there = {**environment, "MATINEE_OTEL_ENDPOINT": "http://127.0.0.1:4318"}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=there, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "matinee[otel]" in ended.stderr
    assert "Traceback" not in ended.stderr
