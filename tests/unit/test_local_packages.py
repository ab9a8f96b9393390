"""What is installed, and what is left as it was."""

from pathlib import Path

import pytest

from belltower_local import packages
from belltower_local.packages import SetupError


def test_a_user_without_root_gets_one_line_to_paste(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("shutil.which", lambda name: None if name == "dnf" else f"/usr/bin/{name}")
    with pytest.raises(SetupError) as problem:
        packages.install(["postgresql", "rabbitmq-server"], tmp_path / "log")
    commands = [line for line in str(problem.value).splitlines() if line.startswith("    ")]
    assert commands == ["    sudo apt-get install -y --no-install-recommends postgresql rabbitmq-server"]


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(packages, "_POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(packages, "_POLICY_SAVED", tmp_path / "policy-rc.d.belltower-saved")
    return tmp_path / "policy-rc.d"


def test_the_machines_own_policy_comes_back(policy: Path) -> None:
    policy.write_text("#!/bin/sh\nexit 104\n")
    policy.chmod(0o700)
    with packages._nothing_started():
        assert "exit 101" in policy.read_text()
        assert policy.stat().st_mode & 0o111
    assert policy.read_text() == "#!/bin/sh\nexit 104\n"
    assert list(policy.parent.iterdir()) == [policy]


def test_no_policy_is_left_where_there_was_none(policy: Path) -> None:
    with packages._nothing_started():
        assert policy.exists()
    assert not policy.exists()


def test_an_installation_that_was_killed_is_tidied_up_by_the_next(policy: Path) -> None:
    policy.write_text("#!/bin/sh\nexit 104\n")
    killed = packages._nothing_started()
    killed.__enter__()
    with packages._nothing_started():
        assert "exit 101" in policy.read_text()
    assert policy.read_text() == "#!/bin/sh\nexit 104\n"
    killed.gen.close()
