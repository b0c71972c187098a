"""What surfaces and commands work with, made by `assembly.build_services`; and where surfaces find it: on the app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import Engine

from matinee.accounts.passwords import Passwords
from matinee.accounts.secret_box import SecretBox
from matinee.accounts.throttling import Throttle
from matinee.boxoffice.holds import HoldTerms
from matinee.db.direct import DirectConnections
from matinee.db.standby import Reader
from matinee.db.transaction import Transactions
from matinee.db.version import DataVersion
from matinee.outbox.composing import Seal
from matinee.payments.protocol import PaymentProvider
from matinee.reports.health.installation import Installation
from matinee.tickets.wallets.offered import Wallets
from matinee.web.shared.kept_answers import KeptAnswers
from matinee.web.shared.kept_parts import KeptParts

EXTENSION = "matinee"


@dataclass(frozen=True, slots=True)
class Services:
    """The database and the settings that surfaces need, as plain values."""

    engine: Engine
    transactions: Transactions
    # For what everybody is shown: a standby, where there is one in step.
    reader: Reader
    version: DataVersion
    # PostgreSQL only: the driver's own connections for the hot path.
    direct: DirectConnections | None
    # Answers of the schedule, serialised once per version of the data.
    kept_answers: KeptAnswers
    # What of them does not depend on claims. Each surface finds by its keys what it kept itself.
    kept_parts: KeptParts[Any]
    base_url: str
    # Whether webhook endpoints may have private addresses.
    private_webhooks: bool
    # Sites that calls may come from, and that a payer's browser may go back to.
    cors_origins: tuple[str, ...]
    session_lifetime: timedelta
    # Whether a member of the staff has no powers in a session that showed no second factor.
    second_factor_required: bool
    confirm_code_lifetime: timedelta
    reset_code_lifetime: timedelta
    hold_terms: HoldTerms
    payment_lifetime: timedelta
    seats_per_order_max: int
    passwords: Passwords
    # Opens the secrets of second factors.
    secret_box: SecretBox
    throttle: Throttle
    # The ways to pay of this installation, by name. Never called inside a transaction.
    payments: Mapping[str, PaymentProvider]
    wallets: Wallets
    # What health depends on.
    installation: Installation
    # Signs the codes of tickets.
    seal: Seal


def services_of(app: Flask) -> Services:
    """The services of `app`."""
    return cast(Services, app.extensions[EXTENSION])


def services() -> Services:
    """The services of the app that handles this request."""
    return cast(Services, current_app.extensions[EXTENSION])


def is_https(base_url: str) -> bool:
    """Whether people reach the site by https, so that cookies may demand it."""
    return base_url.startswith("https:")
