"""What changed since when: for the live view

Revision: 0008. After: 0007.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    # The defaults are the same for all rows that are there: no table is written anew.
    op.execute("""
        ALTER TABLE campaigns
            ADD COLUMN version bigint NOT NULL DEFAULT 1,
            ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id()
    """)
    op.execute("COMMENT ON COLUMN campaigns.version IS 'Counts changes; a trigger does it.'")
    op.execute("COMMENT ON COLUMN campaigns.changed IS 'The transaction that changed it last, by the same trigger.'")
    op.create_index("campaigns_changed_idx", "campaigns", ["account_id", "changed"])
    op.execute("ALTER TABLE unfolded ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id()")
    op.drop_index("unfolded_account_id_idx", "unfolded")
    op.create_index("unfolded_account_id_idx", "unfolded", ["account_id", "changed"])
    op.execute("""
        ALTER TABLE campaign_progress
            ADD COLUMN account_id uuid,
            ADD COLUMN changes bigint NOT NULL DEFAULT 0,
            ADD COLUMN changed xid8
    """)
    op.execute("COMMENT ON COLUMN campaign_progress.account_id IS 'Whose it is; null: nothing was folded yet.'")
    op.execute("COMMENT ON COLUMN campaign_progress.changes IS 'How many changes were folded.'")
    op.execute("COMMENT ON COLUMN campaign_progress.changed IS 'The transaction that folded last.'")
    op.execute("""
        CREATE INDEX campaign_progress_changed_idx ON campaign_progress (account_id, changed) WHERE changed IS NOT NULL
    """)
    # No statement that changes a campaign can forget to say so.
    op.execute("""
        CREATE FUNCTION mark_campaign_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.version := OLD.version + 1;
            NEW.changed := pg_current_xact_id();
            RETURN NEW;
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER campaign_changed BEFORE UPDATE ON campaigns
        FOR EACH ROW EXECUTE FUNCTION mark_campaign_change()
    """)
