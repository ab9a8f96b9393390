"""Retries by disposition, answering machines, and limits to how fast and how often is called

Revision: 0013. After: 0012.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    _add_to_campaigns()
    _add_to_accounts()
    for table in ("unfolded", "campaign_progress"):
        op.add_column(table, sa.Column("call_voicemail", sa.Integer(), server_default="0", nullable=False))
    op.drop_index("attempts_phone_idx", table_name="attempts")
    op.create_index("attempts_phone_idx", "attempts", ["phone", "account_id", "gated_at"])
    op.drop_index("attempts_one_per_number_key", table_name="attempts")
    op.create_index(
        "attempts_one_per_number_key",
        "attempts",
        ["account_id", "phone"],
        unique=True,
        postgresql_include=["caller_id"],
        postgresql_where=sa.text("status IN ('dialling', 'in_progress', 'queued', 'ringing')"),
    )
    op.create_index(
        "attempts_ended_idx", "attempts", ["campaign_id", "ended_at"], postgresql_where=sa.text("ended_at IS NOT NULL")
    )


def _add_to_campaigns() -> None:
    for column in (
        sa.Column(
            "retry_delays",
            JSONB(),
            nullable=False,
            server_default="{}",
            comment="Seconds by disposition, where they differ from retry_delay; null: no other call after it.",
        ),
        sa.Column(
            "retry_backoff",
            sa.Float(),
            nullable=False,
            server_default="1",
            comment="What the delay is multiplied by for each attempt after the first.",
        ),
        sa.Column(
            "answering_machine",
            sa.Text(),
            nullable=False,
            server_default="treat_as_answered",
            comment="What happens when a machine answers.",
        ),
        sa.Column(
            "calls_per_second",
            sa.Integer(),
            nullable=True,
            comment="New calls in any second; null: no limit of its own.",
        ),
    ):
        op.add_column("campaigns", column)
    op.create_check_constraint(op.f("campaigns_retry_backoff_check"), "campaigns", "retry_backoff BETWEEN 1 AND 10")
    op.create_check_constraint(
        op.f("campaigns_answering_machine_check"),
        "campaigns",
        "answering_machine IN ('hang_up', 'leave_message', 'treat_as_answered')",
    )
    op.create_check_constraint(op.f("campaigns_calls_per_second_check"), "campaigns", "calls_per_second >= 1")


def _add_to_accounts() -> None:
    for column in (
        sa.Column(
            "frequency_cap_calls",
            sa.Integer(),
            nullable=True,
            comment="Calls to one number in any frequency_cap_period, of all campaigns; null: no limit.",
        ),
        sa.Column("frequency_cap_period", sa.Integer(), nullable=True, comment="Seconds."),
        sa.Column(
            "breaker_calls",
            sa.Integer(),
            nullable=True,
            server_default="20",
            comment="The circuit breaker looks at so many calls that ended last; null: it is off.",
        ),
        sa.Column(
            "breaker_within",
            sa.Integer(),
            nullable=True,
            server_default="120",
            comment="Seconds in which they ended.",
        ),
        sa.Column(
            "breaker_share",
            sa.Float(),
            nullable=True,
            server_default="0.5",
            comment="If this share of them failed, it pauses.",
        ),
    ):
        op.add_column("accounts", column)
    op.create_check_constraint(
        op.f("accounts_frequency_cap_check"),
        "accounts",
        "(frequency_cap_calls IS NULL) = (frequency_cap_period IS NULL)",
    )
    op.create_check_constraint(
        op.f("accounts_breaker_check"),
        "accounts",
        "(breaker_calls IS NULL) = (breaker_within IS NULL) AND (breaker_calls IS NULL) = (breaker_share IS NULL)",
    )
    op.create_table(
        "caller_id_limits",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("caller_id", sa.Text(), nullable=False, comment="E.164."),
        sa.Column(
            "max_concurrent_calls",
            sa.Integer(),
            nullable=True,
            comment="Simultaneous calls; null: no limit of its own.",
        ),
        sa.Column(
            "calls_per_second",
            sa.Integer(),
            nullable=True,
            comment="New calls in any second; null: no limit of its own.",
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("caller_id_limits_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "caller_id", name=op.f("caller_id_limits_pkey")),
        comment="What bounds an account's calls from one number, beside what bounds all of them.",
    )
