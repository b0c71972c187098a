"""The settings of the environment, or the end of the command."""

from __future__ import annotations

import click

from matinee.settings import Settings, WrongSettings, read_settings


class SettingsRefused(click.ClickException):
    """Ends the command with the sentences that say which settings are wrong, and exit code 2."""

    exit_code = 2


def checked_settings() -> Settings:
    """The settings of this process's environment. Raises SettingsRefused."""
    try:
        return read_settings()
    except WrongSettings as error:
        raise SettingsRefused(f"the settings are wrong.\n{error}") from None
