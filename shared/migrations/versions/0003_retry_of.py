"""A campaign that rings the failed contacts of another one again

Revision: 0003. After: 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column(
        "campaigns",
        sa.Column(
            "retry_of", sa.Uuid(), nullable=True, comment="The campaign whose contacts without success it rings again."
        ),
    )
    op.create_foreign_key(op.f("campaigns_retry_of_fkey"), "campaigns", "campaigns", ["retry_of"], ["id"])
    op.create_index(
        "campaigns_retry_of_idx",
        "campaigns",
        ["retry_of"],
        postgresql_where=sa.text("retry_of IS NOT NULL"),
    )
