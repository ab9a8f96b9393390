"""Unknown calls: how they were looked after, and what was decided about them

Revision: 0017. After: 0016.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
MONEY = sa.Numeric(18, 6)
UNDECIDED = sa.text("status = 'unknown' AND decided_at IS NULL")


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.add_column(
        "attempts",
        sa.Column(
            "request_result",
            sa.Text(),
            nullable=True,
            comment="What the request came to, when its answer did not say whether the call was placed.",
        ),
    )
    op.add_column(
        "attempts",
        sa.Column(
            "decided_at",
            INSTANT,
            nullable=True,
            comment="When somebody decided what follows from it being unknown (call_decisions); null: nobody has.",
        ),
    )
    op.alter_column(
        "attempts", "hold", comment="Set aside while the call lives, or is unknown and undecided; zero afterwards."
    )
    op.create_table(
        "call_looks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", INSTANT, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("last_at", INSTANT, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column(
            "times", sa.Integer(), server_default="1", nullable=False, comment="How often in a row it was like this."
        ),
        sa.Column(
            "asked", sa.Text(), nullable=False, comment="What the carrier was asked for: list, call, or nothing."
        ),
        sa.Column("result", sa.Text(), nullable=False, comment="What the reconciler made of it."),
        sa.Column(
            "answer",
            JSONB(none_as_null=True),
            nullable=True,
            comment="The calls that could be this one, as the carrier had them; null: it gave no answer.",
        ),
        sa.Column(
            "twins",
            sa.Integer(),
            nullable=True,
            comment="Other calls from and to the same numbers that were in doubt, too.",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="Why there was no answer."),
        sa.CheckConstraint("asked IN ('call', 'list', 'nothing')", name=op.f("call_looks_asked_check")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("call_looks_attempt_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("call_looks_pkey")),
        comment="How the reconciler looked after calls that it could not account for. At most 20 of a call.",
    )
    op.create_index("call_looks_attempt_id_idx", "call_looks", ["attempt_id", "id"])
    op.create_table(
        "call_decisions",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True, comment="Why, in the words of whoever decided."),
        sa.Column("freed", MONEY, nullable=False, comment="What the call had set aside until then."),
        sa.Column("redialled_in", sa.Uuid(), nullable=True, comment="The campaign that rings the contact again."),
        sa.CheckConstraint("decision IN ('give_up', 'redial')", name=op.f("call_decisions_decision_check")),
        sa.CheckConstraint(
            "(redialled_in IS NULL) = (decision = 'give_up')", name=op.f("call_decisions_redialled_in_check")
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("call_decisions_attempt_id_fkey")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("call_decisions_account_id_fkey")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("call_decisions_campaign_id_fkey")),
        sa.ForeignKeyConstraint(["redialled_in"], ["campaigns.id"], name=op.f("call_decisions_redialled_in_fkey")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("call_decisions_pkey")),
        comment="What somebody decided about a call that nobody could account for: once for each, and for good.",
    )
    op.create_index("call_decisions_latest_idx", "call_decisions", ["account_id", "at", "attempt_id"])
    op.create_index("call_decisions_campaign_id_idx", "call_decisions", ["campaign_id", "at", "attempt_id"])
    # Whom a retry has rung again was decided about, by whoever made it.
    op.execute(
        """
        WITH redialled AS (
            SELECT DISTINCT ON (attempts.id)
                attempts.id, attempts.account_id, attempts.campaign_id, attempts.hold,
                retries.id AS retry_id, retries.created_at,
                (SELECT actor FROM campaign_events WHERE campaign_id = retries.id ORDER BY id LIMIT 1) AS actor
            FROM attempts
            JOIN contacts ON contacts.id = attempts.contact_id
            JOIN campaigns AS retries ON retries.retry_of = attempts.campaign_id
            JOIN contacts AS again ON again.campaign_id = retries.id AND again.phone = contacts.phone
            WHERE attempts.status = 'unknown'
            ORDER BY attempts.id, retries.created_at DESC
        ),
        decided AS (
            UPDATE attempts SET decided_at = redialled.created_at, hold = 0
            FROM redialled WHERE attempts.id = redialled.id
        )
        INSERT INTO call_decisions (attempt_id, account_id, campaign_id, decision, at, actor, freed, redialled_in)
        SELECT id, account_id, campaign_id, 'redial', created_at, coalesce(actor, 'unknown'), hold, retry_id FROM redialled
        """
    )
    op.execute("UPDATE attempts SET request_result = reason WHERE status = 'dialling'")
    op.create_index("attempts_undecided_idx", "attempts", ["account_id", "ended_at", "id"], postgresql_where=UNDECIDED)
    op.create_index("attempts_undecided_of_campaign_idx", "attempts", ["campaign_id"], postgresql_where=UNDECIDED)
