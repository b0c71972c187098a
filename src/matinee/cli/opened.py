"""What a command works with: the settings of its environment and the opened database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from matinee.app import create_app
from matinee.cli.checked_settings import checked_settings
from matinee.settings import Settings
from matinee.web.shared.services import Services, services_of


@contextmanager
def opened_services() -> Iterator[tuple[Settings, Services]]:
    """The settings and the services, inside an application context.

    Ends the command with sentences where the settings are wrong or the data directory cannot be used.
    """
    settings = checked_settings()
    try:
        app = create_app(settings)
    except OSError as error:
        raise click.ClickException(
            f"the data directory {settings.data_dir} cannot be used: {error.strerror}. "
            "Make it writable, or name another one in MATINEE_DATA_DIR."
        ) from None
    with app.app_context():
        services = services_of(app)
        try:
            yield settings, services
        finally:
            services.engine.dispose()
