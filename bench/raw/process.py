"""A raw baseline's process: started, waited for, read, ended."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.stage import Stage, environment
from tests.support.eventually import eventually_sync


@dataclass(frozen=True, slots=True)
class RawProcess:
    """A process that runs."""

    pid: int
    output: Path

    @property
    def words(self) -> str:
        """All that it printed."""
        return self.output.read_text(encoding="utf-8")


@contextmanager
def raw(stage: Stage, module: str, *arguments: str) -> Iterator[RawProcess]:
    """Run a module of `bench.raw` until the end of the block. It prints "ready" first."""
    output = stage.logs / f"raw-{module}-{'-'.join(arguments[:1])}.log"
    settings = environment() | {"DATABASE_URL": stage.database_url, "AMQP_URL": stage.amqp_url}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", f"bench.raw.{module}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=settings,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
    try:

        def is_ready() -> bool:
            assert process.poll() is None, output.read_text(encoding="utf-8")
            return "ready" in output.read_text(encoding="utf-8")

        eventually_sync(is_ready, timeout=30)
        yield RawProcess(process.pid, output)
    finally:
        process.kill()
        process.wait()
