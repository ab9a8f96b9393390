"""An account's campaigns are counted in the index of their list

Revision: 0020. After: 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.drop_index("campaigns_list_idx", table_name="campaigns")
    op.create_index(
        "campaigns_list_idx",
        "campaigns",
        ["account_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at IS NULL AND archived_at IS NULL AND is_test IS FALSE"),
    )
    op.create_index(
        "campaigns_archived_idx",
        "campaigns",
        ["account_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at IS NULL AND archived_at IS NOT NULL AND is_test IS FALSE"),
    )
