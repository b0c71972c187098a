"""The keys with which the codes of tickets are signed, and what scanners at the door told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matinee.db.migrations.online import create_index, wait_little

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DEEDS = "'scan', 'let_in', 'undo'"
RESULTS = (
    "'welcome', 'already_in', 'other_screening', 'unpaid', 'refunded', 'unknown', 'conflict', 'undone', "
    "'nothing_to_undo'"
)


def upgrade() -> None:
    # What was given back is no part of the index of valid tickets, and a door must know of it.
    create_index("ix_ticket_screening_id_not_valid", "ticket", ["screening_id"], where="state <> 'valid'")
    wait_little()
    op.create_table(
        "signing_key",
        sa.Column("id", sa.String(length=6), nullable=False),
        sa.Column("public_key", sa.String(length=43), nullable=False),
        sa.Column("private_key", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
    )
    create_scans()
    # Written out, as in the steps before: Alembic would make the table anew on SQLite.
    op.execute("ALTER TABLE admission ADD door VARCHAR(60) DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE admission ADD scan_id BIGINT")
    # 0 until the next step has filled it in.
    op.execute("ALTER TABLE admission ADD screening_id INTEGER DEFAULT 0 NOT NULL")


def create_scans() -> None:
    op.create_table(
        "door_scan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("door", sa.String(length=60), nullable=False),
        sa.Column("by", sa.String(length=320), nullable=False),
        sa.Column("deed", sa.String(length=8), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("told", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=16), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(length=320), nullable=True),
        sa.CheckConstraint(f"deed IN ({DEEDS})", name=op.f("ck_door_scan_known_deed")),
        sa.CheckConstraint(f"result IN ({RESULTS})", name=op.f("ck_door_scan_known_result")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_scan")),
        sa.UniqueConstraint("device", "sequence", name=op.f("uq_door_scan_device_sequence")),
    )
    conflict = sa.text("result = 'conflict'")
    op.create_index(
        "ix_door_scan_conflict",
        "door_scan",
        ["received_at"],
        postgresql_where=conflict,
        sqlite_where=conflict,
    )
    op.create_index("ix_door_scan_received_at", "door_scan", ["received_at"])
