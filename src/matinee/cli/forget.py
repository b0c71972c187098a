"""`matinee forget`: removing personal data of buyers, as the worker does by itself."""

from __future__ import annotations

from datetime import datetime

import click

from matinee.boxoffice.retention import Forgettable, count_forgettable, forgets_before
from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.retention_rounds import forget_one_screening
from matinee.kernel import clock
from matinee.web.shared.services import Services

NOTHING_EVER = "Nobody is ever forgotten: MATINEE_RETENTION_DAYS is 0."


@click.command()
@click.option(
    "--yes", is_flag=True, help="Do it; without this option the command only says how much there is."
)
def forget(yes: bool) -> None:
    """Forget who bought tickets of screenings that ended longer ago than MATINEE_RETENTION_DAYS.

    Addresses, accounts and names of buyers go, also from mails and from the log of webhooks. Figures stay: tickets, amounts,
    payments, who of the staff sold them. The worker does the same every hour.

    \b
    matinee forget          how much there is to forget
    matinee forget --yes    forget it
    """
    with refusals_shown(), opened_services() as (settings, services):
        prepare_database(services.engine)
        before = forgets_before(days=settings.retention_days, now=clock.now())
        if before is None:
            click.echo(NOTHING_EVER)
            return
        if not yes:
            found = services.transactions.read(lambda session: count_forgettable(session, before=before))
            click.echo(_told(found, f"{before:%Y-%m-%d}"))
            return
        orders, waiting = _forget_all(services, before)
    click.echo(f"Forgot who bought: {_orders(orders)}.{_waiting(waiting)}")


def _forget_all(services: Services, before: datetime) -> tuple[int, int]:
    orders = waiting = 0
    behind = None
    while True:
        done = forget_one_screening(services.transactions, before=before, behind=behind, actor="cli")
        if done is None:
            return orders, waiting
        behind = done.place
        orders, waiting = orders + done.orders, waiting + done.orders_waiting


def _told(found: Forgettable, day: str) -> str:
    if not found.orders:
        return f"Nothing to forget of screenings before {day}.{_waiting(found.orders_waiting)}"
    return (
        f"To forget: who bought {_orders(found.orders)} of screenings before {day}."
        f"{_waiting(found.orders_waiting)} With --yes it is done."
    )


def _waiting(count: int) -> str:
    return f" {_orders(count)} wait, since their money is still on its way." if count else ""


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"
