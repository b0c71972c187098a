"""Who was let in to one screening, in order, without looking at those of others."""

from __future__ import annotations

from matinee.db.migrations.online import create_index, drop_index

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Begins with the column that the index before had alone.
    create_index(
        "ix_admission_screening_id_admitted_at", "admission", ["screening_id", "admitted_at", "ticket_id"]
    )
    drop_index("ix_admission_screening_id", "admission")
