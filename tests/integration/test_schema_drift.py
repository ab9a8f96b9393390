"""`make check` runs this: the migrations make exactly the tables that the code declares."""

import os
import subprocess
import sys


def test_the_migrations_make_the_tables_that_the_code_declares(empty_database_url: str) -> None:
    command = [sys.executable, "-m", "belltower.db.drift"]
    result = subprocess.run(
        command, check=False, env=os.environ | {"DATABASE_URL": empty_database_url}, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
