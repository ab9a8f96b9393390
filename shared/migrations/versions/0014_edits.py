"""Editing and archiving campaigns, and starts that were missed

Revision: 0014. After: 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column(
        "campaigns",
        sa.Column(
            "misfire_grace",
            sa.Integer(),
            nullable=True,
            comment="Seconds after its scheduled time within which it may still start by itself; null: however late.",
        ),
    )
    op.create_check_constraint("misfire_grace", "campaigns", "misfire_grace BETWEEN 0 AND 2592000")
    op.add_column(
        "campaigns",
        sa.Column(
            "archived_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when lists leave it out; null: they have it.",
        ),
    )
    op.add_column(
        "campaign_events",
        sa.Column(
            "changed",
            sa.ARRAY(sa.Text()),
            nullable=True,
            comment="What an edit changed, while the status stayed; null: it was a move.",
        ),
    )
    comment = "Every transition of every campaign, written by a trigger on `campaigns`: no move can forget it."
    op.create_table_comment("campaign_events", f"{comment} And every edit.", existing_comment=comment)
    # Whether a contact was ever called is asked when it is taken off a list, and by the foreign key when its row goes.
    op.create_index("attempts_contact_id_idx", "attempts", ["contact_id"])
