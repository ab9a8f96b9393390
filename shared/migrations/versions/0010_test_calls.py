"""Test calls

Revision: 0010. After: 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column(
        "campaigns",
        sa.Column(
            "is_test",
            sa.Boolean(),
            nullable=False,
            server_default="false",
            comment="One test call, which no list of campaigns shows.",
        ),
    )
