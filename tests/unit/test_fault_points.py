"""Named points at which tests kill or stop a process."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

PASSES = """
from belltower.runtime import fault
for passage in range(1, 4):
    print(passage, flush=True)
    fault.point("gate.committed")
"""


def pass_three_times(**environment: str) -> tuple[list[str], int]:
    """A process that passes a point three times: what it said, and how it ended."""
    ended = subprocess.run(
        [sys.executable, "-c", PASSES], check=False, capture_output=True, text=True, env=environment, timeout=100
    )
    return ended.stdout.split(), ended.returncode


@pytest.mark.parametrize(
    ("fault", "said", "code"),
    [
        ("", ["1", "2", "3"], 0),
        ("gate.begun:kill", ["1", "2", "3"], 0),
        ("gate.committed:kill", ["1"], -signal.SIGKILL),
        ("gate.committed:kill:3", ["1", "2", "3"], -signal.SIGKILL),
    ],
)
def test_a_process_dies_at_the_passage_that_was_chosen(fault: str, said: list[str], code: int) -> None:
    assert pass_three_times(BELLTOWER_FAULT=fault) == (said, code)


def test_a_fuse_burns_at_its_passage_once_whoever_comes_by(tmp_path: Path) -> None:
    (tmp_path / "gate.committed").write_text("kill 5")
    assert pass_three_times(BELLTOWER_FAULT_FUSES=str(tmp_path)) == (["1", "2", "3"], 0)
    assert pass_three_times(BELLTOWER_FAULT_FUSES=str(tmp_path)) == (["1", "2"], -signal.SIGKILL)
    assert pass_three_times(BELLTOWER_FAULT_FUSES=str(tmp_path)) == (["1", "2", "3"], 0)
    assert [path.name.split("-")[0] for path in tmp_path.iterdir()] == ["gate.committed.fired"]
