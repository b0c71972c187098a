"""`matinee cinema`: what is known about a cinema."""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.programme.cinemas import change_cinema, cinema_to_fill
from matinee.programme.queries import cinemas

ON_OFF = click.Choice(("on", "off"))


@click.group()
def cinema() -> None:
    """Cinemas: name, address, time zone, currency. The first one is the default."""


@cinema.command("list")
def list_cinemas() -> None:
    """Show every cinema."""
    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        found = services.transactions.read(
            lambda session: [
                (each.slug, each.name, each.address, each.timezone, each.currency, each.sells_priced_unpaid)
                for each in cinemas(session)
            ]
        )
    table = Table("Slug", "Name", "Address", "Time zone", "Currency", "Sells priced seats unpaid")
    for *texts, sells_unpaid in found:
        table.add_row(*(escape(str(text)) for text in texts), "on" if sells_unpaid else "off")
    Console().print(table)


@cinema.command("set")
@click.argument("slug")
@click.option("--name", help="As people know it.")
@click.option("--address", help="Where it is; stands in the mail with the tickets.")
@click.option(
    "--timezone", metavar="ZONE", help="Such as Europe/Kyiv. Cannot change once there are screenings."
)
@click.option("--currency", metavar="CODE", help="Such as EUR. Cannot change once there are price lists.")
@click.option(
    "--sells-priced-unpaid",
    type=ON_OFF,
    help="Whether programs may buy seats that have a price and leave the money for the counter.",
)
def set_cinema(
    slug: str,
    *,
    name: str | None,
    address: str | None,
    timezone: str | None,
    currency: str | None,
    sells_priced_unpaid: str | None,
) -> None:
    """Change the cinema SLUG, or make it.

    \b
    matinee cinema set odeon --name "Odeon" --address "1 High Street" --timezone Europe/Kyiv --currency UAH
    """

    def work(session: Session) -> tuple[str, bool]:
        found, made = cinema_to_fill(
            session, slug=slug, timezone=settings.timezone, currency=settings.currency
        )
        change_cinema(
            session,
            cinema=found,
            name=name,
            address=address,
            timezone=timezone,
            currency=currency,
            sells_priced_unpaid=None if sells_priced_unpaid is None else sells_priced_unpaid == "on",
        )
        return found.name, made

    with refusals_shown(), opened_services() as (settings, services):
        prepare_database(services.engine)
        shown_name, made = services.transactions.write(work)
    click.echo(f"{'Made' if made else 'Changed'} the cinema {shown_name!r}.")
