"""nginx in front of a server on this machine, as a deployment has it; without TLS."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import free_port
from tests.race.processes import wait_until

# An idle connection to the server is let go sooner than the server drains, as deploy/nginx.conf does it. Nothing is tried
# twice: what the server drops is seen.
IN_HTTP = """
    access_log off;
    upstream matinee {{
        server 127.0.0.1:{server_port};
        keepalive 32;
        keepalive_timeout 1s;
    }}
    server {{
        listen 127.0.0.1:{port};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_next_upstream off;
        proxy_pass_request_headers on;
        underscores_in_headers on;
        location / {{ proxy_pass http://matinee; }}
    }}
"""


def nginx_configuration(folder: Path, in_http: str) -> str:
    """A whole configuration with these lines in the block of HTTP, for a server that writes into the folder alone."""
    return f"""
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {in_http}
}}
"""


@contextmanager
def running_nginx(program: str, *, server_port: int, folder: Path) -> Iterator[int]:
    """nginx in front of the port; gives its own."""
    folder.mkdir()
    port = free_port()
    configuration = folder / "nginx.conf"
    in_http = IN_HTTP.format(server_port=server_port, port=port)
    configuration.write_text(nginx_configuration(folder, in_http))
    process = subprocess.Popen(
        [program, "-c", str(configuration), "-p", str(folder)], stderr=subprocess.DEVNULL
    )
    try:
        wait_until("nginx listens", lambda: _listens(port), 10)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
