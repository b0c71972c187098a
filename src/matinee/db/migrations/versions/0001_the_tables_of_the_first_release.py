"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for a key of type INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_outbox()
    create_accounts()
    create_halls()
    create_prices()
    create_screenings()
    create_orders()
    create_tickets()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("data_version")))


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name=op.f("ck_outbox_one_end")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "worker_heartbeat",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_heartbeat")),
    )
    op.create_table(
        "machine",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine")),
    )


def create_accounts() -> None:
    op.create_table(
        "attempt_count",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempt_count")),
    )
    op.create_index("ix_attempt_count_expires_at", "attempt_count", ["expires_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("username", sa.String(length=320), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_username", "users", ["username"], unique=True)
    op.create_table(
        "user_code",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('confirm', 'reset')", name=op.f("ck_user_code_known_purpose")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_code_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_code")),
    )
    op.create_index("ix_user_code_user_id_purpose", "user_code", ["user_id", "purpose"], unique=False)
    op.create_table(
        "user_role",
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('manager', 'programmer', 'counter', 'usher', 'auditor')",
            name=op.f("ck_user_role_known_role"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_role_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_session_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    op.create_index("ix_user_session_expires_at", "user_session", ["expires_at"], unique=False)
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"], unique=False)


def create_halls() -> None:
    op.create_table(
        "cinema",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("sells_priced_unpaid", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cinema")),
        sa.UniqueConstraint("slug", name=op.f("uq_cinema_slug")),
    )
    op.create_table(
        "hall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("turnaround_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("turnaround_minutes >= 0", name=op.f("ck_hall_turnaround_not_negative")),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinema.id"], name=op.f("fk_hall_cinema_id_cinema")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hall")),
        sa.UniqueConstraint("cinema_id", "name", name=op.f("uq_hall_cinema_id_name")),
    )
    op.create_table(
        "seat",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("hall_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=12), nullable=False),
        sa.Column("row", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind IN ('standard', 'premium', 'sofa', 'wheelchair', 'companion')",
            name=op.f("ck_seat_known_kind"),
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["hall.id"], name=op.f("fk_seat_hall_id_hall")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("hall_id", "label", name=op.f("uq_seat_hall_id_label")),
    )


def create_prices() -> None:
    op.create_table(
        "price_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinema.id"], name=op.f("fk_price_list_cinema_id_cinema")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("cinema_id", "name", name=op.f("uq_price_list_cinema_id_name")),
    )
    op.create_table(
        "ticket_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinema.id"], name=op.f("fk_ticket_type_cinema_id_cinema")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_type")),
        sa.UniqueConstraint("cinema_id", "code", name=op.f("uq_ticket_type_cinema_id_code")),
    )
    op.create_table(
        "price",
        sa.Column("price_list_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("ticket_type_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_price_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["price_list_id"],
            ["price_list.id"],
            name=op.f("fk_price_price_list_id_price_list"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_price_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("price_list_id", "zone", "ticket_type_id", name=op.f("pk_price")),
    )


def create_screenings() -> None:
    op.create_table(
        "film",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("trailer_url", sa.String(length=2000), nullable=False),
        sa.Column("poster_url", sa.String(length=2000), nullable=False),
        sa.Column("certificate", sa.String(length=20), nullable=False),
        sa.Column("synopsis", sa.Text(), nullable=False),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_film_duration_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film")),
    )
    op.create_index("ix_film_title", "film", ["title"], unique=False)
    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("hall_id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(length=5), nullable=False),
        sa.Column("price_list_id", sa.Integer(), nullable=True),
        sa.Column("sales_end_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_screening_ends_after_start")),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinema.id"], name=op.f("fk_screening_cinema_id_cinema")),
        sa.ForeignKeyConstraint(["film_id"], ["film.id"], name=op.f("fk_screening_film_id_film")),
        sa.ForeignKeyConstraint(["hall_id"], ["hall.id"], name=op.f("fk_screening_hall_id_hall")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_screening_price_list_id_price_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
        sa.UniqueConstraint("hall_id", "starts_at", name=op.f("uq_screening_hall_id_starts_at")),
    )
    op.create_index("ix_screening_cinema_id_day", "screening", ["cinema_id", "day"], unique=False)
    op.create_index("ix_screening_film_id", "screening", ["film_id"], unique=False)
    op.create_table(
        "house_seat",
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["screening_id"],
            ["screening.id"],
            name=op.f("fk_house_seat_screening_id_screening"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_house_seat_seat_id_seat")),
        sa.PrimaryKeyConstraint("screening_id", "seat_id", name=op.f("pk_house_seat")),
    )


def create_orders() -> None:
    op.create_table(
        "sale_order",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("seats_asked", sa.Integer(), nullable=False),
        sa.Column("seats_claimed", sa.Integer(), nullable=False),
        sa.Column("total_amount", sa.Integer(), nullable=False),
        sa.Column("paid_amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('held', 'paying')) = (hold_expires_at IS NOT NULL)",
            name=op.f("ck_sale_order_hold_has_end"),
        ),
        sa.CheckConstraint(
            "state IN ('held', 'paying', 'due', 'paid', 'refunded', 'cancelled', 'expired')",
            name=op.f("ck_sale_order_known_state"),
        ),
        sa.CheckConstraint(
            "seats_claimed = seats_asked AND seats_asked > 0", name=op.f("ck_sale_order_all_seats_claimed")
        ),
        sa.CheckConstraint(
            "total_amount >= 0 AND paid_amount >= 0", name=op.f("ck_sale_order_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screening.id"], name=op.f("fk_sale_order_screening_id_screening")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sale_order_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_order")),
        sa.UniqueConstraint("code", name=op.f("uq_sale_order_code")),
    )
    op.create_index(
        "ix_sale_order_hold_expires_at",
        "sale_order",
        ["hold_expires_at"],
        unique=False,
        postgresql_where=sa.text("hold_expires_at IS NOT NULL"),
        sqlite_where=sa.text("hold_expires_at IS NOT NULL"),
    )
    op.create_index("ix_sale_order_screening_id", "sale_order", ["screening_id"], unique=False)
    op.create_index("ix_sale_order_user_id", "sale_order", ["user_id"], unique=False)
    op.create_table(
        "order_event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sale_order.id"], name=op.f("fk_order_event_order_id_sale_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    op.create_index("ix_order_event_order_id", "order_event", ["order_id"], unique=False)


def create_tickets() -> None:
    op.create_table(
        "seat_claim",
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sale_order.id"], name=op.f("fk_seat_claim_order_id_sale_order")
        ),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screening.id"], name=op.f("fk_seat_claim_screening_id_screening")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_claim_seat_id_seat")),
        sa.PrimaryKeyConstraint("screening_id", "seat_id", name=op.f("pk_seat_claim")),
    )
    op.create_index("ix_seat_claim_order_id", "seat_claim", ["order_id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('valid', 'refunded', 'cancelled')", name=op.f("ck_ticket_known_state")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_ticket_amount_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["sale_order.id"], name=op.f("fk_ticket_order_id_sale_order")),
        sa.ForeignKeyConstraint(
            ["screening_id"], ["screening.id"], name=op.f("fk_ticket_screening_id_screening")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_ticket_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    op.create_index("ix_ticket_order_id", "ticket", ["order_id"], unique=False)
    op.create_index(
        "uq_ticket_valid_seat",
        "ticket",
        ["screening_id", "seat_id"],
        unique=True,
        postgresql_where=sa.text("state = 'valid'"),
        sqlite_where=sa.text("state = 'valid'"),
    )
