"""What is read at the moment of the question, for the answer to it: the database, the machine, the version."""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterator
from typing import TYPE_CHECKING

from matinee.kernel import clock
from matinee.reports.health.database import database_bytes
from matinee.reports.health.gauges import Reading, read_database, read_machine
from matinee.web.shared.metrics.catalogue import READ
from matinee.web.shared.metrics.meter import PREFIX, Meter
from matinee.web.shared.services import Services

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

log = logging.getLogger(__name__)


def exposed_metrics(services: Services, meter: Meter) -> bytes:
    """All metrics, in the text format of Prometheus. A database that is away makes it shorter, and is said."""
    return meter.exposed(_Read(services))


class _Read:
    """A collector: the library asks it for what there is now."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from prometheus_client.core import GaugeMetricFamily

        families: dict[str, GaugeMetricFamily] = {}
        for reading in self._readings():
            metric = READ[reading.name]
            if reading.name not in families:
                families[reading.name] = GaugeMetricFamily(
                    f"{PREFIX}_{reading.name}", metric.help, labels=metric.labels
                )
            families[reading.name].add_metric([reading.label] if metric.labels else [], reading.value)
        yield self._build_info()
        yield from families.values()

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: the library then does not ask the database only to learn the names."""
        return []

    def _readings(self) -> Iterator[Reading]:
        services, now = self._services, clock.now()
        try:
            found = services.transactions.read(lambda session: list(read_database(session, now=now)))
            found.append(Reading("database_bytes", database_bytes(services.engine)))
        except Exception as error:  # noqa: BLE001 - a database with another schema, too: what the processes counted is told all the same
            log.warning(
                "the metrics say database_up 0, since it cannot be read: %s: %s", type(error).__name__, error
            )
            found = [Reading("database_up", 0)]
        else:
            found.append(Reading("database_up", 1))
        yield from found
        pool_size = getattr(services.engine.pool, "size", None)
        if pool_size is not None:
            yield Reading("database_pool_size", pool_size())
        yield from read_machine(services.installation, now=now)

    def _build_info(self) -> GaugeMetricFamily:
        from prometheus_client.core import GaugeMetricFamily

        metric = READ["build_info"]
        family = GaugeMetricFamily(f"{PREFIX}_build_info", metric.help, labels=metric.labels)
        kind = self._services.engine.dialect.name
        family.add_metric([self._services.installation.version, platform.python_version(), kind], 1)
        return family
