"""Server-sent events, as they arrive (HTML standard, 9.2.6)."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was told."""

    name: str
    data: str


class Parser:
    """Makes events of the bytes of a stream, however they are cut into pieces."""

    def __init__(self) -> None:
        self.position = ""
        """The `id` up to which everything has been told; what to send as `Last-Event-ID`."""
        self.retry = 2.0
        """Seconds after which a client comes again, as the server wants it."""
        self.restart()

    def restart(self) -> None:
        """Forget what came in part: another stream begins."""
        self._rest = b""
        self._clear()
        self._id = self.position

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events that a piece completes. Lines end with CR, LF or both, as the standard has it, and with nothing else."""
        text = self._rest + piece
        cut = text.endswith(b"\r")  # an LF that belongs to it may follow
        *lines, self._rest = text.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if cut:
            self._rest += b"\r"
        for line in lines:
            if line:
                self._read(line.decode(errors="replace"))
            else:
                yield from self._dispatch()

    def _read(self, line: str) -> None:
        name, _, value = line.partition(":")  # a comment has no name
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self._id = value
            case "retry" if value.isascii() and value.isdecimal():
                self.retry = int(value) / 1000

    def _dispatch(self) -> Iterator[Event]:
        """What an empty line ends. An `id` alone is no event, but a position."""
        event = Event(self._name or "message", "\n".join(self._data)) if self._data else None
        self.position = self._id
        self._clear()
        if event is not None:
            yield event

    def _clear(self) -> None:
        self._name = ""
        self._data: list[str] = []
