"""To which screening somebody was let in, so that a door counts its own without looking at all tickets."""

from __future__ import annotations

from matinee.db.migrations.online import create_index, fill_in_batches

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index("ix_admission_screening_id", "admission", ["screening_id"])
    fill_in_batches(
        "admission",
        "ticket_id",
        "screening_id = (SELECT ticket.screening_id FROM ticket WHERE ticket.id = admission.ticket_id)",
        where="screening_id = 0",
    )
