"""What the back office needs: plans that are not published, distributors, tills, figures, staff and what they did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# Written out, since one form serves both databases: Alembic would make each table anew on SQLite, and lose its checks.
NEW_COLUMNS = (
    "cinema ADD week_starts_on INTEGER DEFAULT 4 NOT NULL "
    "CONSTRAINT ck_cinema_known_weekday CHECK (week_starts_on BETWEEN 1 AND 7)",
    "cinema ADD adverts_minutes INTEGER DEFAULT 0 NOT NULL "
    "CONSTRAINT ck_cinema_adverts_not_negative CHECK (adverts_minutes >= 0)",
    "hall ADD curve INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_hall_curve_in_range CHECK (curve BETWEEN 0 AND 100)",
    "seat ADD held_back VARCHAR(10) DEFAULT '' NOT NULL "
    "CONSTRAINT ck_seat_known_held_back CHECK (held_back IN ('', 'house', 'broken'))",
    "house_seat ADD reason VARCHAR(10) DEFAULT 'house' NOT NULL "
    "CONSTRAINT ck_house_seat_known_reason CHECK (reason IN ('house', 'broken', 'blocked'))",
    "house_seat ADD note VARCHAR(200) DEFAULT '' NOT NULL",
    "film ADD distributor_id INTEGER CONSTRAINT fk_film_distributor_id_distributor REFERENCES distributor (id)",
    "film ADD formats VARCHAR(200) DEFAULT '' NOT NULL",
    "film ADD languages VARCHAR(200) DEFAULT '' NOT NULL",
    "screening ADD draft BOOLEAN DEFAULT {false} NOT NULL",
    "screening ADD adverts_minutes INTEGER DEFAULT 0 NOT NULL "
    "CONSTRAINT ck_screening_adverts_not_negative CHECK (adverts_minutes >= 0)",
    "screening ADD forgotten_at {moment}",
    "sale_order ADD clerk_id {big}",
    "sale_order ADD comp_reason VARCHAR(200)",
    "ticket ADD sold_at {moment}",
    "ticket ADD returned_at {moment}",
    "outbox ADD about VARCHAR(40) DEFAULT '' NOT NULL",
)
NEW_INDEXES = (
    ("ix_screening_not_forgotten", "screening", "ends_at", "forgotten_at IS NULL"),
    ("ix_ticket_sold_at", "ticket", "sold_at", "sold_at IS NOT NULL"),
    ("ix_ticket_returned_at", "ticket", "returned_at", "returned_at IS NOT NULL"),
    ("ix_ticket_holder_email", "ticket", "holder_email", "holder_email IS NOT NULL"),
    ("ix_sale_order_contact_email", "sale_order", "contact_email", "contact_email IS NOT NULL"),
    ("ix_outbox_about", "outbox", "about", "about <> ''"),
    ("ix_outbox_failed_at", "outbox", "failed_at", "failed_at IS NOT NULL"),
    ("ix_payment_settled_at", "payment", "settled_at", "settled_at IS NOT NULL"),
    ("ix_payment_failed", "payment", "created_at", "state = 'failed'"),
    ("ix_payment_refund_created_at", "payment_refund", "created_at", None),
    ("ix_voucher_entry_at", "voucher_entry", "at", None),
)

SEAT_CHECKS = {
    "ck_seat_known_kind": "kind IN ('standard', 'premium', 'sofa', 'wheelchair', 'companion')",
    "ck_seat_known_held_back": "held_back IN ('', 'house', 'broken')",
}

# What was sold before this step: when its order was paid, and when it came back, as its trail says. A ticket with another
# id for the same seat of the same order was handed over, and is sold once.
SOLD_BEFORE = """
    UPDATE ticket SET sold_at = COALESCE(
        (SELECT MIN(event.at) FROM order_event AS event
            WHERE event.order_id = ticket.order_id AND event.to_state = 'paid' AND event.at >= ticket.created_at),
        ticket.created_at)
    WHERE EXISTS (SELECT 1 FROM order_event AS paid WHERE paid.order_id = ticket.order_id AND paid.to_state = 'paid')
        AND (ticket.state <> 'valid'
            OR EXISTS (SELECT 1 FROM sale_order WHERE sale_order.id = ticket.order_id AND sale_order.state = 'paid'))
        AND NOT EXISTS (SELECT 1 FROM ticket AS later WHERE ticket.state = 'exchanged'
            AND later.order_id = ticket.order_id AND later.seat_id = ticket.seat_id
            AND later.screening_id = ticket.screening_id AND later.created_at > ticket.created_at)
"""
RETURNED_BEFORE = """
    UPDATE ticket SET returned_at = (SELECT MAX(event.at) FROM order_event AS event
        WHERE event.order_id = ticket.order_id AND event.at >= ticket.created_at)
    WHERE sold_at IS NOT NULL AND state <> 'valid'
"""

# What a row of before was about, as far as its payload still says so.
ABOUT_BEFORE = {
    "sqlite": "UPDATE outbox SET about = 'order:' || json_extract(payload, '$.order_id') "
    "WHERE json_extract(payload, '$.order_id') IS NOT NULL",
    "postgresql": "UPDATE outbox SET about = 'order:' || (payload ->> 'order_id') "
    "WHERE payload ->> 'order_id' IS NOT NULL",
}


def upgrade() -> None:
    create_distributors()
    create_terms()
    create_tax_rates()
    create_till_sessions()
    create_till_entries()
    create_people()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    moment = "DATETIME" if on_sqlite else "TIMESTAMP WITH TIME ZONE"
    false, big = ("0", "INTEGER") if on_sqlite else ("false", "BIGINT")
    for column in NEW_COLUMNS:
        op.execute(f"ALTER TABLE {column.format(moment=moment, false=false, big=big)}")
    let_seats_go()
    op.execute(ABOUT_BEFORE["sqlite" if on_sqlite else "postgresql"])
    op.execute(SOLD_BEFORE)
    op.execute(RETURNED_BEFORE)
    for name, table, column, where in NEW_INDEXES:
        condition = sa.text(where) if where else None
        op.create_index(name, table, [column], postgresql_where=condition, sqlite_where=condition)
    op.create_index("ix_ticket_id_end", "ticket", [sa.text("substr(id, 13)")])


def let_seats_go() -> None:
    """A seat that is taken out of its hall belongs to none; tickets of screenings that are over still name it."""
    with op.batch_alter_table("seat") as seat:
        seat.alter_column("hall_id", existing_type=sa.Integer(), nullable=True)
        if op.get_bind().dialect.name == "sqlite":
            # Making the table anew loses its checks.
            for name, condition in SEAT_CHECKS.items():
                seat.create_check_constraint(op.f(name), sa.text(condition))


def create_distributors() -> None:
    op.create_table(
        "distributor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributor")),
        sa.UniqueConstraint("name", name=op.f("uq_distributor_name")),
    )
    op.create_table(
        "distributor_return",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(length=320), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_distributor_return_number_not_negative")),
        sa.ForeignKeyConstraint(
            ["cinema_id"], ["cinema.id"], name=op.f("fk_distributor_return_cinema_id_cinema")
        ),
        sa.ForeignKeyConstraint(["film_id"], ["film.id"], name=op.f("fk_distributor_return_film_id_film")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributor_return")),
        sa.UniqueConstraint(
            "cinema_id",
            "film_id",
            "week_start",
            "number",
            name=op.f("uq_distributor_return_cinema_id_film_id_week_start_number"),
        ),
    )


def create_terms() -> None:
    op.create_table(
        "film_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=False),
        sa.Column("week_from", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.Column("fixed_amount", sa.Integer(), nullable=False),
        sa.Column("minimum_amount", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('percentage', 'fixed', 'sliding')", name=op.f("ck_film_terms_known_kind")
        ),
        sa.CheckConstraint("basis_points BETWEEN 0 AND 10000", name=op.f("ck_film_terms_share_in_range")),
        sa.CheckConstraint(
            "fixed_amount >= 0 AND minimum_amount >= 0", name=op.f("ck_film_terms_amounts_not_negative")
        ),
        sa.CheckConstraint("week_from > 0", name=op.f("ck_film_terms_week_positive")),
        sa.ForeignKeyConstraint(
            ["film_id"], ["film.id"], name=op.f("fk_film_terms_film_id_film"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_terms")),
        sa.UniqueConstraint("film_id", "week_from", name=op.f("uq_film_terms_film_id_week_from")),
    )
    op.create_table(
        "film_terms_step",
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("from_amount", sa.Integer(), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "basis_points BETWEEN 0 AND 10000", name=op.f("ck_film_terms_step_share_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["terms_id"],
            ["film_terms.id"],
            name=op.f("fk_film_terms_step_terms_id_film_terms"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("terms_id", "from_amount", name=op.f("pk_film_terms_step")),
    )


def create_tax_rates() -> None:
    op.create_table(
        "tax_rate",
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.CheckConstraint("basis_points BETWEEN 0 AND 10000", name=op.f("ck_tax_rate_rate_in_range")),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinema.id"], name=op.f("fk_tax_rate_cinema_id_cinema")),
        sa.PrimaryKeyConstraint("cinema_id", "valid_from", name=op.f("pk_tax_rate")),
    )


def create_till_sessions() -> None:
    op.create_table(
        "till_session",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=False),
        sa.Column("clerk_id", BIG_ID, nullable=True),
        sa.Column("clerk_name", sa.String(length=320), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opening_float", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_cash", sa.Integer(), nullable=True),
        sa.Column("expected_cash", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("figures", JSON, nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (counted_cash IS NULL) AND (closed_at IS NULL) = (expected_cash IS NULL) "
            "AND (closed_at IS NULL) = (number IS NULL)",
            name=op.f("ck_till_session_counted_when_closed"),
        ),
        sa.CheckConstraint(
            "opening_float >= 0 AND counted_cash >= 0", name=op.f("ck_till_session_counts_not_negative")
        ),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinema.id"], name=op.f("fk_till_session_cinema_id_cinema")),
        sa.ForeignKeyConstraint(
            ["clerk_id"], ["users.id"], name=op.f("fk_till_session_clerk_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_session")),
        sa.UniqueConstraint("cinema_id", "number", name=op.f("uq_till_session_cinema_id_number")),
    )
    op.create_index("ix_till_session_cinema_id_opened_at", "till_session", ["cinema_id", "opened_at"])
    op.create_index(
        "uq_till_session_open",
        "till_session",
        ["clerk_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )


def create_till_entries() -> None:
    op.create_table(
        "till_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("session_id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("tender", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("received_amount", sa.Integer(), nullable=True),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.Column("payment_id", BIG_ID, nullable=True),
        sa.Column("refund_id", BIG_ID, nullable=True),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "kind IN ('sale', 'refund', 'pay_in', 'pay_out')", name=op.f("ck_till_entry_known_kind")
        ),
        sa.CheckConstraint("tender IN ('cash', 'card')", name=op.f("ck_till_entry_known_tender")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sale_order.id"], name=op.f("fk_till_entry_order_id_sale_order")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_till_entry_payment_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["payment_refund.id"], name=op.f("fk_till_entry_refund_id_payment_refund")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["till_session.id"], name=op.f("fk_till_entry_session_id_till_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_entry")),
    )
    op.create_index("ix_till_entry_session_id", "till_entry", ["session_id"])
    op.create_index(
        "uq_till_entry_payment_id",
        "till_entry",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("payment_id IS NOT NULL"),
        sqlite_where=sa.text("payment_id IS NOT NULL"),
    )
    op.create_index(
        "uq_till_entry_refund_id",
        "till_entry",
        ["refund_id"],
        unique=True,
        postgresql_where=sa.text("refund_id IS NOT NULL"),
        sqlite_where=sa.text("refund_id IS NOT NULL"),
    )


def create_people() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("cinema_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor", "at"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index("ix_audit_entry_subject", "audit_entry", ["subject", "at"])
    op.create_table(
        "invitation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitation_code_hash")),
    )
    op.create_index("ix_invitation_email", "invitation", ["email"])
