"""Who put a number on the do-not-call list or took it off

Revision: 0006. After: 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column(
        "do_not_call",
        sa.Column("attempt_id", sa.Uuid(), nullable=True, comment="The call in which the key was pressed."),
    )
    op.add_column("do_not_call", sa.Column("note", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("do_not_call_attempt_id_fkey"), "do_not_call", "attempts", ["attempt_id"], ["id"])
    # Reasons were free text so far; they are kept as notes.
    op.execute("UPDATE do_not_call SET note = reason, reason = 'asked' WHERE reason <> 'asked'")
    op.create_check_constraint(op.f("do_not_call_reason_check"), "do_not_call", "reason IN ('asked', 'key_press')")
    op.alter_column("do_not_call", "phone", comment="E.164.")
    op.alter_column("do_not_call", "reason", comment="key_press: in a call. asked: a person told the account.")
    op.create_table_comment("do_not_call", "Numbers that no campaign of the account rings.")
    op.create_table(
        "do_not_call_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False, comment="E.164."),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="An API key, or the person called."),
        sa.Column("attempt_id", sa.Uuid(), nullable=True, comment="The call in which the key was pressed."),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("change IN ('added', 'removed')", name=op.f("do_not_call_events_change_check")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("do_not_call_events_account_id_fkey")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("do_not_call_events_attempt_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("do_not_call_events_pkey")),
        comment="Everything that was put on a do-not-call list and taken off it, by whom.",
    )
    op.create_index("do_not_call_events_phone_idx", "do_not_call_events", ["account_id", "phone", "id"])
    op.create_index(
        "do_not_call_events_attempt_id_idx",
        "do_not_call_events",
        ["attempt_id"],
        postgresql_where=sa.text("attempt_id IS NOT NULL"),
    )
