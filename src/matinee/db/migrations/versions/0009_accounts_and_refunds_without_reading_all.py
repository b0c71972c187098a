"""Accounts by the beginning of their address, and refunds in a state, without reading all that there are."""

from __future__ import annotations

from matinee.db.migrations.online import create_index

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index("ix_payment_refund_state", "payment_refund", ["state", "id"])
    create_index(
        "ix_users_username_beginning", "users", ["username"], operators={"username": "varchar_pattern_ops"}
    )
