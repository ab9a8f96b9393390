"""Campaigns by the thousand, written straight into the tables: how they came there is not what is measured."""

import asyncpg

from belltower.db.notify import CHANNEL

TABLES = ("campaigns", "contacts", "campaign_progress", "campaign_events")
"""Those that are filled."""

_LEFT_OUT = {"id", "scheduled_time", "scheduled_wall", "next_due_at", "created_at", "version", "changed"}


async def fill(database: asyncpg.Connection, count: int, instants: str, *, contacts: int = 1, first: int = 0) -> None:
    """Write scheduled campaigns with so many contacts each. `instants` is SQL for when the `n`th (from 1) is due.

    They are copies of the account's first campaign, which is there; their numbers begin with the `first`. With their history and
    progress, as if each had been created by itself.
    """
    columns = ", ".join(
        f'"{row["column_name"]}"'
        for row in await database.fetch(
            """SELECT column_name FROM information_schema.columns
               WHERE table_name = 'campaigns' AND table_schema = 'public' AND is_generated = 'NEVER'
               ORDER BY ordinal_position"""
        )
        if row["column_name"] not in _LEFT_OUT
    )
    async with database.transaction():
        await database.execute("SET LOCAL statement_timeout = 0")
        # One history row each is written below, together; the trigger would write them one by one.
        await database.execute("SET LOCAL session_replication_role = replica")
        await database.execute(
            f"""CREATE TEMPORARY TABLE filling ON COMMIT DROP AS
                SELECT n, gen_random_uuid() AS id, {instants} AS due FROM generate_series(1, {count:d}) AS n"""
        )
        await database.execute(
            f"""INSERT INTO campaigns (id, scheduled_time, scheduled_wall, next_due_at, {columns})
                SELECT filling.id, due, due AT TIME ZONE 'UTC', due, {_prefixed(columns)}
                FROM filling, (SELECT * FROM campaigns ORDER BY created_at LIMIT 1) AS pattern ORDER BY n"""
        )
        await database.execute(
            "INSERT INTO campaign_progress (campaign_id, contact_waiting) SELECT id, $1 FROM filling", contacts
        )
        await database.execute(
            "INSERT INTO campaign_events (campaign_id, to_status, actor) SELECT id, 'scheduled', 'bench' FROM filling"
        )
        await database.execute(
            """INSERT INTO contacts (campaign_id, phone, next_attempt_at)
               SELECT id, '+1415' || (2000000 + ($1 + (n - 1) * $2 + each) % 8000000), now()
               FROM filling, generate_series(0, $2 - 1) AS each ORDER BY n""",
            first,
            contacts,
        )
    await database.execute(f"NOTIFY {CHANNEL}")


async def settle(database: asyncpg.Connection, *tables: str) -> None:
    """Have the database know what is in its tables, and have written it to disk, as it does after a while by itself."""
    # Else this session's own counts arrive after the VACUUM, and an autovacuum does it all again while something is measured.
    await database.execute("SELECT pg_stat_force_next_flush()")
    await database.execute(f"VACUUM (ANALYZE) {', '.join(tables)}", timeout=600)
    await database.execute("CHECKPOINT", timeout=600)


def _prefixed(columns: str) -> str:
    return ", ".join(f"pattern.{column}" for column in columns.split(", "))
