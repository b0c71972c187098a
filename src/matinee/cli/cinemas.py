"""`matinee cinema`: what is known about a cinema, and how it sells."""

from __future__ import annotations

from typing import cast

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from matinee.cli.files import read_given
from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.trail import leave_trail
from matinee.kernel import clock
from matinee.kernel.money import Money
from matinee.programme.cinema_look import CinemaDetails
from matinee.programme.cinemas import change_cinema, cinema_to_fill
from matinee.programme.errors import InvalidCinema
from matinee.programme.fields import parse_amount, told_as
from matinee.programme.images import set_logo
from matinee.programme.models import FEE_UNITS, Cinema
from matinee.programme.pictures import read_logo
from matinee.programme.queries import cinema_by_slug, cinemas

ON_OFF = click.Choice(("on", "off"))


@click.group()
def cinema() -> None:
    """Cinemas: name, address, time zone, currency; how they sell. The first one is the default."""


@cinema.command("list")
def list_cinemas() -> None:
    """Show every cinema."""
    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        found = services.transactions.read(
            lambda session: [(_what_it_is(each), _how_it_sells(each)) for each in cinemas(session)]
        )
    known = Table("Slug", "Name", "Address", "Time zone", "Currency", "Sells priced seats unpaid")
    rules = Table(
        "Slug",
        "Booking fee",
        "Orphan rule",
        "Selling out from",
        "Companion seats kept until",
        "Refunds until",
        "Kept for the counter until",
        caption="Times are minutes before the start.",
    )
    for what, how in found:
        known.add_row(*map(escape, what))
        rules.add_row(*map(escape, how))
    console = Console()
    console.print(known)
    console.print(rules)


def _what_it_is(found: Cinema) -> tuple[str, ...]:
    texts = (found.slug, found.name, found.address, found.timezone, found.currency)
    return (*texts, _on_or_off(found.sells_priced_unpaid))


def _how_it_sells(found: Cinema) -> tuple[str, ...]:
    fee = Money(found.booking_fee_amount, found.currency)
    untils = (found.companion_until_minutes, found.refund_until_minutes, found.counter_until_minutes)
    return (
        found.slug,
        f"{fee} per {found.booking_fee_per}" if found.booking_fee_amount else "none",
        _on_or_off(found.orphan_rule),
        f"{found.selling_out_percent}%",
        *map(str, untils),
    )


def _on_or_off(value: bool) -> str:
    return "on" if value else "off"


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
@click.option("--booking-fee", metavar="AMOUNT", help="What booking costs, such as 1.50; 0 for nothing.")
@click.option(
    "--booking-fee-per",
    "booking_fee_per",
    type=click.Choice(FEE_UNITS),
    help="Whether each ticket costs the fee, or the order once.",
)
@click.option(
    "--orphan-rule",
    type=ON_OFF,
    help="on: buyers cannot leave a single seat empty beside those that they choose.",
)
@click.option(
    "--selling-out",
    "selling_out_percent",
    type=int,
    metavar="PERCENT",
    help="From this share of seats taken on, holds are not extended any more.",
)
@click.option(
    "--companion-until",
    "companion_until_minutes",
    type=int,
    metavar="MINUTES",
    help="Companion seats go with their wheelchair places until so long before the start.",
)
@click.option(
    "--refund-until",
    "refund_until_minutes",
    type=int,
    metavar="MINUTES",
    help="Buyers get their money back until so long before the start.",
)
@click.option(
    "--counter-until",
    "counter_until_minutes",
    type=int,
    metavar="MINUTES",
    help="Orders to be paid at the counter are kept until so long before the start.",
)
@click.option(
    "--color",
    "accent_color",
    metavar="COLOUR",
    help="Of its website, such as #b3202a; '' for the house's own.",
)
@click.option("--phone", metavar="NUMBER", help="Shown on its website.")
@click.option("--email", metavar="ADDRESS", help="Shown on its website.")
def set_cinema(
    slug: str,
    *,
    name: str | None,
    address: str | None,
    timezone: str | None,
    currency: str | None,
    booking_fee: str | None,
    **details: str | int | None,
) -> None:
    """Change the cinema SLUG, or make it.

    \b
    matinee cinema set odeon --name "Odeon" --address "1 High Street" --timezone Europe/Kyiv --currency UAH
    matinee cinema set odeon --booking-fee 1.50 --booking-fee-per order --refund-until 120
    matinee cinema set odeon --color "#b3202a" --phone "+380 44 123 45 67" --email office@odeon.example
    """

    def work(session: Session) -> tuple[str, bool]:
        found, made = cinema_to_fill(
            session, slug=slug, timezone=settings.timezone, currency=settings.currency
        )
        wanted = _given(details)
        if booking_fee is not None:
            with told_as(InvalidCinema, "The booking fee"):
                wanted["booking_fee_amount"] = parse_amount(booking_fee, currency=currency or found.currency)
        change_cinema(
            session, cinema=found, name=name, address=address, timezone=timezone, currency=currency, **wanted
        )
        wished = {"name": name, "address": address, "timezone": timezone, "currency": currency, **wanted}
        told = {what: value for what, value in wished.items() if value is not None}
        leave_trail(
            session,
            "cinema.create" if made else "cinema.change",
            f"cinema:{found.slug}",
            f"{found.name}: {', '.join(told) or 'nothing said'}",
            cinema_id=found.id,
            details={"after": told},
        )
        return found.name, made

    with refusals_shown(), opened_services() as (settings, services):
        prepare_database(services.engine)
        shown_name, made = services.transactions.write(work)
    click.echo(f"{'Made' if made else 'Changed'} the cinema {shown_name!r}.")


@cinema.command("logo")
@click.argument("slug")
@click.argument("file", required=False)
@click.option("--remove", is_flag=True, help="Take it away: the website shows the name.")
def set_cinema_logo(slug: str, file: str | None, *, remove: bool) -> None:
    """Give the cinema SLUG the logo in FILE (PNG, JPEG or WebP), in place of its name on the website.

    \b
    matinee cinema logo odeon logo.png
    """
    if (file is None) != remove:
        raise click.UsageError("Name a file, or say --remove.")
    with refusals_shown(), opened_services() as (_settings, services):
        picture = read_logo(read_given(file)[1]) if file is not None else None
        prepare_database(services.engine)

        def work(session: Session) -> str:
            found = cinema_by_slug(session, slug)
            set_logo(session, cinema=found, picture=picture, now=clock.now())
            news = "no logo any more" if remove else "another logo"
            leave_trail(
                session, "cinema.logo", f"cinema:{found.slug}", f"{found.name} has {news}", cinema_id=found.id
            )
            return found.name

        name = services.transactions.write(work)
    click.echo(f"{name!r} has {'no logo any more' if remove else 'a new logo'}.")


def _given(options: dict[str, str | int | None]) -> CinemaDetails:
    """The options that were given, as the details that they are."""
    given: dict[str, object] = {name: value for name, value in options.items() if value is not None}
    for name in ("sells_priced_unpaid", "orphan_rule"):
        if name in given:
            given[name] = given[name] == "on"
    return cast(CinemaDetails, given)
