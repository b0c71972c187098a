"""`create_app`: the one place where everything meets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from apiflask import APIFlask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from werkzeug.middleware.proxy_fix import ProxyFix

from matinee import __version__
from matinee.accounts import mails as account_mails
from matinee.accounts.passwords import Passwords
from matinee.accounts.secret_box import SecretBox
from matinee.accounts.throttling import Throttle
from matinee.boxoffice.holds import HoldTerms
from matinee.db.base import Base
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
from matinee.web.backoffice.routes import backoffice
from matinee.web.door.routes import door
from matinee.web.given.documented import complete_document
from matinee.web.given.routes import given
from matinee.web.shared.access_log import log_requests
from matinee.web.shared.assets import assets
from matinee.web.shared.compression import compress_pages
from matinee.web.shared.cors import allow_origins
from matinee.web.shared.docs import docs
from matinee.web.shared.failures import answer_failures
from matinee.web.shared.forgery import use_tokens
from matinee.web.shared.health import health
from matinee.web.shared.images import images
from matinee.web.shared.kept_answers import KeptAnswers
from matinee.web.shared.kept_parts import KeptParts
from matinee.web.shared.languages import use_languages
from matinee.web.shared.metrics.meter import Meter
from matinee.web.shared.metrics.page import metrics_page
from matinee.web.shared.metrics.requests import measure_connections, measure_requests
from matinee.web.shared.page_globals import add_page_globals
from matinee.web.shared.pages import pages
from matinee.web.shared.request_ids import use_request_ids
from matinee.web.shared.security_headers import add_security_headers
from matinee.web.shared.services import EXTENSION, Services, is_https, services_of
from matinee.web.shared.site_session import use_site_session
from matinee.web.shared.traced import trace_requests
from matinee.web.site.demo_payment import demo_payment
from matinee.web.site.programme.crawlers import crawlers
from matinee.web.site.routes import register_site
from matinee.web.v1.blueprint import PREFIX as V1_PREFIX
from matinee.web.v1.blueprint import use_converters
from matinee.web.v1.document import add_to_document
from matinee.web.v1.problems import failure_problem
from matinee.web.v1.routes import v1

# One for each thread of the server that may serve a request at the same time.
CONNECTIONS_MAX = 20
BODY_BYTES_MAX = 256 * 1024
# Whose pages know the visitor by a cookie.
PAGE_BLUEPRINTS = frozenset({"site", "site_in", "backoffice", "door"})

# What the outbox delivers is composed by the areas that it comes from. For the worker.
MAIL_COMPOSERS: dict[str, Composer] = {
    **account_mails.COMPOSERS,
    **ticket_mails.COMPOSERS,
    **return_mails.COMPOSERS,
}
EVENT_COMPOSERS: dict[str, EventComposer] = {**ticket_events.EVENT_COMPOSERS, **door_events.EVENT_COMPOSERS}


class _Matinee(APIFlask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` itself: no view and no hook here is a coroutine, and Flask would look at each of them at each request."""
        return func


def create_app(settings: Settings, *, meter: Meter | None = None) -> APIFlask:
    """The whole of Matinee as one WSGI application. Opens no connection; makes the data directory.

    `meter`: counts its requests, and is read at /metrics where a token is set.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = _Matinee(
        "matinee",
        title="Matinee",
        version=__version__,
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]  # as in Flask: no folder; blueprints have theirs
    )
    url = database_url(settings.database_url)
    app.config.update(
        SECRET_KEY=settings.secret_key_kept(),
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(url, CONNECTIONS_MAX),
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        OPENAPI_VERSION="3.1.0",
        AUTO_SERVERS=False,
        AUTO_404_RESPONSE=False,
        DESCRIPTION="The box office that a cinema runs itself.",
        TEMPLATES_AUTO_RELOAD=False,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # The address of the page is no secret of ours; what counts is the token, and the cookie's SameSite.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = _services(app, settings)
    _register(app, settings)
    if meter is not None:
        _measure(app, settings, meter)
    if is_tracing():
        trace_requests(app, proxy_is_trusted=settings.trusted_proxies > 0)
        trace_statements(services_of(app).engine)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        # Not the host: links are made from the configured address alone.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    return app


def _measure(app: APIFlask, settings: Settings, meter: Meter) -> None:
    measure_requests(app, meter)
    measure_connections(services_of(app).engine, meter)
    if settings.metrics_token:
        app.register_blueprint(metrics_page(meter, token=settings.metrics_token))


def _services(app: APIFlask, settings: Settings) -> Services:
    database = SQLAlchemy(model_class=Base)
    database.init_app(app)
    with app.app_context():
        engine = database.engine
    prepare_engine(engine)
    on_sqlite = engine.dialect.name == "sqlite"
    direct = None if on_sqlite else DirectConnections(engine)
    version: DataVersion
    if direct is None:
        version = SqliteVersion(str(engine.url.database))
    else:
        version = PostgresVersion(direct, MachineCell(settings.data_dir))

    # Not the extension's scoped session: it lives as long as an application context, a transaction of ours much shorter,
    # and the worker's threads have no context.
    sessions = sessionmaker(engine, expire_on_commit=False)
    transactions = Transactions(sessions, version, one_writer=on_sqlite)
    box = SecretBox(app.config["SECRET_KEY"])
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
            secret_key=app.config["SECRET_KEY"],
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
    url = database_url(settings.standby_url)
    engine = create_engine(url, **engine_options(url, CONNECTIONS_MAX))
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


def _register(app: APIFlask, settings: Settings) -> None:
    use_converters(app)
    use_request_ids(app, proxy_is_trusted=settings.trusted_proxies > 0)
    # Before the blueprints: what is registered later runs earlier on the way back, and sees the answer uncompressed.
    compress_pages(app)
    use_languages(app)
    add_page_globals(app)
    for blueprint in (given, v1, health, pages, assets, images, crawlers, docs, demo_payment):
        app.register_blueprint(blueprint)
    use_tokens(app)
    register_site(app)
    for blueprint in (backoffice, door):
        app.register_blueprint(blueprint)
    https = is_https(settings.base_url)
    use_site_session(app, https=https, page_blueprints=PAGE_BLUEPRINTS)
    answer_failures(app, forms={f"{V1_PREFIX}/": failure_problem})
    add_security_headers(app, https=https)
    allow_origins(app, settings.cors_origins)
    if settings.access_log == "on":
        log_requests(app)

    @app.spec_processor
    def _complete(document: dict[str, Any] | str) -> dict[str, Any] | str:
        assert isinstance(document, dict), "the document is only ever made as JSON"
        # Relative: the page tries calls out on the server that it came from.
        document["servers"] = [{"url": "/"}]
        return add_to_document(app, complete_document(app, document))
