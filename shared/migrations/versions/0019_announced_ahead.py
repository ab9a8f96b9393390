"""Campaigns are announced a moment ahead

Revision: 0019. After: 0018.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that cannot have its lock in time fails and is run again; it never makes the product wait behind it.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    # A takeover of one that was announced before its instant is two moves in one.
    op.execute("""
        CREATE OR REPLACE FUNCTION record_campaign_event() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            former text := CASE TG_OP WHEN 'UPDATE' THEN OLD.status END;
        BEGIN
            IF former = 'scheduled' AND NEW.status = 'processing' THEN
                INSERT INTO campaign_events (campaign_id, from_status, to_status, actor)
                VALUES (NEW.id, 'scheduled', 'pending', 'scheduler');
                former := 'pending';
            END IF;
            INSERT INTO campaign_events (campaign_id, from_status, to_status, actor, reason)
            VALUES (
                NEW.id,
                former,
                NEW.status,
                NEW.status_actor,
                CASE WHEN NEW.status IN ('paused', 'failed', 'cancelled') THEN NEW.status_reason END
            );
            RETURN NULL;
        END
        $$
    """)
    # An announcement ahead is of an instant: whatever changes the instant makes it void, and none can forget to.
    op.execute("""
        CREATE OR REPLACE FUNCTION mark_campaign_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.version := OLD.version + 1;
            NEW.changed := pg_current_xact_id();
            IF OLD.announced_at IS NOT NULL AND NEW.announced_at = OLD.announced_at
                AND NEW.next_due_at IS DISTINCT FROM OLD.next_due_at AND OLD.next_due_at > clock_timestamp()
            THEN
                NEW.announced_at := NULL;
            END IF;
            RETURN NEW;
        END
        $$
    """)
