"""When the Python environment is built, mended, or left alone."""

import json
from pathlib import Path

import pytest

from belltower_local import environment


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("a==1 \\\n    --hash=sha256:00\nb==2 \\\n    --hash=sha256:11\n")
    for project in environment.PROJECTS:
        (tmp_path / project).mkdir(parents=True)
        (tmp_path / project / "pyproject.toml").write_text("[project]\n")
    return tmp_path


@pytest.fixture
def commands(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been run; making the environment makes its Python."""
    said: list[str] = []

    def run(command: list[str], log: Path) -> None:
        said.append("venv" if "venv" in command else "lock" if "--require-hashes" in command else "projects")
        if "venv" in command:
            python = checkout / ".venv" / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.touch()

    monkeypatch.setattr(environment, "_run", run)
    return said


def test_it_is_built_once_and_then_left_alone(checkout: Path, commands: list[str]) -> None:
    environment.ensure(checkout)
    environment.ensure(checkout)
    assert commands == ["venv", "lock", "projects"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [("requirements.lock", ["lock", "projects"]), ("shared/pyproject.toml", ["projects"])],
)
def test_what_changed_is_installed_into_it(
    checkout: Path, commands: list[str], changed: str, expected: list[str]
) -> None:
    environment.ensure(checkout)
    commands.clear()
    (checkout / changed).write_text("changed")
    environment.ensure(checkout)
    assert commands == expected


def test_one_that_was_interrupted_is_built_anew(checkout: Path, commands: list[str]) -> None:
    environment.ensure(checkout)
    (checkout / ".venv" / "belltower.json").unlink()
    (checkout / ".venv" / "half").touch()
    commands.clear()
    environment.ensure(checkout)
    assert commands == ["venv", "lock", "projects"]
    assert not (checkout / ".venv" / "half").exists()


def test_one_that_was_moved_is_built_anew(checkout: Path, commands: list[str]) -> None:
    environment.ensure(checkout)
    stamp = checkout / ".venv" / "belltower.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"checkout": "/elsewhere"}))
    commands.clear()
    environment.ensure(checkout)
    assert commands == ["venv", "lock", "projects"]
