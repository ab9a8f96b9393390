"""Campaigns and calls are listed by time, and calls are found across campaigns

Revision: 0009. After: 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
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
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index("attempts_campaign_id_idx", table_name="attempts")
    op.create_index("attempts_campaign_id_idx", "attempts", ["campaign_id", "gated_at", "id"])
    op.drop_index("attempts_rate_idx", table_name="attempts")
    op.create_index("attempts_rate_idx", "attempts", ["account_id", "gated_at", "id"])
    op.create_index("attempts_phone_idx", "attempts", ["phone", "account_id"])
