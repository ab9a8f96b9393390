"""What the runbook has people type in an emergency works: on servers of the test's own, with data in the middle of everything."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import yaml
from tests.support import runbook
from tests.support.busy import make_busy
from tests.support.eventually import eventually
from tests.support.servers import CHECKOUT, TestServer, _migrate
from tests.support.world import World, numbers

from belltower_local import ports
from belltower_local.finding import find_postgres

ALERTS = CHECKOUT / "deploy" / "prometheus" / "alerts.yml"


@dataclass(frozen=True)
class Site:
    """A Postgres of one's own, as an operator has it: its programs, and what the runbook's names stand for."""

    programs: Path
    names: dict[str, str]

    def run(self, block: tuple[str, str], **more: str) -> str:
        """Run a block of the runbook here."""
        return runbook.run(block, self.programs, **self.names | more)

    def do(self, script: str) -> str:
        """Run something else, as the user whom Postgres runs as."""
        return self.run(("postgres", script))


@contextmanager
def site() -> Iterator[Site]:
    """A server that runs, with an empty database; all that was started in its folder ends."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("the programs of a Postgres are not on this machine")
    with tempfile.TemporaryDirectory(prefix="belltower-runbook-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        runbook.own(folder)
        port, standby = ports.any_free(), ports.any_free()
        url = f"postgresql://postgres@127.0.0.1:{port}"
        names = {
            "DATABASE_URL": f"{url}/belltower",
            "ADMIN_URL": f"{url}/postgres",
            "PGDATA": f"{folder}/data",
            "PGPORT": str(port),
            "BACKUPS": f"{folder}/backups",
            "RESTORED": f"{folder}/restored",
            "STANDBY": f"{folder}/standby",
            "STANDBY_PORT": str(standby),
            "STANDBY_URL": f"postgresql://postgres@127.0.0.1:{standby}/belltower",
        }
        made = Site(programs, names)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=16MB"
        try:
            made.do(
                f"""initdb --pgdata="$PGDATA" --username=postgres --auth=trust --no-sync >/dev/null
                    echo "unix_socket_directories = ''" >> "$PGDATA/postgresql.conf"
                    pg_ctl --pgdata="$PGDATA" --options="{options}" --wait --log="{folder}/log" start
                    psql "$ADMIN_URL" --quiet --command "CREATE DATABASE belltower" """
            )
            yield made
        finally:
            made.do(
                """for data in "$PGDATA" "$RESTORED" "$STANDBY"; do
                       if [ -d "$data" ]; then pg_ctl --pgdata="$data" --mode=immediate --wait stop || true; fi
                   done"""
            )


async def ask(url: str, question: str) -> Any:
    """The one value of a statement."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


@pytest.mark.timeout(300)
async def test_a_backup_is_restored_to_an_instant_before_the_damage() -> None:
    once, daily = runbook.blocks("Backup")
    restore, look = runbook.blocks("Restore to an instant")
    with site() as here:
        url = here.names["DATABASE_URL"]
        here.run(once)
        await _migrate(url)
        here.run(daily)
        await make_busy(url)
        instant = await ask(url, "SELECT clock_timestamp()::text")
        await ask(url, "UPDATE accounts SET balance = balance + 1")
        here.run(restore, RESTORE_TO=instant)
        assert "rules hold" in here.run(look)
        assert await ask(url, "SELECT count(*) FROM campaigns") > 8
        assert await ask(url, "SELECT NOT pg_is_in_recovery()")


@pytest.mark.timeout(300)
async def test_a_standby_takes_over_with_all_that_was_committed() -> None:
    prepare, promote = (block for block in runbook.blocks("Failover") if block[0] == "postgres")
    (look,) = (block for block in runbook.blocks("Failover") if block[0] != "postgres")
    with site() as here:
        url, standby = here.names["DATABASE_URL"], here.names["STANDBY_URL"]
        await _migrate(url)
        here.run(prepare)

        async def is_synchronous() -> Any:
            return await ask(here.names["ADMIN_URL"], "SELECT sync_state = 'sync' FROM pg_stat_replication")

        await eventually(is_synchronous, timeout=30)
        await make_busy(url)
        last = await ask(url, "SELECT max(id) FROM campaign_events")
        here.run(promote)
        assert "rules hold" in here.run(look)
        assert await ask(standby, "SELECT max(id) FROM campaign_events") == last
        assert await ask(standby, "SELECT NOT pg_is_in_recovery()")


async def test_a_broker_that_is_built_anew_has_lost_nobody(
    world: World, amqp_url: str, rabbitmq_for_tests: TestServer
) -> None:
    (rebuild,) = runbook.blocks("The broker loses messages")
    world.start("api")
    world.start("scheduler")
    campaigns = [await world.campaign(numbers(3, start=3 * index)) for index in range(3)]

    async def announced() -> Any:
        return await world.one("SELECT count(*) = 3 FROM campaigns WHERE announced_at IS NOT NULL")

    await eventually(announced)
    vhost, user = urlsplit(amqp_url).path.removeprefix("/"), urlsplit(amqp_url).username
    assert user
    api = f"{rabbitmq_for_tests.management_url}/api"
    runbook.run(rebuild, RABBITMQ_API=api, VHOST=vhost, RABBITMQ_USER=user)
    world.start("dialer")
    for campaign in campaigns:
        await world.reaches(campaign, "completed")
    await world.check()


@pytest.mark.timeout(300)  # seven processes, on a machine that may be slow
async def test_what_is_said_of_stuck_campaigns_and_of_findings_can_be_typed(database_url: str) -> None:
    await make_busy(database_url)
    await ask(database_url, "UPDATE campaigns SET next_due_at = NULL WHERE contacts = 7 RETURNING id")
    (wait,) = runbook.blocks("Campaigns wait for a dialer")
    assert "next_due_at" in runbook.run(wait, find_postgres(), DATABASE_URL=database_url)
    (stuck,) = runbook.blocks("A campaign does not go on")
    words, *rest = stuck[1].splitlines(keepends=True)
    assert words.startswith("belltower verify")
    shown = runbook.run(
        (stuck[0], f"{words.split('#')[0].strip()} || test $? = 1\n" + "".join(rest)), DATABASE_URL=database_url
    )
    assert "(forgotten: 1)" in shown
    assert "processing" in shown
    assert "Repaired: campaign" in shown
    (found,) = runbook.blocks("The audit found something")
    assert "rules hold" in runbook.run(found, DATABASE_URL=database_url)
    (first,) = runbook.blocks("First of all")
    assert "rules hold" in runbook.run(first, DATABASE_URL=database_url)


def alerts() -> list[dict[str, Any]]:
    """The rules for Prometheus."""
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_asks_for_metrics_that_there_are_and_the_runbook_says_what_to_do(alert: dict[str, Any]) -> None:
    names = set(re.findall(r"belltower_[a-z_]+", alert["expr"]))
    sources = [*CHECKOUT.glob("shared/src/**/*.py"), *CHECKOUT.glob("services/*/src/**/*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    for name in names:
        assert f'"{name.removesuffix("_bucket")}"' in text, name
    page, _, anchor = alert["annotations"]["runbook"].partition("#")
    assert page == "docs/runbook.md"
    (section,) = (said for heading, said in runbook.sections().items() if heading.lower().replace(" ", "-") == anchor)
    assert f"`{alert['alert']}`" in section
    assert alert["annotations"]["summary"].endswith(".")


def test_the_runbook_speaks_of_every_alert_and_of_none_else() -> None:
    assert set(re.findall(r"`(Belltower[A-Z]\w+)`", runbook.RUNBOOK)) == {alert["alert"] for alert in alerts()}
