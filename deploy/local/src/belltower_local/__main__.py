"""`python -m belltower_local`: runs all of Belltower on one machine without containers. The Makefile calls it."""

from pathlib import Path

import typer

from belltower_local import servers
from belltower_local.console import console
from belltower_local.credentials import read_credentials
from belltower_local.demo import demo as run_demo
from belltower_local.finding import find_chromium, find_postgres, find_rabbitmq
from belltower_local.folder import Folder, folders_in, stop_holder
from belltower_local.packages import SetupError
from belltower_local.run import run as run_all
from belltower_local.web import build as build_web

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)

CHECKOUT = Path(__file__).parents[4]


@app.command()
def run() -> None:
    """Start everything, with a demo campaign, until Ctrl-C."""
    run_all(CHECKOUT)


@app.command()
def demo() -> None:
    """Run two campaigns from start to end, print what happened, and stop."""
    run_demo(CHECKOUT)


@app.command()
def stop() -> None:
    """Stop what a run left running."""
    stopped = [folder for folder in _ours() if stop_holder(folder)]
    console.print("Everything has stopped." if stopped else "Nothing was running.")


@app.command()
def reset() -> None:
    """Stop it and delete all its data."""
    for folder in _ours():
        stop_holder(folder)
        if not folder.hold():
            raise SetupError(f"{folder.path} was taken by another run meanwhile.")
        folder.wipe()
        folder.release()
    console.print("All data are deleted; the next `make run` begins anew.")


@app.command()
def status() -> None:
    """Show what runs."""
    for folder in _ours():
        credentials = read_credentials(folder)
        holder = folder.holder()
        if holder is None:
            left = folder.processes()
            console.print(f"{folder.path}: {f'{len(left)} processes were left behind' if left else 'nothing runs'}")
        else:
            console.print(
                f"{folder.path}: process {holder.pid}, {credentials.get('BELLTOWER_URL', 'starting or stopping')}"
            )


@app.command(name="servers")
def install_servers() -> None:
    """Install Postgres and RabbitMQ if they are missing, without starting them, and the browser of the tests."""
    servers.install_missing(CHECKOUT / ".run" / "packages.log", chromium=True)
    console.print(f"Postgres: {find_postgres()}\nRabbitMQ: {find_rabbitmq()}\nChromium: {find_chromium()}")


@app.command()
def web() -> None:
    """Build the web app, unless it is built."""
    console.print(f"The web app is built in {build_web(CHECKOUT)}.")


def _ours() -> list[Folder]:
    """The folders of `make run` and `make demo`; those of tests look after themselves."""
    return [folder for folder in folders_in(CHECKOUT) if not folder.path.name.startswith("tests-")]


if __name__ == "__main__":
    try:
        app()
    except SetupError as problem:
        console.print(str(problem), markup=False)
        raise SystemExit(1) from None
