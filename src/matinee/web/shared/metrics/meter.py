"""The counters of this process. In a folder of their own several processes are one: each writes a file, any reads them all.

prometheus-client is imported when a meter is made, and not before: who is not watched does not wait for it.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matinee.web.shared.metrics.catalogue import (
    CONNECTIONS_IN_USE,
    COUNTED,
    IN_FLIGHT,
    REQUEST_SECONDS,
    REQUEST_SECONDS_BUCKETS,
    REQUESTS,
    Metric,
)

if TYPE_CHECKING:
    from prometheus_client.registry import Collector

PREFIX = "matinee"
# Read by the library when it is imported.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_OF_A_MOMENT = re.compile(r"gauge_live\w*_(\d+)\.db")


class Meter:
    """Counts what this process does, and says what all processes of the folder did."""

    def __init__(self, folder: Path | None) -> None:
        """`folder`: where the processes of one server meet; None: this process is alone."""
        if folder is not None:
            os.environ[FOLDER_VARIABLE] = str(folder)
        from prometheus_client import CollectorRegistry, Gauge, Histogram

        self._folder = folder
        self._registry = CollectorRegistry()
        self._counters = {name: self._counter(name, metric) for name, metric in COUNTED.items()}
        # Finding the right one among those with labels costs more than counting.
        self._known: dict[tuple[str, tuple[str, ...]], Any] = {}
        for name, metric in COUNTED.items():
            for labels in metric.begins_with:
                self._counters[name].labels(*labels)
        self._requests = self._counter("http_requests", REQUESTS)
        self._seconds = Histogram(
            f"{PREFIX}_http_request_seconds", REQUEST_SECONDS.help, REQUEST_SECONDS.labels,
            buckets=REQUEST_SECONDS_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._known_requests: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        # What a killed process leaves behind is thrown away when they are read: see `_forget_the_dead`.
        self.in_flight = Gauge(f"{PREFIX}_http_requests_in_flight", IN_FLIGHT.help,
                               multiprocess_mode="livesum", registry=self._registry)  # fmt: skip
        self.connections_in_use = Gauge(f"{PREFIX}_database_connections_in_use", CONNECTIONS_IN_USE.help,
                                        multiprocess_mode="livesum", registry=self._registry)  # fmt: skip

    def _counter(self, name: str, metric: Metric) -> Any:
        from prometheus_client import Counter

        return Counter(f"{PREFIX}_{name}", metric.help, metric.labels, registry=self._registry)

    def tally(self, what: str, amount: float, labels: Mapping[str, str]) -> None:
        """Count `amount` more of `what`, which stands in the catalogue. A `kernel.counts.Tally`."""
        names = COUNTED[what].labels
        key = (what, tuple(labels[name] for name in names))
        counter = self._known.get(key)
        if counter is None:
            counter = self._counters[what].labels(*key[1]) if names else self._counters[what]
            self._known[key] = counter
        counter.inc(amount)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered. `route` is its pattern."""
        key = (method, route, status)
        known = self._known_requests.get(key)
        if known is None:
            known = (self._requests.labels(method, route, str(status)), self._seconds.labels(method, route))
            self._known_requests[key] = known
        known[0].inc()
        known[1].observe(seconds)

    def exposed(self, *more: Collector) -> bytes:
        """What all processes counted, and `more`, in the text format of Prometheus."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = self._registry
        if self._folder is not None:
            self._forget_the_dead()
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=str(self._folder))  # type: ignore[no-untyped-call]
        beside = CollectorRegistry()
        for collector in more:
            beside.register(collector)
        return bytes(generate_latest(registry) + generate_latest(beside))

    def _forget_the_dead(self) -> None:
        """Throw away what killed processes had in hand: it would be counted for ever. Their counters stay."""
        assert self._folder is not None
        for file in self._folder.glob("gauge_live*.db"):
            found = _OF_A_MOMENT.fullmatch(file.name)
            if found and not _is_of_this_server(int(found[1])):
                with contextlib.suppress(FileNotFoundError):
                    file.unlink()


def _is_of_this_server(pid: int) -> bool:
    """Whether the process runs and has the parent that this one has: the number may have passed to a stranger."""
    if pid == os.getpid():
        return True
    try:
        # The name of the program, in parentheses, may hold anything.
        after_name = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return not Path("/proc/self/stat").exists() and _runs(pid)
    return after_name[0] != "Z" and int(after_name[1]) == os.getppid()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
