"""What the website needs: pictures, languages, passkeys and second factors, tickets that are handed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Written out, since one form serves both databases: Alembic would make each table anew on SQLite, and lose its checks.
NEW_COLUMNS = (
    "cinema ADD accent_color VARCHAR(7) DEFAULT '' NOT NULL",
    "cinema ADD logo_name VARCHAR(64) CONSTRAINT fk_cinema_logo_name_image REFERENCES image (name)",
    "cinema ADD phone VARCHAR(40) DEFAULT '' NOT NULL",
    "cinema ADD email VARCHAR(320) DEFAULT '' NOT NULL",
    "film ADD poster_name VARCHAR(64) CONSTRAINT fk_film_poster_name_image REFERENCES image (name)",
    "sale_order ADD language VARCHAR(8) DEFAULT 'en' NOT NULL",
    "screening ADD access_features VARCHAR(100) DEFAULT '' NOT NULL",
    "ticket ADD holder_email VARCHAR(320)",
    "user_session ADD second_factor_at {moment}",
    "users ADD language VARCHAR(8) DEFAULT 'en' NOT NULL",
    "users ADD totp_secret VARCHAR(200)",
    "users ADD totp_confirmed_at {moment}",
    "users ADD totp_last_step BIGINT",
)


def upgrade() -> None:
    create_images()
    create_passkeys()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    moment = "DATETIME" if on_sqlite else "TIMESTAMP WITH TIME ZONE"
    for column in NEW_COLUMNS:
        op.execute(f"ALTER TABLE {column.format(moment=moment)}")
    widen_codes()


def create_images() -> None:
    op.create_table(
        "image",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_image")),
    )


def create_passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_passkey_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])


def widen_codes() -> None:
    """Codes get a third purpose, with the address that they are for."""
    purposes = "purpose IN ('confirm', 'reset', 'address')"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("ck_user_code_known_purpose", "user_code")
        op.create_check_constraint(op.f("ck_user_code_known_purpose"), "user_code", purposes)
        op.add_column("user_code", sa.Column("new_username", sa.String(length=320)))
        return
    # SQLite cannot change a check: the table is made anew, with its rows.
    op.execute("ALTER TABLE user_code RENAME TO user_code_before")
    op.drop_index("ix_user_code_user_id_purpose", "user_code_before")
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
        sa.Column("new_username", sa.String(length=320), nullable=True),
        sa.CheckConstraint(purposes, name=op.f("ck_user_code_known_purpose")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_code_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_code")),
    )
    op.execute("INSERT INTO user_code SELECT *, NULL FROM user_code_before")
    op.drop_table("user_code_before")
    op.create_index("ix_user_code_user_id_purpose", "user_code", ["user_id", "purpose"])
