"""What a runner remembers from one start to the next, and what it tells scripts while it runs."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Self

from belltower_local.folder import Folder

_BACKSLASHED = frozenset('\\"$`')


@dataclass
class Memory:
    """What stays the same from one start of a folder to the next: the login, the ports, the carrier's secrets."""

    email: str = "demo@belltower.example"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    api_key: str = ""
    carrier_account_sid: str = field(default_factory=lambda: "AC" + secrets.token_hex(16))
    carrier_auth_token: str = field(default_factory=lambda: secrets.token_hex(16))
    ports: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Folder) -> Self:
        """What was saved, or new secrets."""
        try:
            saved = json.loads(_path(folder).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return cls()
        known = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in saved.items() if name in known})

    def save(self, folder: Folder) -> None:
        """Keep it, whole or not at all, for nobody else's eyes."""
        write_private(_path(folder), json.dumps(asdict(self), indent=1))


def write_credentials(folder: Folder, values: Mapping[str, str]) -> None:
    """Write credentials.env (mode 600), which a shell can source."""
    write_private(folder.credentials_file, "".join(f"{name}={_quoted(value)}\n" for name, value in values.items()))


def read_credentials(folder: Folder) -> dict[str, str]:
    """What credentials.env holds; empty when nothing runs."""
    try:
        lines = folder.credentials_file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {name: _plain(value) for name, _, value in (line.partition("=") for line in lines)}


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, at once: whoever reads it sees the old text or the new one."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _quoted(value: str) -> str:
    """A value as a shell reads it back. Plain ones stay plain, for readers that know no quotes."""
    if value and all(char.isalnum() or char in "_-.:/@%+,=" for char in value):
        return value
    return '"' + "".join(f"\\{char}" if char in _BACKSLASHED else char for char in value) + '"'


def _plain(value: str) -> str:
    if not value.startswith('"'):
        return value
    plain, escaped = [], False
    for char in value[1:-1]:
        if char == "\\" and not escaped:
            escaped = True
        else:
            plain.append(char)
            escaped = False
    return "".join(plain)


def _path(folder: Folder) -> Path:
    return folder.path / "memory.json"
