"""`python -m belltower.db.drift`: whether the migrations still make what `tables` says, in the database at DATABASE_URL."""

import asyncio
import sys

from belltower.db.engine import create_engine
from belltower.db.migrate import drift, migrate
from belltower.runtime.settings import DatabaseSettings, load


async def _check() -> list[object]:
    engine = create_engine(load(DatabaseSettings), name="drift")
    try:
        await migrate(engine)
        return await drift(engine)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    differences = asyncio.run(_check())
    for difference in differences:
        sys.stderr.write(f"The migrations and the tables disagree: {difference}\n")
    sys.exit(1 if differences else 0)
