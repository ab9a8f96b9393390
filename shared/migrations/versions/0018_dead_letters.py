"""Dead letters, operators, and what a dialer tries by itself

Revision: 0018. After: 0016.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column(
        "users",
        sa.Column(
            "is_operator",
            sa.Boolean(),
            nullable=False,
            server_default="false",
            comment="Runs this installation: sees what belongs to no account, such as dead letters.",
        ),
    )
    op.add_column(
        "dialers",
        sa.Column(
            "trials",
            ARRAY(sa.Uuid()),
            nullable=False,
            server_default="{}",
            comment="Campaigns that it tries by themselves, since dialers were lost with them: if it is lost, they did it.",
        ),
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False, comment="SHA-256 of its reason and its body."),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True, comment="What the dialer said of it."),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False, comment="How often the same one came."),
        sa.Column(
            "message_ids", ARRAY(sa.Text()), nullable=False, comment="The latest; one that is recorded again is known."
        ),
        sa.Column("publisher", sa.Text(), nullable=True, comment="Who sent it, as it says."),
        sa.Column("reported_by", sa.Text(), nullable=True, comment="The dialer that gave it up."),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True, comment="As it says."),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=True,
            comment="For sending it again. It may hold anything, and is shown to nobody; null: too large, or done with.",
        ),
        sa.Column("size", sa.Integer(), nullable=False, comment="Bytes of the body."),
        sa.Column(
            "campaign_ids", ARRAY(sa.Uuid()), server_default="{}", nullable=False, comment="Where they can be read."
        ),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True, comment="Who had it replayed or discarded."),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a scheduler last began to send it again.",
        ),
        sa.CheckConstraint(
            "reason IN ('failed', 'redelivered', 'rejected', 'undecodable')", name=op.f("dead_letters_reason_check")
        ),
        sa.CheckConstraint(
            "status IN ('discarded', 'replayed', 'replaying', 'waiting')", name=op.f("dead_letters_status_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("dead_letters_pkey")),
        sa.UniqueConstraint("fingerprint", name=op.f("dead_letters_fingerprint_key")),
        comment="Messages that came to nothing, for 30 days. A dead letter is never a lost campaign: its row decides.",
    )
    op.create_index("dead_letters_status_idx", "dead_letters", ["status", "last_at", "id"], unique=False)
    op.create_index("dead_letters_last_at_idx", "dead_letters", ["last_at", "id"], unique=False)
