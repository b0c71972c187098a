"""`matinee db`: the schema of the database."""

from __future__ import annotations

import click

from matinee.cli.opened import opened_services
from matinee.cli.refusals import refusals_shown
from matinee.db.schema import HEAD_REVISION, current_revision, upgrade_schema


@click.group()
def db() -> None:
    """The tables of the database: make them, bring them up to date, say which they are."""


@db.command()
def upgrade() -> None:
    """Make the tables, or bring them up to what this version needs.

    A step happens as a whole or not at all; what failed is gone on with by calling this again. There is no way back but a
    backup, so make one before you upgrade a cinema that sells: `matinee backup --verify`.
    """
    with refusals_shown(), opened_services() as (_settings, services):
        before, after = upgrade_schema(services.engine)
    if before is None:
        click.echo(f"Made the tables: schema {after}.")
    elif before == after:
        click.echo(f"Nothing to do: the schema is {after} already.")
    else:
        click.echo(f"Upgraded the schema from {before} to {after}.")


@db.command()
def current() -> None:
    """Say which schema the database has, and whether this version needs another (exit code 1)."""
    with refusals_shown(), opened_services() as (_settings, services):
        revision = current_revision(services.engine)
    if revision == HEAD_REVISION:
        click.echo(f"{revision} (current)")
        return
    click.echo("none: the database has no tables yet" if revision is None else revision)
    raise click.ClickException(f"this version of Matinee needs {HEAD_REVISION}: run `matinee db upgrade`.")
