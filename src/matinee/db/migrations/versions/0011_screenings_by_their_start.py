"""What is shown about now, without reading the screenings of all years."""

from __future__ import annotations

from matinee.db.migrations.online import create_index

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index("ix_screening_starts_at", "screening", ["starts_at"])
