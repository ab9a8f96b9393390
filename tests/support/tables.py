"""All that a database holds, to see that nothing of it changed."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.tables import metadata

UNTOUCHED_BY_REFUSALS = tuple(
    sorted(table.name for table in metadata.sorted_tables if table.name not in ("idempotency_keys", "sign_in_attempts"))
)
"""Tables that only change when something was done: not those of what is under way, and of who tried to come in."""


async def counted(engine: AsyncEngine) -> dict[str, int]:
    """How many rows each table has."""
    counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in UNTOUCHED_BY_REFUSALS)
    async with engine.connect() as connection:
        return {row[0]: row[1] for row in await connection.execute(text(counts))}


async def contents(engine: AsyncEngine) -> dict[str, str]:
    """A hash of all rows of each table, but for when a key was last used."""
    hashes = " UNION ALL ".join(
        f"SELECT '{name}', coalesce(md5(string_agg(row, ',' ORDER BY row)), '')"
        f" FROM (SELECT (to_jsonb({name}) - 'last_used_at')::text AS row FROM {name}) AS {name}"
        for name in UNTOUCHED_BY_REFUSALS
    )
    async with engine.connect() as connection:
        return {row[0]: row[1] for row in await connection.execute(text(hashes))}
