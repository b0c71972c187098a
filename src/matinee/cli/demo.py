"""`matinee demo`: two cinemas to try Matinee with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import ROLES, User
from matinee.accounts.roles import grant_role
from matinee.accounts.users import confirm_email_by_staff, store_user
from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.db.schema import upgrade_schema
from matinee.kernel import clock
from matinee.kernel.codes import TYPEABLE, random_code
from matinee.programme.demo import DemoReport, store_demo_programme
from matinee.settings import Settings

PASSWORD_FILE = "demo_password"  # noqa: S105 - the name of a file
DOMAIN = "demo.example"
MOVIEGOER = "moviegoer"


@click.command()
def demo() -> None:
    """Make a demonstration: two cinemas with a programme for two weeks from today, and an account for each role.

    Run it again on another day and the missing days are added. The accounts share a password that is made for this
    installation and kept in its data directory; do not keep them on a server that others can reach.
    """
    with refusals_shown(), opened_services() as (settings, services):
        prepare_database(services.engine)
        upgrade_schema(services.engine)
        password = _password(settings)
        # Before the transaction: hashing takes a while, and the work may run more than once.
        password_hash = services.passwords.hash(password)
        now = clock.now()

        def work(session: Session) -> DemoReport:
            report = store_demo_programme(
                session, timezone=settings.timezone, currency=settings.currency, now=now
            )
            _store_accounts(session, password_hash, now)
            return report

        report = services.transactions.write(work)
    _tell(report, settings, password)


def _password(settings: Settings) -> str:
    """The password of this installation's demonstration, made at the first time."""
    path = settings.data_dir / PASSWORD_FILE
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write("-".join(random_code(4, TYPEABLE.lower()) for _ in range(3)))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def _store_accounts(session: Session, password_hash: str, now: datetime) -> None:
    """An account for each role and one without, confirmed; those that are there get the password of today."""
    for name in (*ROLES, MOVIEGOER):
        username = _username(name)
        user = session.scalars(select(User).where(User.username == username)).one_or_none()
        if user is None:
            user = store_user(session, username=username, password_hash=password_hash, now=now)
        user.password_hash = password_hash
        confirm_email_by_staff(session, user=user, now=now)
        if name in ROLES:
            grant_role(session, user=user, role=name)
    session.flush()


def _username(name: str) -> str:
    return f"{name}@{DOMAIN}"


def _tell(report: DemoReport, settings: Settings, password: str) -> None:
    console = Console(soft_wrap=True)
    where = ", ".join(report.address.splitlines())
    console.print(f"[bold]{escape(report.cinema_name)}[/], {escape(where)}")
    console.print(f"Halls: {escape(', '.join(report.hall_names))}")
    console.print(f"A second cinema: {escape(', '.join(report.other_cinema_names))}")
    console.print(f"On from {report.first_day} to {report.last_day}; {report.screenings_new} new screenings.")
    accounts = Table("Role", "Username", "Password")
    for name in (*ROLES, MOVIEGOER):
        accounts.add_row(name, _username(name), password)
    console.print(accounts)
    console.print("Start it with: matinee serve")
    console.print(f"Then open:     {escape(settings.base_url)}")
    console.print(f"Mails go to:   {escape(_mails(settings))}")


def _mails(settings: Settings) -> str:
    if settings.smtp_url:
        return "the mail server of MATINEE_SMTP_URL"
    return str(Path(settings.data_dir / "mails").absolute())
