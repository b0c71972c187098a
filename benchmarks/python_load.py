"""A load program of ours, for machines without wrk.

`python -m benchmarks.python_load URL CLIENTS SECONDS ["Name: value" ...]`, or for purchases
`... SECONDS START FIRST_DAY SCREENINGS HALLS FILMS TIMES SEATS`.
Two processes with a thread and a connection for each client; the report is written as wrk writes its own. It takes more of
the processor than wrk, which it shares with what it measures. It knows no holds.
"""

from __future__ import annotations

import multiprocessing
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from benchmarks.seed import House, purchase_headers

PROCESSES = 2
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def purchase(number: int, first_day: str, house: House) -> bytes:
    """The request that buys seat `number` (see `benchmarks.seed`)."""
    named = purchase_headers(number, first_day, house)
    headers = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"POST /buyTicket HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{headers}\r\n".encode()


def exchange(connection: socket.socket, request: bytes) -> tuple[int, bool]:
    """Send one request and read its whole answer; return the status, and whether the server closes. Raises OSError."""
    connection.sendall(request)
    read = b""
    while b"\r\n\r\n" not in read:
        read += _some(connection)
    head, _, body = read.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0:
        missing -= len(_some(connection))
    return int(head[9:12]), b"\r\nconnection: close" in head.lower()


def _some(connection: socket.socket) -> bytes:
    received = connection.recv(1 << 20)
    if not received:
        raise ConnectionError("the server closed the connection")
    return received


def _client(
    port: int, request: Callable[[], bytes], ends_at: float, latencies: list[float], faults: list[int]
) -> None:
    connection = _connect(port)
    try:
        while (began := time.monotonic()) < ends_at:
            try:
                status, closes = exchange(connection, request())
                if closes:
                    connection.close()
                    connection = _connect(port)
            except OSError:
                faults[1] += 1
                return
            latencies.append(time.monotonic() - began)
            faults[0] += status >= 400
    finally:
        connection.close()


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _house(screenings: str, halls: str, films: str, times: str, seats: str) -> House:
    # Seats are told where one screening is sold after the other. Else the load ends before they do.
    return House(
        int(screenings),
        int(halls),
        int(seats),
        int(films),
        tuple(times.split(",")),
        sold_one_by_one=seats != "0",
    )


def _process(process: int, arguments: list[str], told: Any) -> None:
    url, clients, seconds, *more = arguments
    headers = "".join(f"{each}\r\n" for each in more if ": " in each)
    purchases = [] if headers else more
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    plain = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
    house = _house(*purchases[2:]) if purchases else None
    # Each process counts in steps of its own, so that none buys what another does. `next` on a counter is atomic.
    numbers = iter(range(int(purchases[0]) + process, 1 << 40, PROCESSES)) if purchases else iter(())

    def request() -> bytes:
        return purchase(next(numbers), purchases[1], house) if house else plain

    latencies: list[float] = []
    faults = [0, 0]
    ends_at = time.monotonic() + float(seconds)
    share = (int(clients) + process) // PROCESSES
    threads = [
        threading.Thread(target=_client, args=(parts.port, request, ends_at, latencies, faults))
        for _ in range(share)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put((latencies, faults))


def main(arguments: list[str]) -> None:
    """Make the load, and print the report."""
    told: Any = multiprocessing.Queue()
    began = time.monotonic()
    processes = [
        multiprocessing.Process(target=_process, args=(each, arguments, told)) for each in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    parts = [told.get() for _ in processes]
    for process in processes:
        process.join()
    seconds = time.monotonic() - began
    latencies = sorted(each for found, _ in parts for each in found)
    refused, broken = (sum(faults[index] for _, faults in parts) for index in (0, 1))
    for share in (50, 99):
        print(f"     {share}%  {latencies[len(latencies) * share // 100] * 1000:.2f}ms")
    print(f"  {len(latencies)} requests in {seconds:.2f}s")
    print(f"  Socket errors: connect 0, read {broken}, write 0, timeout 0")
    print(f"  Non-2xx or 3xx responses: {refused}")
    print(f"Requests/sec: {len(latencies) / seconds:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
