"""Sessions of people, and their attempts to sign in

Revision: 0007. After: 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256: tokens have 256 random bits."),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("sessions_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("sessions_pkey")),
        comment="Who is signed in, until they sign out or for 14 days.",
    )
    op.create_index("sessions_user_id_idx", "sessions", ["user_id", "expires_at"])
    op.create_index("sessions_expires_at_idx", "sessions", ["expires_at"])
    op.create_table(
        "sign_in_attempts",
        sa.Column(
            "bucket",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of what is counted: client, or e-mail and client.",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="Since began_at, without those that were right."),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("sign_in_attempts_pkey")),
        comment="How often somebody tried to sign in lately. For minutes.",
    )
    op.create_index("sign_in_attempts_began_at_idx", "sign_in_attempts", ["began_at"])
