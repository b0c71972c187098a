"""Matinee's application in the process of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from matinee.settings import Settings
    from matinee.web.shared.metrics.meter import Meter


@contextmanager
def opened_app(settings: Settings, *, meter: Meter | None = None) -> Iterator[APIFlask]:
    """Matinee with an application context; its connections are closed at the end."""
    # Imported here: a test of the domain alone need not wait for Flask.
    from matinee.app import create_app
    from matinee.web.shared.services import services_of

    made = create_app(settings, meter=meter)
    made.testing = True
    with made.app_context():
        yield made
        services = services_of(made)
        if services.direct is not None:
            services.direct.close_mine()
        services.engine.dispose()
