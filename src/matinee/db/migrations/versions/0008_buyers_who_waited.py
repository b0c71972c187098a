"""By what a buyer who waited for a screening knows that what he saw before is over."""

from __future__ import annotations

from alembic import op

from matinee.db.migrations.online import wait_little

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    wait_little()
    op.execute("ALTER TABLE screening ADD lock_version INTEGER DEFAULT 0 NOT NULL")
