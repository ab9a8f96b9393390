"""Calling hours of accounts and campaigns, zones of contacts, campaigns that expire

Revision: 0016. After: 0015.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ADDED = {
    "accounts": [
        sa.Column(
            "calling_window",
            JSONB(none_as_null=True),
            nullable=True,
            comment="When people may be called, on their own clocks (domain/calling_window.py); null: always.",
        ),
        sa.Column(
            "unknown_zone",
            sa.Text(),
            nullable=False,
            server_default="closed",
            comment="Numbers whose zone nobody knows: closed, open, or the IANA zone to assume.",
        ),
    ],
    "campaigns": [
        sa.Column(
            "calling_window",
            JSONB(none_as_null=True),
            nullable=True,
            comment="Its own, which narrows the account's; null: the account's alone counts.",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="From then on it makes no new call; null: it never expires.",
        ),
        sa.Column(
            "window_zone",
            sa.Text(),
            nullable=True,
            comment="The zone for whose calling window it sleeps until next_due_at; null: it does not.",
        ),
        sa.Column(
            "hours_changed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When calling hours changed under contacts that wait for a window; null: they were looked at again.",
        ),
    ],
    "contacts": [
        sa.Column("timezone", sa.Text(), nullable=True, comment="IANA, as the list says it; null: the number tells."),
        sa.Column(
            "window_zone",
            sa.Text(),
            nullable=True,
            comment="The zone for whose calling window it waits; null: it does not.",
        ),
    ],
    "series": [
        sa.Column(
            "calling_window",
            JSONB(none_as_null=True),
            nullable=True,
            comment="Its own, which narrows the account's; null: the account's alone counts.",
        ),
    ],
    "series_contacts": [
        sa.Column("timezone", sa.Text(), nullable=True, comment="IANA, as the list says it; null: the number tells."),
    ],
    "attempts": [
        sa.Column(
            "calling_window",
            JSONB(none_as_null=True),
            nullable=True,
            comment="Why it was inside its calling window (domain/calling_hours.py); null: it had to be in none.",
        )
    ],
}


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    for table, columns in ADDED.items():
        for column in columns:
            op.add_column(table, column)
    # A window had no days until now: it was open every day. A second after the minute is given away, never taken.
    op.execute(
        """
        UPDATE accounts
        SET calling_window = jsonb_build_object(
            'hours', jsonb_build_array(jsonb_build_object(
                'days', jsonb_build_array(
                    'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'
                ),
                'start', to_char(window_start + CASE WHEN extract(second FROM window_start) > 0
                    THEN interval '1 minute' ELSE interval '0' END, 'HH24:MI'),
                'end', to_char(window_end, 'HH24:MI')
            )),
            'holidays', '[]'::jsonb
        )
        WHERE window_start IS NOT NULL
        """
    )
    # Those who wait for the window that was until now are looked at again, once their campaign has a dialer.
    op.execute(
        """
        UPDATE campaigns SET hours_changed_at = clock_timestamp()
        WHERE deleted_at IS NULL AND status IN ('scheduled', 'pending', 'processing', 'paused') AND started_at IS NOT NULL
        """
    )
    op.execute(
        "UPDATE contacts SET window_zone = 'UTC' WHERE status = 'waiting' AND reason = 'outside the calling window'"
    )
    op.drop_constraint(op.f("accounts_window_check"), "accounts", type_="check")
    op.drop_column("accounts", "window_start")
    op.drop_column("accounts", "window_end")
