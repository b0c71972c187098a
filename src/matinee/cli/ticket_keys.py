"""`matinee ticket-keys`: the keys that sign the codes of tickets."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.trail import leave_trail
from matinee.kernel import clock
from matinee.tickets.signing import keys_in_order, rotate_key


@click.group("ticket-keys")
def ticket_keys() -> None:
    """The keys that sign the codes of tickets, by which a door tells a forged one."""


@ticket_keys.command("list")
def list_keys() -> None:
    """Show the keys, the newest first. The first is made when a code is first drawn."""
    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        found = services.transactions.read(keys_in_order)
    table = Table("Key", "Made", "Signs until", "Public key (Ed25519, base64url)")
    for key in found:
        until = f"{key.retired_at:%Y-%m-%d %H:%M} UTC" if key.retired_at is not None else "today"
        table.add_row(key.id, f"{key.created_at:%Y-%m-%d %H:%M} UTC", until, key.public_key)
    Console(soft_wrap=True).print(table if found else "There is no key yet.")


@ticket_keys.command("rotate")
def rotate() -> None:
    """Sign with a new key from now on. Tickets that were signed before stay good.

    Running servers take it up within a minute.
    """
    now = clock.now()
    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)

        def work(session: Session) -> str:
            key = rotate_key(session, box=services.secret_box, now=now)
            leave_trail(session, "ticket_key.rotate", f"ticket_key:{key.id}", f"Key {key.id} signs tickets")
            return key.id

        made = services.transactions.write(work)
    click.echo(f"Codes of tickets are signed with the key {made} from now on. Earlier ones stay good.")
