"""`build_services`: the parts that surfaces and commands work with, put together. Without pages: a command starts sooner."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import sessionmaker

from matinee import __version__
from matinee.accounts import mails as account_mails
from matinee.accounts.passwords import Passwords
from matinee.accounts.secret_box import SecretBox
from matinee.accounts.throttling import Throttle
from matinee.boxoffice.holds import HoldTerms
from matinee.db.direct import DirectConnections
from matinee.db.engine import database_url, engine_options, prepare_engine
from matinee.db.machine_cell import MachineCell
from matinee.db.standby import Reader, StandbyReader
from matinee.db.tracing import trace_statements
from matinee.db.transaction import Transactions
from matinee.db.version import DataVersion, PostgresVersion, SqliteVersion
from matinee.door import events as door_events
from matinee.kernel import clock
from matinee.kernel.spans import is_tracing
from matinee.outbox.composing import Composer
from matinee.outbox.webhooks.composing import EventComposer
from matinee.payments.providers import build_providers
from matinee.reports import return_mails
from matinee.reports.health.installation import Installation
from matinee.reports.health.mail import mail_goes_to
from matinee.settings import Settings
from matinee.tickets import events as ticket_events
from matinee.tickets import mails as ticket_mails
from matinee.tickets.signing import TicketSeal
from matinee.tickets.wallets.offered import Wallets, apple_wallet, google_wallet
from matinee.web.shared.kept_answers import KeptAnswers
from matinee.web.shared.kept_parts import KeptParts
from matinee.web.shared.services import Services

# One for each thread of the server that may serve a request at the same time.
CONNECTIONS_MAX = 20

# What the outbox delivers is composed by the areas that it comes from. For the worker.
MAIL_COMPOSERS: dict[str, Composer] = {
    **account_mails.COMPOSERS,
    **ticket_mails.COMPOSERS,
    **return_mails.COMPOSERS,
}
EVENT_COMPOSERS: dict[str, EventComposer] = {**ticket_events.EVENT_COMPOSERS, **door_events.EVENT_COMPOSERS}


def open_engine(url: str) -> Engine:
    """An engine on the database that a setting names, yet to be prepared. It connects when it is asked something."""
    driver_url = database_url(url)
    return create_engine(driver_url, **engine_options(driver_url, CONNECTIONS_MAX))


def build_services(settings: Settings, engine: Engine) -> Services:
    """What surfaces and commands work with. Prepares the engine, makes the data directory, opens no connection.

    Raises OSError where the data directory cannot be used.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret_key = settings.secret_key_kept()
    prepare_engine(engine)
    if is_tracing():
        trace_statements(engine)
    on_sqlite = engine.dialect.name == "sqlite"
    direct = None if on_sqlite else DirectConnections(engine)
    version: DataVersion
    if direct is None:
        version = SqliteVersion(str(engine.url.database))
    else:
        version = PostgresVersion(direct, MachineCell(settings.data_dir))

    # Not the scoped session of Flask-SQLAlchemy: it lives as long as an application context, a transaction of ours much
    # shorter, and commands have no context.
    sessions = sessionmaker(engine, expire_on_commit=False)
    transactions = Transactions(sessions, version, one_writer=on_sqlite)
    box = SecretBox(secret_key)
    return Services(
        engine=engine,
        transactions=transactions,
        reader=_reader(settings, transactions, direct, version),
        version=version,
        direct=direct,
        kept_answers=KeptAnswers(version),
        kept_parts=KeptParts(version),
        base_url=settings.base_url,
        private_webhooks=settings.webhook_private == "on",
        cors_origins=settings.cors_origins,
        session_lifetime=timedelta(hours=settings.session_hours),
        second_factor_required=settings.staff_second_factor == "on",
        confirm_code_lifetime=timedelta(hours=settings.confirm_code_hours),
        reset_code_lifetime=timedelta(minutes=settings.reset_code_minutes),
        hold_terms=HoldTerms(
            lifetime=timedelta(minutes=settings.hold_minutes),
            seats_max=settings.seats_per_order_max,
            extensions_max=settings.hold_extensions_max,
        ),
        payment_lifetime=timedelta(minutes=settings.payment_minutes),
        seats_per_order_max=settings.seats_per_order_max,
        passwords=Passwords(cheap=settings.password_cost == "cheap"),  # noqa: S105 - not a password
        secret_box=box,
        throttle=Throttle(transactions, enabled=settings.ratelimit == "on", clock_now=clock.now),
        payments=build_providers(
            base_url=settings.base_url,
            secret_key=secret_key,
            demo=settings.demo_payments == "on",
            stripe_secret_key=settings.stripe_secret_key,
            stripe_webhook_secret=settings.stripe_webhook_secret,
            stripe_api_base=settings.stripe_api_base,
        ),
        wallets=_wallets(settings),
        seal=TicketSeal(transactions, box, clock_now=clock.now),
        installation=_installation(settings),
    )


def _reader(
    settings: Settings, transactions: Transactions, direct: DirectConnections | None, version: DataVersion
) -> Reader:
    if not settings.standby_url or direct is None:
        return transactions
    engine = open_engine(settings.standby_url)
    prepare_engine(engine)
    sessions = sessionmaker(engine, expire_on_commit=False)
    return StandbyReader(transactions, direct, Transactions(sessions, version, one_writer=False))


def _installation(settings: Settings) -> Installation:
    return Installation(
        version=__version__,
        base_url=settings.base_url,
        data_dir=settings.data_dir,
        has_mail_server=bool(settings.smtp_url),
        mail_goes_to=mail_goes_to(smtp_url=settings.smtp_url, data_dir=settings.data_dir),
        mail_from=settings.mail_from,
        backup_dir=settings.backup_dir,
        backup_age_max=timedelta(hours=settings.backup_hours),
        started_at=clock.now(),
    )


def _wallets(settings: Settings) -> Wallets:
    return Wallets(
        apple=apple_wallet(
            certificate=settings.apple_pass_certificate,
            key=settings.apple_pass_key,
            key_password=settings.apple_pass_key_password,
            type_id=settings.apple_pass_type_id,
            team_id=settings.apple_pass_team_id,
            wwdr=settings.apple_pass_wwdr,
        ),
        google=google_wallet(key=settings.google_wallet_key, issuer_id=settings.google_wallet_issuer_id),
    )
