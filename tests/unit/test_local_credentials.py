"""What the native runner remembers and tells."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from belltower_local.credentials import Memory, read_credentials, write_credentials
from belltower_local.folder import Folder

AWKWARD = {
    "PLAIN": "postgresql://belltower:5f@127.0.0.1:20000/belltower?sslmode=disable",
    "QUOTED": """p a"s's$HOME`id`\\&;#!""",
    "EMPTY": "",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / ".run")
    assert folder.hold()
    return folder


def test_a_shell_reads_credentials_back_as_they_were(folder: Folder) -> None:
    write_credentials(folder, AWKWARD)
    script = f'. {folder.credentials_file}; printf \'%s\\n\' "$PLAIN" "$QUOTED" "$EMPTY"'
    said = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True).stdout
    assert said.split("\n")[:3] == list(AWKWARD.values())
    assert read_credentials(folder) == AWKWARD
    folder.release()


def test_credentials_are_for_nobody_else(folder: Folder) -> None:
    old = os.umask(0)
    try:
        write_credentials(folder, AWKWARD)
        Memory().save(folder)
    finally:
        os.umask(old)
    for path in (folder.credentials_file, folder.path / "memory.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    folder.release()


def test_the_login_survives_and_a_torn_memory_is_replaced(folder: Folder) -> None:
    memory = Memory(api_key="key", ports={"api": 8080})
    memory.save(folder)
    assert Memory.load(folder) == memory
    (folder.path / "memory.json").write_text('{"email": "demo@')
    assert Memory.load(folder).api_key == ""
    folder.release()
