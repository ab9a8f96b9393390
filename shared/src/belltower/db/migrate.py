"""Brings a database to the newest schema. Migrations are linear and only go forward (expand, backfill, contract)."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from belltower.db.tables import metadata

_LOCK = 0x62656C6C746F776572 % 2**63
"""Session advisory lock: two migrations at once run one after the other. ("belltower" in ASCII.)"""


class ForeignDatabase(Exception):
    """The database is neither empty nor Belltower's."""


def _folder() -> Path:
    installed = Path(__file__).parent.parent / "migrations"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> tuple[str | None, str | None]:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    before = MigrationContext.configure(connection).get_current_revision()
    if before is None and inspect(connection).get_table_names():
        raise ForeignDatabase(
            "The database is not empty and not Belltower's. Point DATABASE_URL at an empty database, or at Belltower's own."
        )
    scripts = ScriptDirectory.from_config(_config(connection))
    if before is not None and before not in {script.revision for script in scripts.walk_revisions()}:
        raise ForeignDatabase(
            f"The database has the schema {before}, which this version of Belltower does not know."
            " Run the newer version of Belltower, or point DATABASE_URL at another database."
        )
    command.upgrade(_config(connection), "head")
    return before, scripts.get_current_head()


async def migrate(engine: AsyncEngine) -> tuple[str | None, str | None]:
    """Run what is missing, all in one transaction; return the revisions before and after. Raises `ForeignDatabase`."""
    async with engine.begin() as connection:
        return await connection.run_sync(_upgrade)


async def drift(engine: AsyncEngine) -> list[object]:
    """How a migrated database differs from `tables`; empty when it does not."""
    async with engine.connect() as connection:
        return await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), metadata)
        )
