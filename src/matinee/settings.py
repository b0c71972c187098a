"""Settings from the environment, read once and passed down as plain values."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from matinee.backups.s3_place import read_place
from matinee.backups.sealing import check_recipients
from matinee.db.engine import database_url
from matinee.kernel.money import is_currency_code
from matinee.kernel.zones import is_time_zone
from matinee.payments.demo import DemoNotHere
from matinee.payments.stripe_checkout import STRIPE_API_BASE
from matinee.payments.this_machine import is_this_machine
from matinee.tickets.wallets.offered import apple_wallet, google_wallet


class WrongSettings(Exception):
    """One sentence for each setting that is wrong."""


class Settings(BaseSettings):
    """Every setting has a default with which a small cinema can start. docs/settings.md describes each."""

    model_config = SettingsConfigDict(env_prefix="MATINEE_", extra="ignore", frozen=True)

    data_dir: Path = Path("var")
    database_url: str = ""
    # After the database's address: only PostgreSQL has standbys.
    standby_url: str = ""
    # Whether to start on a database that a newer Matinee has upgraded: for going back.
    newer_schema: Literal["refuse", "accept"] = "refuse"
    smtp_url: str = ""
    mail_from: str = "Matinee <tickets@localhost>"
    base_url: str = "http://127.0.0.1:8000"
    secret_key: str = ""
    timezone: str = "UTC"
    currency: str = "EUR"
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    ratelimit: Literal["on", "off"] = "on"
    # How many proxies in front of Matinee may be believed about the caller's address and scheme.
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    hold_minutes: int = Field(default=10, ge=1, le=240)
    # Accessibility asks for ten at the least (WCAG 2.2, success criterion 2.2.1).
    hold_extensions_max: int = Field(default=10, ge=0, le=1000)
    # How long seats are kept for somebody who is paying.
    payment_minutes: int = Field(default=15, ge=1, le=24 * 60)
    session_hours: int = Field(default=24, ge=1, le=24 * 365)
    # Whether staff must show a second factor to have the powers of their roles.
    staff_second_factor: Literal["off", "on"] = "off"
    confirm_code_hours: int = Field(default=24, ge=1, le=24 * 30)
    reset_code_minutes: int = Field(default=60, ge=5, le=24 * 60)
    seats_per_order_max: int = Field(default=10, ge=1, le=500)
    # After so many days from the end of a screening nobody knows any more who bought; 0: for ever.
    retention_days: int = Field(default=730, ge=0, le=36_500)
    # The folder of backups; and how old the newest may be. None: nothing is known of them.
    backup_dir: Path | None = None
    backup_hours: int = Field(default=26, ge=1, le=24 * 365)
    # Public keys of age's: whom backups are encrypted to.
    backup_recipient: Annotated[tuple[str, ...], NoDecode] = ()
    # Kept are so many of the newest, and all that are not older than so many days.
    backup_keep: int = Field(default=14, ge=1, le=10_000)
    backup_keep_days: int = Field(default=0, ge=0, le=36_500)
    # A PostgreSQL server where a backup is restored for a trial; empty: that of the database itself.
    backup_scratch_url: str = ""
    backup_s3_region: str = "us-east-1"
    backup_s3_access_key: str = ""
    backup_s3_secret_key: str = ""
    # After the others: all of them are tried together.
    backup_s3_url: str = ""
    # argon2id; "cheap" is for tests and demonstrations only.
    password_cost: Literal["standard", "cheap"] = "standard"  # noqa: S105 - not a password
    access_log: Literal["on", "off"] = "on"
    # The form of the log; "auto": text at a terminal, else JSON.
    log: Literal["auto", "json", "text"] = "auto"
    # Who may read the metrics: whoever has the token, or is on this machine. Neither set: nothing is counted.
    metrics_token: str = ""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    # Of `matinee worker`, where it runs by itself.
    metrics_worker_port: int = Field(default=0, ge=0, le=65535)
    # The collector of traces, such as http://127.0.0.1:4318. None: nothing is traced.
    otel_endpoint: str = ""
    # Whether webhooks may go to private addresses, and over http.
    webhook_private: Literal["on", "off"] = "off"
    # After the base URL: it is checked against that.
    demo_payments: Literal["on", "off"] = "off"
    stripe_secret_key: str = ""
    # After the key: one needs the other.
    stripe_webhook_secret: str = Field(default="", validate_default=True)
    stripe_api_base: str = STRIPE_API_BASE
    apple_pass_certificate: str = ""
    apple_pass_key: str = ""
    apple_pass_key_password: str = ""
    apple_pass_type_id: str = ""
    apple_pass_team_id: str = ""
    # After the others: all of them are tried together.
    apple_pass_wwdr: str = Field(default="", validate_default=True)
    google_wallet_key: str = ""
    google_wallet_issuer_id: str = Field(default="", validate_default=True)

    @field_validator("backup_dir", mode="before")
    @classmethod
    def _no_folder_is_none(cls, value: object) -> object:
        # An empty text would be the folder that the command is started in.
        return None if value == "" else value

    @field_validator("database_url")
    @classmethod
    def _database_is_known(cls, value: str) -> str:
        if value:
            database_url(value)
        return value

    @field_validator("standby_url")
    @classmethod
    def _standby_is_postgres(cls, value: str, info: ValidationInfo) -> str:
        if not value:
            return value
        for address, of in (
            (value, "it"),
            (info.data.get("database_url") or "sqlite:///default", "MATINEE_DATABASE_URL"),
        ):
            if database_url(address).get_backend_name() != "postgresql":
                raise ValueError(f"needs PostgreSQL, and {of} names another database")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp_is_an_address(cls, value: str) -> str:
        if value:
            parts = urlsplit(value)
            if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
                raise ValueError("must look like smtp://user:password@host:587?starttls=1 or smtps://host")
            _ = parts.port  # raises ValueError for a port that is none
        return value

    @field_validator("base_url")
    @classmethod
    def _base_is_http(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must look like https://tickets.example.org")
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _timezone_exists(cls, value: str) -> str:
        if not is_time_zone(value):
            raise ValueError("must name a time zone such as Europe/Kyiv")
        return value

    @field_validator("currency")
    @classmethod
    def _currency_is_iso(cls, value: str) -> str:
        if not is_currency_code(value):
            raise ValueError("must be an ISO 4217 code such as EUR")
        return value

    @field_validator("backup_recipient", mode="before")
    @classmethod
    def _split_recipients(cls, value: object) -> object:
        return tuple(re.split(r"[,\s]+", value.strip())) if isinstance(value, str) and value.strip() else ()

    @field_validator("backup_recipient")
    @classmethod
    def _recipients_are_keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value:
            check_recipients(value)
        return value

    @field_validator("backup_scratch_url")
    @classmethod
    def _scratch_is_postgresql(cls, value: str) -> str:
        if value and database_url(value).get_backend_name() != "postgresql":
            raise ValueError("must name a PostgreSQL database, from which others may be made")
        return value

    @field_validator("backup_s3_url")
    @classmethod
    def _backups_leave_encrypted(cls, value: str, info: ValidationInfo) -> str:
        if not value:
            return value
        keys = [info.data.get(f"backup_s3_{name}", "") for name in ("access_key", "secret_key")]
        place = read_place(value, region="", access_key="", secret_key="")
        if place.endpoint.startswith("http:") and not is_this_machine(value):
            raise ValueError("must be an https address, or http on this machine")
        if not all(keys):
            raise ValueError(
                "and MATINEE_BACKUP_S3_ACCESS_KEY and MATINEE_BACKUP_S3_SECRET_KEY must be set together"
            )
        if "backup_recipient" in info.data and not info.data["backup_recipient"]:
            raise ValueError(
                "needs MATINEE_BACKUP_RECIPIENT too: names and addresses leave this machine encrypted"
            )
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.rstrip("/") for part in re.split(r"[,\s]+", value.strip()) if part)
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
                raise ValueError(
                    f"{origin!r} is not an origin such as https://example.org (a bare * cannot go with credentials)"
                )
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender_has_an_address(cls, value: str) -> str:
        if "@" not in value or any(character in value for character in "\r\n"):
            raise ValueError("must be an address such as 'Odeon <tickets@example.org>'")
        return value

    @field_validator("secret_key")
    @classmethod
    def _key_is_long(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError(
                "must have 32 characters or more, or be left out: it is made and kept in the data directory"
            )
        return value

    @field_validator("otel_endpoint")
    @classmethod
    def _collector_is_http(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
            raise ValueError("must look like http://127.0.0.1:4318; the path /v1/traces is put behind it")
        return value

    @field_validator("metrics_token")
    @classmethod
    def _token_is_long(cls, value: str) -> str:
        if value and len(value) < 16:
            raise ValueError("must have 16 characters or more, or be left out")
        return value

    @field_validator("demo_payments")
    @classmethod
    def _demo_stays_at_home(cls, value: str, info: ValidationInfo) -> str:
        # A base URL that is wrong itself is told already.
        if value == "on" and "base_url" in info.data and not is_this_machine(info.data["base_url"]):
            raise ValueError(f"must be off where MATINEE_BASE_URL is another machine. {DemoNotHere.__doc__}")
        return value

    @field_validator("stripe_secret_key")
    @classmethod
    def _stripe_key_is_secret(cls, value: str) -> str:
        if value and not value.startswith(("sk_", "rk_")):
            raise ValueError("must be a secret or restricted key of Stripe's, which begins with sk_ or rk_")
        return value

    @field_validator("stripe_webhook_secret")
    @classmethod
    def _stripe_can_answer(cls, value: str, info: ValidationInfo) -> str:
        if value and not value.startswith("whsec_"):
            raise ValueError("must be the signing secret of the webhook at Stripe, which begins with whsec_")
        if "stripe_secret_key" in info.data and bool(value) != bool(info.data["stripe_secret_key"]):
            raise ValueError("and MATINEE_STRIPE_SECRET_KEY must be set together, or neither")
        return value

    @field_validator("stripe_api_base")
    @classmethod
    def _stripe_is_reached_safely(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "https" and parts.hostname:
            return value.rstrip("/")
        if parts.scheme == "http" and is_this_machine(value):
            return value.rstrip("/")
        raise ValueError("must be an https address, or http on this machine: the secret key travels to it")

    @field_validator("apple_pass_wwdr")
    @classmethod
    def _apple_passes_can_be_signed(cls, value: str, info: ValidationInfo) -> str:
        names = ("certificate", "key", "key_password", "type_id", "team_id")
        given = {name: info.data.get(f"apple_pass_{name}", "") for name in names}
        try:
            apple_wallet(**given, wwdr=value)
        except ValueError as error:
            raise ValueError(f"and the other MATINEE_APPLE_PASS_ settings do not work: {error}") from None
        return value

    @field_validator("google_wallet_issuer_id")
    @classmethod
    def _google_links_can_be_signed(cls, value: str, info: ValidationInfo) -> str:
        try:
            google_wallet(key=info.data.get("google_wallet_key", ""), issuer_id=value)
        except ValueError as error:
            raise ValueError(f"and MATINEE_GOOGLE_WALLET_KEY do not work: {error}") from None
        return value

    @model_validator(mode="after")
    def _default_database_in_data_dir(self) -> Self:
        if not self.database_url:
            address = f"sqlite:///{(self.data_dir / 'matinee.sqlite').absolute()}"
            object.__setattr__(self, "database_url", address)
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone that new cinemas get."""
        return ZoneInfo(self.timezone)

    def secrets(self) -> tuple[str, ...]:
        """Every secret, as it was typed and as it is meant, so that the log can do without them.

        The secret key is among them where it is kept in the data directory, too. It is made here where there is none yet and
        one can be made: a log that begins before it would not know it.
        """
        # Whichever setting an address is in.
        addresses = [value for _, value in self if isinstance(value, str) and "://" in value]
        keys = {
            self.secret_key,
            self.stripe_secret_key,
            self.stripe_webhook_secret,
            self.apple_pass_key_password,
            self.metrics_token,
            self.backup_s3_access_key,
            self.backup_s3_secret_key,
        }
        # What cannot be read or made ends the start a moment later, with a sentence of its own.
        with suppress(OSError, ValueError):
            keys.add(self.secret_key_kept().strip())
        keys.update(password for address in addresses for password in _passwords_in(address))
        return tuple(keys - {""})

    def secret_key_kept(self) -> str:
        """The secret key: as set, or made once and kept in the data directory, readable by the owner alone."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret_key"
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # Under another name until it is whole, and nobody else's from its first moment: another process that starts
            # now finds no key or all of it.
            draft, name = tempfile.mkstemp(dir=self.data_dir, prefix="secret_key-")
            with open(draft, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
            with suppress(FileExistsError):
                os.link(name, path)
            Path(name).unlink()
        return path.read_text(encoding="ascii")


def _passwords_in(address: str) -> Iterator[str]:
    """The passwords of an address, before the host or in the query as PostgreSQL takes them; as typed and as meant."""
    with suppress(ValueError):
        parts = urlsplit(address)
        pieces = (piece.partition("=") for piece in parts.query.split("&"))
        for typed in (parts.password, *(value for name, _, value in pieces if name.endswith("password"))):
            if typed:
                yield typed
                yield unquote(typed)


def read_settings() -> Settings:
    """The settings of this process's environment. Raises WrongSettings with one sentence for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        sentences = []
        for fault in error.errors():
            name = f"MATINEE_{fault['loc'][0]}".upper() if fault["loc"] else "MATINEE settings"
            message = str(fault.get("ctx", {}).get("error") or fault["msg"])
            sentences.append(f"{name} {message[0].lower() + message[1:]}")
        raise WrongSettings("\n".join(sentences)) from None
