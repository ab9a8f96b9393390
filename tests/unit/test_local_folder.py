"""One runner at a time, and only our own processes are ended."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from belltower_local.folder import Folder, stop_holder
from belltower_local.leftovers import MARK

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def _begin(**environment: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(SLEEP, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.stdout.close()
    return process


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    folder = Folder(tmp_path / ".run")
    yield folder
    folder.release()


def test_a_folder_has_one_holder(folder: Folder) -> None:
    assert folder.holder() is None
    assert folder.hold()
    other = Folder(folder.path)
    assert not other.hold()
    assert other.holder() == psutil.Process()
    folder.release()
    assert other.holder() is None
    assert other.hold()
    other.release()


def test_a_lock_that_a_killed_runner_left_behind_holds_nobody(folder: Folder) -> None:
    folder.path.mkdir()
    (folder.path / "lock").write_text(f"{os.getpid()} 1.0\n")
    assert folder.holder() is None
    assert folder.hold()


def test_leftovers_are_ended_and_others_are_not(folder: Folder, tmp_path: Path) -> None:
    ours = _begin(**{MARK: str(folder.path)})
    neighbour = _begin(**{MARK: str(tmp_path / ".run" / "demo")})
    stranger = _begin()
    try:
        assert [process.pid for process in folder.processes()] == [ours.pid]
        assert stop_holder(folder)
        assert ours.wait(5) != 0
        assert neighbour.poll() is None
        assert stranger.poll() is None
        assert not stop_holder(folder)
    finally:
        for process in (ours, neighbour, stranger):
            process.kill()
            process.wait()


def test_wiping_spares_the_folders_of_others(folder: Folder) -> None:
    assert folder.hold()
    inner = Folder(folder.path / "demo")
    assert inner.hold()
    (folder.path / "memory.json").write_text("{}")
    (folder.path / "postgres" / "data").mkdir(parents=True)
    folder.wipe()
    assert sorted(path.name for path in folder.path.iterdir()) == ["demo", "lock", "logs"]
    inner.discard()
    assert not inner.path.exists()
