"""Ports that nobody uses."""

import socket
import subprocess
import sys

import pytest

from belltower_local import ports
from belltower_local.packages import SetupError
from belltower_local.stack import configured_port


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_on_which_somebody_listens_is_not_free(address: str) -> None:
    with socket.socket() as server:
        server.bind((address, 0))
        server.listen()
        taken = server.getsockname()[1]
        assert not ports.is_free(taken)
        assert ports.next_free(taken) > taken
        assert ports.keep_or_find(taken) != taken


def test_a_port_that_a_server_has_just_left_is_free() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = server.accept()
            accepted.close()
    assert ports.is_free(port)


def test_ports_are_kept_when_they_can_be() -> None:
    port = ports.any_free()
    assert ports.FIRST <= port <= ports.LAST
    assert ports.keep_or_find(port) == port
    assert ports.keep_or_find(port, {port}) != port


def test_a_port_is_given_out_once_though_nobody_listens_yet() -> None:
    given = [ports.any_free() for _ in range(50)]
    assert len(set(given)) == 50
    ask = "import sys; from belltower_local import ports; print(ports.keep_or_find(int(sys.argv[1])))"
    answer = subprocess.run([sys.executable, "-c", ask, str(given[0])], check=True, capture_output=True, text=True)
    assert int(answer.stdout) not in given


def test_a_port_goes_back_with_the_process_that_reserved_it() -> None:
    ask = "from belltower_local import ports; print(ports.any_free())"
    answer = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True)
    port = int(answer.stdout)
    assert ports.keep_or_find(port) == port


@pytest.mark.parametrize("text", ["http", "0", "70000", "-1"])
def test_a_wrong_port_is_refused_with_a_sentence(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELLTOWER_PORT", text)
    with pytest.raises(SetupError, match=rf"BELLTOWER_PORT={text} is no TCP port"):
        configured_port()
