"""The proxies of deploy/, as they are run: what they write into their logs, and what they let through to Matinee."""

from __future__ import annotations

import http.client
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from matinee.web.shared.request_ids import new_request_id
from tests.databases import free_port
from tests.race.nginx import nginx_configuration
from tests.running import find_program, wait_until

ROOT = Path(__file__).parents[2]
NGINX, HAPROXY = "nginx", "haproxy"
TICKET = "K3V9X2M7Q4T8R1WZ"
FORGED = {
    "X-Request-ID": "forged-request-id",
    "X-Forwarded-For": "198.51.100.1",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "tracestate": "forged=1",
}


@dataclass
class Proxy:
    """A proxy that runs, in front of a server that keeps the headers that reach it."""

    name: str
    port: int
    log: Path
    # With small letters, of each request that came through.
    received: list[dict[str, str]] = field(default_factory=list)

    def ask(self, path: str, headers: dict[str, str] | None = None) -> str:
        """Ask for the path; return the line that the proxy logs about it."""
        before = len(self._lines())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers=headers or {})
        assert connection.getresponse().status == 200
        connection.close()
        wait_until(lambda: len(self._lines()) > before, "the line in the log")
        (line,) = self._lines()[before:]
        return line

    def _lines(self) -> list[str]:
        # HAProxy also says of itself how it starts.
        return re.findall(r"^.*\bGET .*$", self.log.read_text(), re.MULTILINE) if self.log.exists() else []


def found(name: str) -> str:
    """The program; without it the test is left out."""
    program = find_program(name)
    if program is None:
        pytest.skip(f"{name} is not installed (Debian: apt install {name})")
    return program


def nginx_command(folder: Path, *, port: int, server_port: int) -> tuple[list[str], Path]:
    """nginx with the configuration of deploy/, without TLS, on other ports, and with its logs in the folder."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    for old, new in (
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        (r" *listen \[::\][^\n]*\n", ""),
        (r" *ssl_[^\n]*\n", ""),
        (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{server_port};"),
        (r"/var/log/nginx", str(folder)),
    ):
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    (folder / "matinee.conf").write_text(text)
    around = folder / "nginx.conf"
    around.write_text(nginx_configuration(folder, f"include {folder}/matinee.conf;"))
    return [found(NGINX), "-p", str(folder), "-c", str(around)], folder / "matinee.log"


def haproxy_command(folder: Path, *, port: int, server_port: int) -> tuple[list[str], Path]:
    """HAProxy with the configuration of deploy/ on another port, with one server, which is not checked, and a line each."""
    text = (ROOT / "deploy/cluster/haproxy-front.cfg").read_text()
    for old, new in (
        (r"bind :80\b", f"bind 127.0.0.1:{port}"),
        (r"local0 notice", "local0 info"),
        (r"maxconn 8000", "maxconn 100"),
        (r"server web1 [^\n]*", f"server web1 127.0.0.1:{server_port}"),
        (r" *server web2 [^\n]*\n?", ""),
    ):
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    configuration = folder / "haproxy.cfg"
    configuration.write_text(text)
    return [found(HAPROXY), "-db", "-f", str(configuration)], folder / "said"


COMMANDS: dict[str, Callable[..., tuple[list[str], Path]]] = {NGINX: nginx_command, HAPROXY: haproxy_command}


@pytest.fixture
def received() -> list[dict[str, str]]:
    return []


@pytest.fixture
def server_port(received: list[dict[str, str]]) -> Iterator[int]:
    """A server that keeps the headers that reach it."""

    class Keeper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the proxy's log is what counts."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keeper) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture(params=[NGINX, HAPROXY])
def proxy(
    request: pytest.FixtureRequest, server_port: int, received: list[dict[str, str]], tmp_path: Path
) -> Iterator[Proxy]:
    port = free_port()
    command, log = COMMANDS[request.param](tmp_path, port=port, server_port=server_port)
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        wait_until(lambda: process.poll() is not None or listens(port), f"{request.param} listens")
        assert process.poll() is None, (tmp_path / "said").read_text()
        yield Proxy(request.param, port, log, received)
    finally:
        process.terminate()
        process.wait(20)


def listens(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.connect()
    except OSError:
        return False
    finally:
        connection.close()
    return True


@pytest.mark.parametrize(
    ("path", "by_nginx", "by_haproxy"),
    [
        (f"/tikets/{TICKET}.png?c=secret", "/tikets/K3V9***.png", "/tikets/K3V9***"),
        (f"/tikets/{TICKET}", "/tikets/K3V9***", "/tikets/K3V9***"),
        (f"/tickets/{TICKET}.pkpass", "/tickets/K3V9***.pkpass", "/tickets/K3V9***"),
        (f"/uk/tickets/{TICKET}/google-wallet", *["/uk/tickets/K3V9***/google-wallet"] * 2),
        (f"/api/v1/tickets/{TICKET}", "/api/v1/tickets/K3V9***", "/api/v1/tickets/K3V9***"),
        (f"/api/v1/admissions/{TICKET}", "/api/v1/admissions/K3V9***", "/api/v1/admissions/K3V9***"),
        # What Matinee reads as the same address.
        (f"//tickets//{TICKET}", "/tickets/K3V9***", "//tickets//K3V9***"),
        (f"/%74ickets/{TICKET}", "/tickets/K3V9***", "/%***"),
        (f"/tickets/%0a{TICKET}%0a{TICKET}", r"/tickets/\x0AK3V***", "/tickets/%******"),
        (f"/TICKETS/{TICKET}.{TICKET}", "/TICKETS/K3V9***", "/TICKETS/K3V9***"),
        ("/orders/ABCD1234/tickets.pdf", *["/orders/ABCD1234/tickets.pdf"] * 2),
        ("/getTikets?username=a@example.org&token=secret", "/getTikets", "/getTikets"),
    ],
)
def test_a_line_has_no_id_of_a_ticket_and_no_query(
    proxy: Proxy, path: str, by_nginx: str, by_haproxy: str
) -> None:
    line = proxy.ask(path, {"Referer": f"https://tickets.example.org/tickets/{TICKET}"})
    logged = by_nginx if proxy.name == NGINX else by_haproxy
    assert f"GET {logged} " in line
    assert TICKET not in line
    assert "secret" not in line


def test_a_caller_names_no_request_no_trace_and_no_address(proxy: Proxy) -> None:
    lines = [proxy.ask("/getDay", FORGED), proxy.ask("/getDay")]
    assert len(proxy.received) == 2
    ids = [one["x-request-id"] for one in proxy.received]
    assert len({*ids, FORGED["X-Request-ID"]}) == 3
    for line, identifier in zip(lines, ids, strict=True):
        # Of the form that Matinee takes over, so that both logs name it.
        assert new_request_id(identifier) == identifier
        assert line.endswith(f" {identifier}")
    for headers in proxy.received:
        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert not {"traceparent", "tracestate"} & headers.keys()


@pytest.mark.parametrize("name", ["haproxy-front.cfg", "haproxy-database.cfg"])
def test_haproxy_takes_the_files_as_they_are(name: str) -> None:
    command = [found(HAPROXY), "-c", "-f", str(ROOT / "deploy/cluster" / name)]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "WARNING" not in checked.stderr
