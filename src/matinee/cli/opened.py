"""What a command works with: the settings of its environment and the opened database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from matinee.assembly import build_services, open_engine
from matinee.cli.checked_settings import checked_settings
from matinee.settings import Settings
from matinee.web.shared.services import Services


@contextmanager
def opened_services() -> Iterator[tuple[Settings, Services]]:
    """The settings and the services.

    Ends the command with sentences where the settings are wrong or the data directory cannot be used.
    """
    settings = checked_settings()
    try:
        services = build_services(settings, open_engine(settings.database_url))
    except OSError as error:
        raise click.ClickException(
            f"the data directory {settings.data_dir} cannot be used: {error.strerror}. "
            "Make it writable, or name another one in MATINEE_DATA_DIR."
        ) from None
    try:
        yield settings, services
    finally:
        services.engine.dispose()
