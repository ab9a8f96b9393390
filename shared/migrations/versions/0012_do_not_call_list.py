"""The do-not-call list is read newest first, and filled from files

Revision: 0012. After: 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.create_index("do_not_call_newest_idx", "do_not_call", ["account_id", "created_at", "phone"])
    op.drop_constraint(op.f("do_not_call_reason_check"), "do_not_call")
    op.create_check_constraint(
        op.f("do_not_call_reason_check"), "do_not_call", "reason IN ('asked', 'imported', 'key_press')"
    )
    op.alter_column(
        "do_not_call",
        "reason",
        existing_type=sa.Text(),
        existing_nullable=False,
        comment="key_press: in a call. asked: a person told the account. imported: from a file.",
        existing_comment="key_press: in a call. asked: a person told the account.",
    )
