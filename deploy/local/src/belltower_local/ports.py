"""Finds TCP ports that nobody on this machine uses, and reserves them until the servers that they are for listen.

A server takes seconds to start, in which another program that looks for a port would still find its port free. So each
port that is given out is reserved while this process lives: it holds the UDP port of the same number, which costs nothing,
is exclusive whoever asks, and goes with the process.
"""

import atexit
import random
import socket
from collections.abc import Collection
from itertools import chain

from belltower_local.packages import SetupError

FIRST, LAST = 20_000, 31_999
"""Where ports are looked for: below the range from which operating systems take the ports of outgoing connections, any
of which could otherwise take a port between its choice and its use."""

_reservations: dict[int, socket.socket] = {}


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now, on the loopback address and on all addresses.

    What a closed connection left behind (TIME_WAIT) does not count. The attempt to connect is for macOS, where two
    sockets may listen on one port of which one is bound to every address.
    """
    for address in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 - bound for an instant, to see whether it can be
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind((address, port))
                candidate.listen(1)
            except OSError:
                return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as caller:
        caller.settimeout(0.2)
        return caller.connect_ex(("127.0.0.1", port)) != 0


def next_free(first: int, taken: Collection[int] = ()) -> int:
    """The first free port from `first` upwards that is not in `taken`.

    Raises `SetupError` when there is none among the next two hundred.
    """
    for port in range(first, min(first + 200, 65_536)):
        if port not in taken and is_free(port):
            return port
    raise SetupError(f"No TCP port from {first} to {first + 199} is free. Set BELLTOWER_PORT to one that is.")


def any_free(taken: Collection[int] = ()) -> int:
    """A free port somewhere between `FIRST` and `LAST` that is not in `taken`, was never given out before by this process,
    and will not be given out by another one.

    Raises `SetupError` when there is none.
    """
    start = random.randrange(FIRST, LAST + 1)  # noqa: S311 - nothing secret
    for port in chain(range(start, LAST + 1), range(FIRST, start)):
        if port not in taken and port not in _reservations and _reserve(port):
            return port
    raise SetupError(f"No TCP port from {FIRST} to {LAST} is free. Stop what uses them, and try again.")


def keep_or_find(wanted: int | None, taken: Collection[int] = ()) -> int:
    """`wanted` if it is given and free, else any free port; reserved in either case."""
    if wanted is not None and wanted not in taken and _reserve(wanted):
        return wanted
    return any_free(taken)


def _reserve(port: int) -> bool:
    """Reserve a port that is free, unless another process has."""
    if port in _reservations:
        return is_free(port)
    reservation = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        reservation.bind(("127.0.0.1", port))
    except OSError:
        reservation.close()
        return False
    if not is_free(port):
        reservation.close()
        return False
    _reservations[port] = reservation
    return True


@atexit.register
def _give_back() -> None:
    for reservation in _reservations.values():
        reservation.close()
