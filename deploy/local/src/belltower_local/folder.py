"""The folder of a runner: where one set of servers and processes keeps its data, logs and state.

`.run/` of a checkout belongs to `make run`, `.run/demo` to `make demo`, `.run/tests-*` to the tests: each has its own, and
they share nothing.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import time
from pathlib import Path
from typing import IO

import psutil

from belltower_local.leftovers import end, kill, processes_of
from belltower_local.packages import SetupError

FAR = Path("/var/lib/belltower")
"""Where servers keep their data that may not enter a folder: root starts them as users of their own, and the checkout of
root is often closed to everybody else."""


class Folder:
    """A folder of a runner. Nothing is made before `hold`."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.logs = self.path / "logs"
        self.credentials_file = self.path / "credentials.env"
        self._lock_file = self.path / "lock"
        self._lock: IO[str] | None = None

    @property
    def far(self) -> Path:
        """Where the servers of this folder keep their data that cannot enter it."""
        return FAR / hashlib.sha256(str(self.path).encode()).hexdigest()[:16]

    def hold(self) -> bool:
        """Make this folder ours for as long as this process lives. False when another process holds it."""
        self._make()
        lock = self._lock_file.open("a+", encoding="utf-8")
        if not _take(lock):
            lock.close()
            return False
        lock.truncate(0)
        lock.write(f"{os.getpid()} {psutil.Process().create_time()}\n")
        lock.flush()
        self._lock = lock
        self._disown_strange_data()
        return True

    def release(self) -> None:
        """Let go of what `hold` took."""
        if self._lock is not None:
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None

    def holder(self) -> psutil.Process | None:
        """The process that holds this folder, if one does."""
        try:
            with self._lock_file.open(encoding="utf-8") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    pid, started = lock.read().split()
                    process = psutil.Process(int(pid))
                    return process if abs(process.create_time() - float(started)) < 1 else None
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            pass
        return None

    def home_of(self, server: str, user: pwd.struct_passwd | None) -> Path:
        """The directory of a server, made if need be, for nobody but the user that it runs as (None: as ourselves).

        It lies in this folder where that user can reach it, else below `FAR`.
        """
        near = self.path / server
        if user is None:
            near.mkdir(mode=0o700, exist_ok=True)
            return near
        if _can_enter(self.path, user) and _give(near, user):
            return near
        far = self.far / server
        self.far.mkdir(mode=0o711, parents=True, exist_ok=True)
        for path in (FAR, self.far):
            path.chmod(0o711)
        (self.far / "folder").write_text(str(self.path), encoding="utf-8")
        (self.far / "identity").write_text(self._identity(), encoding="utf-8")
        if not _give(far, user):
            raise SetupError(f"{far} could not be made for the user {user.pw_name}.")
        return far

    def end_leftovers(self) -> None:
        """End what earlier runs of this folder left behind: whatever lived on when its runner or supervisor was killed."""
        end(self.processes())

    def kill_leftovers(self) -> None:
        """The same by force, for data that nobody wants any more."""
        while left := self.processes():
            kill(left)

    def processes(self) -> list[psutil.Process]:
        """The living processes that this folder started."""
        return processes_of(self.path, (self.path, self.far))

    def wipe(self) -> None:
        """Delete the folder, and what its servers keep elsewhere. Folders of others inside it stay."""
        shutil.rmtree(self.far, ignore_errors=True)
        if not self.path.exists():
            return
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                if not (entry / "lock").exists():
                    shutil.rmtree(entry, ignore_errors=True)
            elif entry != self._lock_file:
                entry.unlink(missing_ok=True)
        self._make()

    def discard(self) -> None:
        """Delete the folder for good, and let go of it."""
        self.wipe()
        self.release()
        shutil.rmtree(self.path, ignore_errors=True)

    def _make(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o711)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def _identity(self) -> str:
        """What tells this folder from another that stood at the same path before."""
        file = self.path / "identity"
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError:
            file.write_text(secrets.token_hex(16), encoding="utf-8")
            return file.read_text(encoding="utf-8")

    def _disown_strange_data(self) -> None:
        """Delete what lies below `FAR` from an earlier folder at our path: its passwords went with it."""
        try:
            if (self.far / "identity").read_text(encoding="utf-8") == self._identity():
                return
        except FileNotFoundError:
            if not self.far.exists():
                return
        except PermissionError:
            return
        self.end_leftovers()
        shutil.rmtree(self.far)


def folders_in(checkout: Path) -> list[Folder]:
    """Every folder of a runner in a checkout, the inner ones first."""
    top = checkout / ".run"
    inner = sorted(lock.parent for lock in top.glob("*/lock"))
    return [Folder(path) for path in [*inner, top]]


def stop_holder(folder: Folder, patience: float = 90.0) -> bool:
    """End the runner that holds a folder, and what it started. Returns whether there was anything to end.

    Raises `SetupError` when it belongs to another user, or does not end within `patience` seconds.
    """
    runner = folder.holder()
    if runner is not None:
        try:
            runner.terminate()
        except psutil.AccessDenied:
            raise SetupError(
                f"Process {runner.pid} runs as another user; only that user or root can stop it."
            ) from None
        except psutil.NoSuchProcess:
            pass
        deadline = time.monotonic() + patience
        while folder.holder() is not None:
            if time.monotonic() > deadline:
                raise SetupError(f"Process {runner.pid} has not stopped within {patience:.0f} s. See {folder.logs}.")
            time.sleep(0.1)
    left = folder.processes()
    end(left)
    if folder.holder() is None:
        folder.credentials_file.unlink(missing_ok=True)
    return runner is not None or bool(left)


def _take(lock: IO[str]) -> bool:
    """Lock a file for ourselves, if nobody holds it. Somebody who only looks (`holder`) holds it for an instant."""
    for _ in range(5):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


def _can_enter(path: Path, user: pwd.struct_passwd) -> bool:
    command = ["/usr/bin/test", "-x", str(path)]
    return subprocess.run(command, check=False, user=user.pw_uid, group=user.pw_gid, extra_groups=[]).returncode == 0


def _give(path: Path, user: pwd.struct_passwd) -> bool:
    """Make a directory for `user` alone; False where the file system refuses."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        os.chown(path, user.pw_uid, user.pw_gid)
    except PermissionError:
        return False
    return True
