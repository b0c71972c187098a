"""`matinee user`: accounts and roles."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from matinee.accounts.errors import UserExists, UserNotFound
from matinee.accounts.models import ROLES
from matinee.accounts.passwords import check_password_strength
from matinee.accounts.roles import grant_role, list_users, revoke_role
from matinee.accounts.second_factor import turn_off_second_factor
from matinee.accounts.sessions import end_all_sessions
from matinee.accounts.users import confirm_email_by_staff, find_user, normal_username, store_user
from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.trail import leave_trail
from matinee.kernel import clock

ROLE = click.Choice(ROLES)


@click.group()
def user() -> None:
    """Accounts and the roles of staff: manager, programmer, counter, usher, auditor."""


@user.command("add")
@click.argument("username")
@click.option(
    "--role", "roles", type=ROLE, multiple=True, help="A role to begin with; may be given several times."
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of the standard input."
)
def add_user(username: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Make an account for the mail address USERNAME; the address counts as confirmed. Asks for the password.

    \b
    matinee user add anna@example.org --role manager
    pwgen 20 1 | tee password.txt | matinee user add till@example.org --role counter --password-stdin
    """
    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        name = normal_username(username)
        services.transactions.read(lambda session: _refuse_known(session, name))
        password = _read_password(from_stdin=password_stdin)
        check_password_strength(password, username=name)
        # Outside the transaction: hashing takes a while, and the work may run more than once.
        password_hash = services.passwords.hash(password)
        now = clock.now()

        def work(session: Session) -> None:
            made = store_user(session, username=name, password_hash=password_hash, now=now)
            confirm_email_by_staff(session, user=made, now=now)
            for role in roles:
                grant_role(session, user=made, role=role)
            told = f"{name} was added{': ' + ', '.join(roles) if roles else ''}"
            leave_trail(session, "user.add", f"user:{made.id}", told, details={"roles": list(roles)})

        services.transactions.write(work)
    click.echo(f"Added {name}{', ' + ', '.join(roles) if roles else ''}.")


def _refuse_known(session: Session, username: str) -> None:
    try:
        find_user(session, username=username)
    except UserNotFound:
        return
    raise UserExists


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


@user.command("role")
@click.argument("username")
@click.argument("role", type=ROLE)
@click.option("--revoke", is_flag=True, help="Take the role away.")
def change_role(username: str, role: str, revoke: bool) -> None:
    """Give the user USERNAME a role, or take it away.

    \b
    matinee user role anna@example.org manager
    matinee user role anna@example.org manager --revoke
    """

    def work(session: Session) -> str:
        found = find_user(session, username=username)
        (revoke_role if revoke else grant_role)(session, user=found, role=role)
        step = f"{'-' if revoke else '+'}{role}"
        leave_trail(session, "staff.roles", f"user:{found.id}", f"Roles of {found.username}: {step}")
        return found.username

    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        name = services.transactions.write(work)
    click.echo(f"{name} is no {role} any more." if revoke else f"{name} is {role} now.")


@user.command("list")
@click.option("--staff", is_flag=True, help="Only those who have a role.")
def show_users(staff: bool) -> None:
    """Show the accounts with their roles."""
    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        rows = services.transactions.read(
            lambda session: [
                (each.username, ", ".join(roles), each.email_confirmed_at is not None)
                for each, roles in list_users(session)
                if roles or not staff
            ]
        )
    table = Table("Username", "Roles", "Address confirmed")
    for name, roles, confirmed in rows:
        table.add_row(escape(name), roles, "yes" if confirmed else "no")
    Console().print(table)


@user.group("second-factor")
def second_factor() -> None:
    """The codes of an authenticator app that staff show beside the password."""


@second_factor.command("off")
@click.argument("username")
def turn_off(username: str) -> None:
    """Ask the user USERNAME for no code any more, as when the phone is lost. Every session of the user ends.

    \b
    matinee user second-factor off anna@example.org
    """

    def work(session: Session) -> str:
        found = find_user(session, username=username)
        turn_off_second_factor(session, user=found)
        end_all_sessions(session, user=found)
        told = f"The second factor of {found.username} was turned off"
        leave_trail(session, "staff.second_factor_off", f"user:{found.id}", told)
        return found.username

    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        name = services.transactions.write(work)
    click.echo(f"{name} signs in without a second factor now.")
