"""Where the API is, and who asks: the settings that all commands over the API share."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from belltower_cli.api import Api, Failure
from belltower_cli.output import complain

_LONGEST_KEY = 500

Url = Annotated[
    str | None,
    typer.Option("--url", envvar="BELLTOWER_URL", help="Where Belltower is.", show_default=False),
]
KeyFile = Annotated[
    str | None,
    typer.Option(
        "--key-file",
        help="A file with the API key, - for standard input; BELLTOWER_API_KEY by default.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print what the API answers, as JSON.")]


@contextmanager
def connected(url: str | None, key_file: str | None) -> Iterator[Api]:
    """The API, as the options and the environment say. A `Failure` ends the process with its sentence and exit status 1."""
    try:
        with Api(_origin(url), _key(key_file)) as api:
            yield api
    except Failure as failure:
        complain(str(failure))
        raise typer.Exit(1) from None


def _origin(url: str | None) -> str:
    if not url:
        raise Failure(
            "BELLTOWER_URL is not set. Set it to Belltower's address, such as http://127.0.0.1:8080, or use --url."
        )
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Failure(f"{url} is not an address. Write it like http://127.0.0.1:8080.")
    return url.rstrip("/")


def _key(key_file: str | None) -> str:
    """The key. On the command line itself every user of the machine could read it, so it is not taken from there."""
    key = (os.environ.get("BELLTOWER_API_KEY", "") if key_file is None else _read(key_file)).strip()
    if not key:
        raise Failure("There is no API key. Set BELLTOWER_API_KEY, or name a file that holds one with --key-file.")
    if not (key.isascii() and key.isprintable() and " " not in key and len(key) <= _LONGEST_KEY):
        raise Failure("This is not an API key: a key is one word of letters, digits and signs.")
    return key


def _read(key_file: str) -> str:
    try:
        if key_file == "-":
            return sys.stdin.readline(_LONGEST_KEY + 2)
        with Path(key_file).open(encoding="utf-8", errors="replace") as file:
            return file.readline(_LONGEST_KEY + 2)
    except OSError as error:
        raise Failure(f"{key_file} cannot be read: {error.strerror}.") from None
