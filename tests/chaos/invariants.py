"""What holds of a database whose campaigns have all ended, as statements that find what does not."""

from tests.chaos.findings import Finding
from tests.chaos.stage import Stage

from belltower.db.progress import get_progress
from belltower.db.tables import sql_list
from belltower.domain.call import LIVE

_LIVE = sql_list(LIVE)

RULES = {
    "a campaign that has ended is nobody's, and never due": """
        SELECT id, status || ', owner ' || coalesce(owner::text, '-') FROM campaigns
        WHERE status IN ('completed', 'failed', 'cancelled')
          AND (owner IS NOT NULL OR next_due_at IS NOT NULL OR announced_at IS NOT NULL)""",
    "every contact of a completed campaign is final": """
        SELECT contacts.id, contacts.status || ' in campaign ' || campaigns.name FROM contacts
        JOIN campaigns ON campaigns.id = campaign_id
        WHERE campaigns.status = 'completed' AND contacts.status IN ('waiting', 'calling')""",
    "a contact is being called exactly while a call of it lives": f"""
        SELECT contacts.id, contacts.status FROM contacts
        WHERE (contacts.status = 'calling') <> EXISTS (
            SELECT FROM attempts WHERE contact_id = contacts.id AND attempts.status IN ({_LIVE}))""",
    "a contact is unknown exactly while a call of it is": """
        SELECT contacts.id, contacts.status FROM contacts
        WHERE (contacts.status = 'unknown') <> EXISTS (
            SELECT FROM attempts WHERE contact_id = contacts.id AND attempts.status = 'unknown')""",
    "money is held for calls that live or are unknown, and for no others": f"""
        SELECT id, status || ', ' || hold FROM attempts WHERE (hold > 0) <> (status IN ({_LIVE}, 'unknown'))""",
    "a call is looked after as long as it lives": f"""
        SELECT id, status FROM attempts
        WHERE (check_at IS NOT NULL) <> (status IN ({_LIVE})) OR (ended_at IS NULL) <> (status IN ({_LIVE}))""",
    "a call is charged once, for what it cost": """
        SELECT attempts.id, cost || ' and ' || coalesce(paid, 0) FROM attempts LEFT JOIN (
            SELECT attempt_id, sum(written_off - amount) AS paid, count(*) FILTER (WHERE kind = 'call') AS times
            FROM ledger_entries GROUP BY attempt_id) AS booked ON booked.attempt_id = attempts.id
        WHERE cost <> coalesce(paid, 0) OR times > 1""",
    "the ledger sums to the balance": """
        SELECT accounts.id, balance || ' and ' || (SELECT sum(amount) FROM ledger_entries WHERE account_id = accounts.id)
        FROM accounts WHERE balance + (SELECT coalesce(sum(amount), 0) FROM unfolded WHERE account_id = accounts.id)
            <> (SELECT sum(amount) FROM ledger_entries WHERE account_id = accounts.id)""",
    "no balance is below zero": "SELECT id, balance::text FROM accounts WHERE balance < 0",
    "the history ends with the status": """
        SELECT id, status FROM campaigns WHERE status IS DISTINCT FROM (
            SELECT to_status FROM campaign_events WHERE campaign_id = campaigns.id AND changed IS NULL
            ORDER BY campaign_events.id DESC LIMIT 1)""",
    "the history has no gap": """
        SELECT campaign_id, from_status || ' after ' || before FROM (
            SELECT campaign_id, from_status, lag(to_status) OVER (PARTITION BY campaign_id ORDER BY id) AS before
            FROM campaign_events WHERE changed IS NULL) AS each
        WHERE from_status IS NOT NULL AND from_status IS DISTINCT FROM before""",
    "a campaign has as many contacts as it says": """
        SELECT id, contacts || ' and ' || (SELECT count(*) FROM contacts WHERE campaign_id = campaigns.id) FROM campaigns
        WHERE deleted_at IS NULL
          AND contacts <> (SELECT count(*) FROM contacts WHERE campaign_id = campaigns.id)""",
    "attempts that were made were counted": """
        SELECT contacts.id, contacts.attempts || ' and ' || count(attempts.id) FROM contacts
        LEFT JOIN attempts ON contact_id = contacts.id
            AND attempts.status NOT IN ('not_placed', 'unknown')
            AND (attempts.status <> 'cancelled' OR ringing_at IS NOT NULL)
        WHERE contacts.status IN ('reached', 'unreached')
        GROUP BY contacts.id HAVING contacts.attempts <> count(attempts.id)""",
    "nobody is rung more often than the campaign may": """
        SELECT contact_id, count(*)::text FROM attempts JOIN campaigns ON campaigns.id = attempts.campaign_id
        WHERE attempts.status <> 'not_placed' AND (attempts.status <> 'cancelled' OR ringing_at IS NOT NULL)
        GROUP BY contact_id, max_attempts HAVING count(*) > max_attempts""",
    "only a campaign's owner lets calls through, and only while it runs": """
        SELECT attempt, 'by ' || dialer || ', the owner is ' || coalesce(owner::text, 'nobody') || ', it is ' || status
        FROM chaos_gated WHERE owner IS DISTINCT FROM dialer OR status <> 'processing'""",
}


async def broken(stage: Stage) -> list[Finding]:
    """What does not hold."""
    found = []
    for rule, statement in RULES.items():
        found += [Finding(rule, str(subject), str(detail)) for subject, detail in await stage.rows(statement)]
    return found + await _miscounted(stage)


async def _miscounted(stage: Stage) -> list[Finding]:
    """Where the progress that people see is not what the rows say."""
    rows = await stage.rows("SELECT campaign_id, status, count(*) AS number FROM contacts GROUP BY 1, 2")
    calls = await stage.rows(
        f"""SELECT campaign_id, status, count(*) AS number FROM attempts
            WHERE status NOT IN ({_LIVE}) GROUP BY 1, 2"""
    )
    real = {(row.campaign_id, f"contact {row.status}"): row.number for row in rows}
    real |= {(row.campaign_id, f"call {row.status}"): row.number for row in calls}
    async with stage.engine.connect() as connection:
        counted = await get_progress(connection, list({row.campaign_id for row in rows}))
    told = {
        (campaign, f"{kind} {status}"): number
        for campaign, progress in counted.items()
        for kind, numbers in (("contact", progress.contacts), ("call", progress.dispositions))
        for status, number in numbers.items()
        if number
    }
    return [
        Finding(
            "progress is what the rows say",
            f"campaign {key[0]}",
            f"{key[1]}: {told.get(key, 0)}, not {real.get(key, 0)}",
        )
        for key in sorted(set(told) | set(real), key=str)
        if told.get(key, 0) != real.get(key, 0)
    ]
