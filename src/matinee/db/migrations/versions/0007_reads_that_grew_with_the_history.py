"""Admissions in their order, orders that are still to be paid, and a film's first day, without reading years of them."""

from __future__ import annotations

from matinee.db.migrations.online import create_index, drop_index

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index("ix_admission_admitted_at", "admission", ["admitted_at", "ticket_id"])
    create_index("ix_sale_order_due", "sale_order", ["id"], where="state = 'due'")
    create_index("ix_screening_film_id_day", "screening", ["film_id", "day"])
    # The new one begins with the same column.
    drop_index("ix_screening_film_id", "screening")
