"""`make run`: everything, with a demo campaign, until somebody stops it."""

import shlex
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import httpx

from belltower_local import demonstration
from belltower_local.api import Api, Json
from belltower_local.console import console
from belltower_local.credentials import read_credentials
from belltower_local.folder import Folder
from belltower_local.stack import Stack
from belltower_local.web import build as build_web

DUE_IN = 5.0
"""Seconds from the creation of the demo campaign to its due instant."""


class StopRequested(BaseException):
    """Somebody asked us to end: Ctrl-C, SIGTERM, or the terminal was closed."""


def run(checkout: Path) -> None:
    """Start everything, show the demo campaign, and stay until stopped. A second one says where the first one is."""
    folder = Folder(checkout / ".run")
    stack: Stack | None = None
    began = time.monotonic()
    try:
        with stoppable():
            while not folder.hold():
                if _point_to_the_running_one(folder):
                    return
            stack = Stack(folder, web_folder=build_web(checkout))
            _start(stack)
            console.print(f"Everything is up after {time.monotonic() - began:.1f} s.")
            _print_where(stack)
            _show_demo_campaign(stack)
            console.print("Belltower runs until you press Ctrl-C here, or say `make stop` elsewhere.")
            _watch(stack)
    except StopRequested:
        console.print("Stopping ...")
    finally:
        if stack is not None:
            with undisturbed():
                stack.stop()
                folder.release()
    console.print("Everything has stopped. The data stay for the next time; `make reset` deletes them.")


@contextmanager
def stoppable() -> Iterator[None]:
    """Within it, being asked to end raises `StopRequested` (even where a shell had SIGINT ignored)."""

    def stop(number: int, _: FrameType | None) -> None:
        raise StopRequested(signal.Signals(number).name)

    with _handling(stop):
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within it, whoever asks us to end is told that we are about it."""

    def patience(_: int, __: FrameType | None) -> None:
        console.print("Still stopping: work in hand is finished first.")

    with _handling(patience):
        yield


@contextmanager
def _handling(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _start(stack: Stack) -> None:
    console.print("Starting Postgres, RabbitMQ and Belltower's services ...")
    stack.start()
    demonstration.enliven(stack.carrier_url)


def _print_where(stack: Stack) -> None:
    lines = {
        "Web app": stack.api_url,
        "API": f"{stack.api_url}/docs",
        "RabbitMQ management": _without_login(stack.management_url),
        "Simulated carrier": f"{stack.carrier_url}/_simulator/calls",
        "Login": f"{stack.memory.email} / {stack.memory.password}",
        "API key": stack.memory.api_key,
        "For scripts": f". {shlex.quote(str(stack.folder.credentials_file))}",
        "Logs": f"{stack.folder.logs}/",
    }
    console.print()
    for name, value in lines.items():
        console.print(f"  [bold]{name:<20}[/bold] {value}", markup=True)
    console.print("  Calls are simulated: nobody is rung.\n")


def _without_login(url: str) -> str:
    """A URL as a browser wants it, with its user and password beside it."""
    parts = urlsplit(url)
    if not parts.username:
        return url
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path} ({parts.username} / {parts.password})"


def _show_demo_campaign(stack: Stack) -> None:
    """Make the demo campaign the first time, and show it until it is completed."""
    with Api(stack.api_url, stack.memory.api_key) as api:
        campaign = _existing(api)
        if campaign is None:
            campaign = demonstration.create_scheduled(api, demonstration.NAME, demonstration.soon(DUE_IN))
            console.print(f"A demo campaign to {campaign['progress']['total']} people is due in {DUE_IN:.0f} s.")
        elif campaign["status"] in demonstration.FINAL:
            console.print(f"The demo campaign of an earlier run is {campaign['status']}.")
            return
        demonstration.follow(api, [campaign], timeout=float("inf"), is_wanted=stack.is_supervised)


def _existing(api: Api) -> Json | None:
    return next((campaign for campaign in api.campaigns() if campaign["name"] == demonstration.NAME), None)


def _watch(stack: Stack) -> None:
    """Say which processes died (they are started again), and start everything again when the supervisor itself died."""
    known = stack.pids()
    while True:
        time.sleep(1)
        if not stack.is_supervised():
            console.print("The supervisor died. Starting everything again ...")
            _start(stack)
            known = stack.pids()
            console.print("Everything is up again.")
        for name, pid in stack.pids().items():
            if pid and pid != known.get(name):
                console.print(f"{name} ended and was started again; see {stack.folder.logs}/{name}.log")
                known[name] = pid


def _point_to_the_running_one(folder: Folder) -> bool:
    """Say where the one that runs already can be reached, once it can. False when it ended meanwhile."""
    said = False
    while folder.holder() is not None:
        credentials = read_credentials(folder)
        if credentials and _is_up(credentials["BELLTOWER_URL"]):
            console.print(f"Belltower runs already: {credentials['BELLTOWER_URL']}/docs")
            console.print(f"Login: {credentials['BELLTOWER_EMAIL']} / {credentials['BELLTOWER_PASSWORD']}")
            console.print("`make stop` ends it.")
            return True
        if not said:
            console.print("Belltower is starting or stopping already; waiting for it ...")
            said = True
        time.sleep(0.5)
    return False


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/livez", trust_env=False, timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
