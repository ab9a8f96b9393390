"""Pausing, cancelling, resuming and starting campaigns

Revision: 0011. After: 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column(
        "campaigns",
        sa.Column(
            "first_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was due as it was taken over for the first time.",
        ),
    )
    op.add_column(
        "attempts",
        sa.Column(
            "called_off",
            sa.Boolean(),
            nullable=False,
            server_default="false",
            comment="Its campaign was stopped before it rang: the carrier is told so while it still waits there.",
        ),
    )
