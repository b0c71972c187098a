"""`matinee doctor`: is all well, and if not, what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import make_url

from matinee.cli.checked_settings import checked_settings
from matinee.cli.opened import opened_services
from matinee.kernel import clock
from matinee.reports.health.backups import look_at_backups
from matinee.reports.health.database import look_at_database
from matinee.reports.health.finding import Finding
from matinee.reports.health.machine import look_at_data_dir
from matinee.reports.health.mail import look_at_base_url, look_at_mail
from matinee.reports.health.worker import look_at_outbox
from matinee.settings import Settings

MASK = "***"
# Settings of which nothing is shown; and what stands there where they are not set.
SECRETS = {
    "secret_key": "(kept in the data directory)",
    "stripe_secret_key": "",
    "stripe_webhook_secret": "",
    "apple_pass_key_password": "",
    "backup_s3_access_key": "",
    "backup_s3_secret_key": "",
}


@click.command()
def doctor() -> None:
    """Look at the settings, the database, the worker, the mail server and the backups. Changes nothing and sends no mail.

    The exit code is 1 where something is wrong, 2 where a setting is.
    """
    console = Console(soft_wrap=True)
    settings = checked_settings()
    console.print(_settings_table(settings))
    findings = []
    for finding in _look_at_everything(settings):
        findings.append(finding)
        _tell(console, finding)
    wrong = sum(finding.is_wrong for finding in findings)
    if wrong:
        raise click.ClickException("one thing is wrong." if wrong == 1 else f"{wrong} things are wrong.")
    console.print("All is well.")


def _look_at_everything(settings: Settings) -> Iterator[Finding]:
    data_dir = list(look_at_data_dir(settings.data_dir))
    yield from data_dir
    if not any(finding.is_wrong for finding in data_dir):
        with opened_services() as (_settings, services):
            database = list(look_at_database(services.engine))
            yield from database
            if not any(finding.is_wrong for finding in database):
                yield from look_at_outbox(services.transactions.read, clock.now())
        yield from look_at_mail(
            smtp_url=settings.smtp_url, mail_from=settings.mail_from, data_dir=settings.data_dir
        )
    yield look_at_backups(
        settings.backup_dir, age_max=timedelta(hours=settings.backup_hours), now=clock.now()
    )
    yield look_at_base_url(settings.base_url)


def _settings_table(settings: Settings) -> Table:
    table = Table("Setting")
    table.add_column("Value", overflow="fold")
    table.add_column("From")
    for name in type(settings).model_fields:
        variable = f"MATINEE_{name.upper()}"
        origin = "environment" if variable in os.environ else "default"
        table.add_row(variable, escape(shown_value(name, getattr(settings, name))), origin)
    return table


def shown_value(name: str, value: object) -> str:
    """The value of a setting as it may be shown: without passwords and keys."""
    if name in SECRETS:
        return MASK if value else SECRETS[name]
    if value is None or value == "":
        return ""
    if name in ("database_url", "backup_scratch_url"):
        # The parts after the question mark may hold a password, too.
        return make_url(str(value)).difference_update_query(["password"]).render_as_string(hide_password=True)
    if name == "smtp_url" and "@" in str(value):
        scheme, _, rest = str(value).partition("://")
        return f"{scheme}://{MASK}@{rest.rpartition('@')[2]}"
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value)
    return str(value)


def _tell(console: Console, finding: Finding) -> None:
    mark = (
        "[red]wrong[/]" if finding.is_wrong else "[yellow]note[/] " if finding.advice else "[green]ok[/]   "
    )
    console.print(f"{mark}  [bold]{finding.what}[/]: {escape(str(finding.state))}")
    if finding.advice:
        console.print(f"       {escape(str(finding.advice))}")
