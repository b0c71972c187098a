"""`create_app`: the one place where everything meets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import APIFlask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from matinee import __version__
from matinee.assembly import CONNECTIONS_MAX, build_services
from matinee.db.base import Base
from matinee.db.engine import database_url, engine_options
from matinee.kernel.spans import is_tracing
from matinee.settings import Settings
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
from matinee.web.shared.languages import use_languages
from matinee.web.shared.metrics.meter import Meter
from matinee.web.shared.metrics.page import metrics_page
from matinee.web.shared.metrics.requests import measure_connections, measure_requests
from matinee.web.shared.page_globals import add_page_globals
from matinee.web.shared.pages import pages
from matinee.web.shared.request_ids import use_request_ids
from matinee.web.shared.security_headers import add_security_headers
from matinee.web.shared.services import EXTENSION, is_https, services_of
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

BODY_BYTES_MAX = 256 * 1024
# Whose pages know the visitor by a cookie.
PAGE_BLUEPRINTS = frozenset({"site", "site_in", "backoffice", "door"})


class _Matinee(APIFlask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` itself: no view and no hook here is a coroutine, and Flask would look at each of them at each request."""
        return func


def create_app(settings: Settings, *, meter: Meter | None = None) -> APIFlask:
    """The whole of Matinee as one WSGI application. Opens no connection; makes the data directory.

    `meter`: counts its requests, and is read at /metrics where a token is set.
    """
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
    app.extensions[EXTENSION] = build_services(settings, _engine(app))
    _register(app, settings)
    if meter is not None:
        _measure(app, settings, meter)
    if is_tracing():
        trace_requests(app, proxy_is_trusted=settings.trusted_proxies > 0)
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


def _engine(app: APIFlask) -> Engine:
    database = SQLAlchemy(model_class=Base)
    database.init_app(app)
    with app.app_context():
        return database.engine


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
