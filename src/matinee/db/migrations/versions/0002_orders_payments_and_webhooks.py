"""Holds, orders, payments, webhooks: what a sale with money needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Written out, since one form serves both databases: Alembic would make each table anew on SQLite, and lose its checks.
NEW_COLUMNS = (
    "cinema ADD booking_fee_amount INTEGER DEFAULT 0 NOT NULL"
    " CONSTRAINT ck_cinema_fee_not_negative CHECK (booking_fee_amount >= 0)",
    "cinema ADD booking_fee_per VARCHAR(6) DEFAULT 'ticket' NOT NULL"
    " CONSTRAINT ck_cinema_known_fee_unit CHECK (booking_fee_per IN ('ticket', 'order'))",
    "cinema ADD orphan_rule BOOLEAN DEFAULT true NOT NULL",
    "cinema ADD selling_out_percent INTEGER DEFAULT 90 NOT NULL"
    " CONSTRAINT ck_cinema_percent_in_range CHECK (selling_out_percent BETWEEN 1 AND 100)",
    "cinema ADD companion_until_minutes INTEGER DEFAULT 60 NOT NULL",
    "cinema ADD refund_until_minutes INTEGER DEFAULT 60 NOT NULL",
    "cinema ADD counter_until_minutes INTEGER DEFAULT 30 NOT NULL",
    "hall ADD focal_x INTEGER",
    "hall ADD focal_y INTEGER",
    "outbox ADD channel VARCHAR(10) DEFAULT 'mail' NOT NULL"
    " CONSTRAINT ck_outbox_known_channel CHECK (channel IN ('mail', 'webhook'))",
    "outbox ADD endpoint_id INTEGER"
    " CONSTRAINT fk_outbox_endpoint_id_webhook_endpoint REFERENCES webhook_endpoint (id)",
    "outbox ADD answer_status INTEGER",
    "price_list ADD weekdays VARCHAR(7) DEFAULT '' NOT NULL",
    "price_list ADD begins VARCHAR(5) DEFAULT '' NOT NULL",
    "price_list ADD ends VARCHAR(5) DEFAULT '' NOT NULL",
    "sale_order ADD extensions INTEGER DEFAULT 0 NOT NULL",
    "sale_order ADD fee_amount INTEGER DEFAULT 0 NOT NULL",
    "sale_order ADD discount_amount INTEGER DEFAULT 0 NOT NULL",
    "sale_order ADD refunded_amount INTEGER DEFAULT 0 NOT NULL"
    " CONSTRAINT ck_sale_order_refunds_within_paid CHECK (refunded_amount >= 0 AND refunded_amount <= paid_amount)",
    "sale_order ADD promo_code_id INTEGER CONSTRAINT fk_sale_order_promo_code_id_promo_code REFERENCES promo_code (id)",
    "sale_order ADD contact_email VARCHAR(320)",
    "sale_order ADD secret_hash VARCHAR(64)",
    "screening ADD price_list_by_time BOOLEAN DEFAULT false NOT NULL",
    "screening ADD format VARCHAR(40) DEFAULT '' NOT NULL",
    "screening ADD language VARCHAR(20) DEFAULT '' NOT NULL",
    "screening ADD subtitles VARCHAR(20) DEFAULT '' NOT NULL",
    "screening ADD cancelled_at {moment}",
    "screening ADD sold_out_at {moment}",
    "user_session ADD user_agent VARCHAR(200) DEFAULT '' NOT NULL",
)


def upgrade() -> None:
    create_payments()
    create_refunds()
    create_promo_codes()
    create_vouchers()
    create_order_payments()
    create_order_lines()
    create_webhooks_and_keys()
    moment = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for column in NEW_COLUMNS:
        op.execute(f"ALTER TABLE {column.format(moment=moment)}")
    change_tickets()
    change_screenings()
    create_indexes()


def create_payments() -> None:
    op.create_table(
        "payment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("provider_ref", sa.String(length=255), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("refunded_amount", sa.Integer(), nullable=False),
        sa.Column("redirect_url", sa.String(length=2000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('starting', 'pending', 'settled', 'failed')", name=op.f("ck_payment_known_state")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_amount_not_negative")),
        sa.CheckConstraint(
            "refunded_amount >= 0 AND refunded_amount <= amount",
            name=op.f("ck_payment_refunds_within_amount"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_public_id")),
    )
    op.create_index(
        "ix_payment_unfinished",
        "payment",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('starting', 'pending')"),
        sqlite_where=sa.text("state IN ('starting', 'pending')"),
    )
    op.create_index(
        "uq_payment_provider_ref",
        "payment",
        ["provider", "provider_ref"],
        unique=True,
        postgresql_where=sa.text("provider_ref IS NOT NULL"),
        sqlite_where=sa.text("provider_ref IS NOT NULL"),
    )


def create_refunds() -> None:
    op.create_table(
        "payment_refund",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("payment_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("provider_ref", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'by_hand', 'succeeded', 'failed')",
            name=op.f("ck_payment_refund_known_state"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_refund_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_refund_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_refund")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payment_refund_public_id")),
    )
    op.create_index("ix_payment_refund_payment_id", "payment_refund", ["payment_id"], unique=False)
    op.create_index(
        "ix_payment_refund_pending",
        "payment_refund",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "provider_event",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("provider", "event_id", name=op.f("pk_provider_event")),
    )


def create_promo_codes() -> None:
    op.create_table(
        "promo_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("uses_max", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('percentage', 'amount')", name=op.f("ck_promo_code_known_kind")),
        sa.CheckConstraint(
            "value > 0 AND (kind <> 'percentage' OR value <= 100)", name=op.f("ck_promo_code_value_in_range")
        ),
        sa.CheckConstraint("uses_max IS NULL OR uses_max > 0", name=op.f("ck_promo_code_uses_max_positive")),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinema.id"], name=op.f("fk_promo_code_cinema_id_cinema")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_code")),
        sa.UniqueConstraint("cinema_id", "code", name=op.f("uq_promo_code_cinema_id_code")),
    )


def create_vouchers() -> None:
    op.create_table(
        "voucher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hint", sa.String(length=4), nullable=False),
        sa.Column("initial_amount", sa.Integer(), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "balance >= 0 AND balance <= initial_amount", name=op.f("ck_voucher_balance_in_range")
        ),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinema.id"], name=op.f("fk_voucher_cinema_id_cinema")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_voucher_code_hash")),
    )
    op.create_table(
        "voucher_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", BIG_ID, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_voucher_entry_payment_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_voucher_entry_voucher_id_voucher")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_entry")),
    )
    op.create_index("ix_voucher_entry_voucher_id", "voucher_entry", ["voucher_id"], unique=False)


def create_order_payments() -> None:
    op.create_table(
        "order_payment",
        sa.Column("payment_id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sale_order.id"], name=op.f("fk_order_payment_order_id_sale_order")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_order_payment_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_order_payment")),
    )
    op.create_index("ix_order_payment_order_id", "order_payment", ["order_id"], unique=False)


def create_order_lines() -> None:
    op.create_table(
        "order_line",
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("ticket_type_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_order_line_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sale_order.id"], name=op.f("fk_order_line_order_id_sale_order")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_order_line_seat_id_seat")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_order_line_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("order_id", "seat_id", name=op.f("pk_order_line")),
    )


def create_webhooks_and_keys() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
        sa.UniqueConstraint("public_id", name=op.f("uq_webhook_endpoint_public_id")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("public_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=4), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_by", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_api_key_created_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_api_key_public_id")),
    )
    op.create_table(
        "admission",
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admitted_by", sa.String(length=320), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_admission_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_admission")),
    )
    op.create_table(
        "idempotent_request",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("started", sa.String(length=40), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_idempotent_request")),
    )
    op.create_index("ix_idempotent_request_expires_at", "idempotent_request", ["expires_at"], unique=False)


def change_tickets() -> None:
    checks = {
        "ck_ticket_known_state": "state IN ('valid', 'refunded', 'cancelled', 'exchanged')",
        "ck_ticket_amount_not_negative": "amount >= 0 AND fee_amount >= 0",
    }
    with op.batch_alter_table("ticket") as ticket:
        for name in checks:
            ticket.drop_constraint(op.f(name), type_="check")
        ticket.add_column(sa.Column("fee_amount", sa.Integer(), server_default="0", nullable=False))
        ticket.add_column(sa.Column("ticket_type_id", sa.Integer(), nullable=True))
        ticket.create_foreign_key(
            op.f("fk_ticket_ticket_type_id_ticket_type"), "ticket_type", ["ticket_type_id"], ["id"]
        )
        for name, condition in checks.items():
            ticket.create_check_constraint(op.f(name), sa.text(condition))


def change_screenings() -> None:
    """A screening that was cancelled leaves its hall and time to another."""
    with op.batch_alter_table("screening") as screening:
        screening.drop_constraint(op.f("uq_screening_hall_id_starts_at"), type_="unique")
        if op.get_bind().dialect.name == "sqlite":
            # Making the table anew loses its check.
            screening.create_check_constraint(
                op.f("ck_screening_ends_after_start"), sa.text("ends_at > starts_at")
            )
    not_cancelled = sa.text("cancelled_at IS NULL")
    op.create_index(
        "uq_screening_hall_id_starts_at",
        "screening",
        ["hall_id", "starts_at"],
        unique=True,
        postgresql_where=not_cancelled,
        sqlite_where=not_cancelled,
    )


def create_indexes() -> None:
    for table, column in (("outbox", "endpoint_id"), ("sale_order", "promo_code_id")):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=given, sqlite_where=given)
