"""The audit: nothing is found where everything is under way, and each rule finds what breaks it, and that alone."""

import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests.support.busy import Busy, make_busy
from tests.support.servers import _run, fresh_database

from belltower.db.audit import LOOKS, RULES, Unfinished, audit, examine
from belltower.db.engine import create_engine
from belltower.db.repair import repair
from belltower.runtime.settings import DatabaseSettings


@pytest.fixture(scope="module")
def busy(postgres_server: str, migrated_template: str) -> Iterator[Busy]:
    """A database in which everything is under way; each test leaves it as it was."""
    with fresh_database(postgres_server, f'TEMPLATE "{migrated_template}"') as url:
        yield _run(make_busy(url))


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(busy: Busy) -> AsyncIterator[AsyncEngine]:
    made = create_engine(DatabaseSettings.model_validate({"DATABASE_URL": busy.url}), name="test")
    yield made
    await made.dispose()


async def test_nothing_is_found_where_everything_is_under_way(engine: AsyncEngine, busy: Busy) -> None:
    async with engine.connect() as connection:
        assert await audit(connection) == []


A_CALL = (
    "id = (SELECT min(id::text)::uuid FROM attempts WHERE status = '{}'"
    " AND campaign_id IN (SELECT id FROM campaigns WHERE max_attempts = {}))"
)
RINGING, BUSY, COMPLETED = A_CALL.format("ringing", 1), A_CALL.format("busy", 3), A_CALL.format("completed", 1)
ONE = (
    "id = (SELECT min(id::text)::uuid FROM campaigns WHERE status = '{}' AND deleted_at IS NULL AND series_id IS NULL)"
)
DONE, PLANNED = ONE.format("completed"), ONE.format("scheduled")
OWNED = "id = (SELECT min(id::text)::uuid FROM campaigns WHERE owner IS NOT NULL)"
ANNOUNCED = "id = (SELECT min(id::text)::uuid FROM campaigns WHERE announced_at IS NOT NULL)"
OFF = "campaign_id = (SELECT id FROM campaigns WHERE status = 'cancelled') AND status = 'queued'"
TEST, OTHER = "(SELECT id FROM accounts WHERE name = 'test')", "(SELECT id FROM accounts WHERE name = 'other')"
DIALLED = (
    "SELECT {} FROM attempts WHERE status = 'dialling' AND campaign_id IN (SELECT id FROM campaigns WHERE contacts = 7)"
)
UNCHECKED = "ALTER TABLE attempts DROP CONSTRAINT IF EXISTS attempts_check_at_check"
COPIED = (
    "account_id, campaign_id, contact_id, phone, caller_id, status, carrier, dialer, time_limit, ring_timeout, send_by,"
    " check_at, hold"
)
CORRECTED = (
    "(SELECT contact_id FROM attempts JOIN ledger_entries ON attempts.id = attempt_id WHERE kind = 'correction')"
)


def count(campaign: str, **counters: int) -> str:
    """Count a campaign's contacts otherwise, so that its counters are right beside what is broken."""
    return (
        f"INSERT INTO unfolded (account_id, campaign_id, {', '.join(counters)})"
        f" SELECT account_id, id, {', '.join(map(str, counters.values()))} FROM campaigns WHERE id = {campaign}"
    )


BREAKS = [
    ("balance", f"UPDATE accounts SET balance = balance + 1 WHERE id = {OTHER}"),
    (
        "overdrawn",
        f"""UPDATE accounts SET balance = balance - 999.9 WHERE id = {OTHER};
            INSERT INTO ledger_entries (account_id, kind, amount) VALUES ({OTHER}, 'top_up', -999.9)""",
    ),
    ("settlement", f"UPDATE attempts SET cost = cost + 1 WHERE {COMPLETED}"),
    ("settlement", f"UPDATE ledger_entries SET kind = 'correction' WHERE account_id = {OTHER} AND kind = 'top_up'"),
    (
        "settlement",
        """DROP INDEX IF EXISTS ledger_entries_once_per_call_key;
           UPDATE ledger_entries SET kind = 'call' WHERE kind = 'correction'""",
    ),
    ("appended", f"INSERT INTO unfolded (account_id, campaign_id) SELECT {OTHER}, id FROM campaigns WHERE {DONE}"),
    ("appended", "INSERT INTO unfolded (account_id) VALUES (gen_random_uuid())"),
    ("hold_kept", f"UPDATE attempts SET hold = 0.1 WHERE {BUSY}"),
    ("counters", f"UPDATE campaign_progress SET call_busy = 7 WHERE campaign_id = (SELECT id FROM campaigns WHERE {DONE})"),
    ("counters", f"DELETE FROM campaign_progress WHERE campaign_id = (SELECT id FROM campaigns WHERE {PLANNED})"),
    ("list_size", f"UPDATE campaigns SET contacts = contacts + 1 WHERE {DONE}"),
    (
        "contact_status",
        f"""UPDATE contacts SET status = 'reached' WHERE id = ({DIALLED.format("contact_id")});
            {count(f"({DIALLED.format('campaign_id')})", contact_calling=-1, contact_reached=1)}""",
    ),
    ("contact_reason", f"UPDATE contacts SET window_zone = 'UTC' WHERE id = {CORRECTED}"),
    ("call_numbers", f"UPDATE attempts SET number = 2 WHERE {BUSY}"),
    ("budget", f"UPDATE contacts SET attempts = 3 WHERE id = {CORRECTED}"),
    ("budget", f"UPDATE contacts SET attempts = 0 WHERE id = {CORRECTED}"),
    (
        "two_calls",
        f"""DROP INDEX IF EXISTS attempts_one_per_contact_key; DROP INDEX IF EXISTS attempts_one_per_number_key;
            INSERT INTO attempts (id, number, {COPIED}) {DIALLED.format(f"gen_random_uuid(), 2, {COPIED}")}""",
    ),
    (
        "two_calls",
        f"""DROP INDEX IF EXISTS attempts_one_per_number_key;
            UPDATE contacts SET phone = ({DIALLED.format("phone")})
            WHERE id = (SELECT contact_id FROM attempts WHERE {OFF} LIMIT 1);
            UPDATE attempts SET phone = contacts.phone FROM contacts WHERE contacts.id = contact_id""",
    ),
    ("check_at", f"UPDATE attempts SET check_at = now() + interval '1 day' WHERE {RINGING}"),
    (
        "check_at",
        f"{UNCHECKED}; UPDATE attempts SET check_at = NULL WHERE {RINGING}",
    ),
    (
        "check_at",
        f"{UNCHECKED}; UPDATE attempts SET check_at = now() WHERE {BUSY}",
    ),
    ("decision", f"UPDATE attempts SET decided_at = now() WHERE {BUSY}"),
    ("not_watched", f"UPDATE attempts SET check_at = now() - interval '1 hour' WHERE {RINGING}"),
    ("slot_kept", f"UPDATE attempts SET gated_at = now() - interval '3 hours' WHERE {RINGING}"),
    ("end", f"UPDATE attempts SET ended_at = NULL WHERE {BUSY}"),
    ("end", f"UPDATE attempts SET ended_at = now() WHERE {RINGING}"),
    ("end_reported", f"UPDATE call_events SET effect = 'stale' WHERE attempt_id = (SELECT id FROM attempts WHERE {BUSY})"),
    (
        "end_reported",
        f"""INSERT INTO call_events (attempt_id, dedupe_key, source, status, effect)
            SELECT id, 'again', 'callback', 'failed', 'move' FROM attempts WHERE {BUSY}""",
    ),
    ("unbound", f"UPDATE attempts SET carrier_call_id = NULL WHERE {RINGING}"),
    ("not_called_off", f"UPDATE attempts SET called_off = false WHERE {OFF}"),
    ("call_after_stop", f"UPDATE attempts SET gated_at = clock_timestamp() WHERE {OFF}"),
    (
        "window",
        """UPDATE attempts SET calling_window = jsonb_build_object('closes_at', gated_at - interval '1 hour')
           WHERE calling_window IS NOT NULL""",
    ),
    ("window", """UPDATE campaigns SET calling_window = '{"hours": []}' WHERE contacts = 7"""),
    (
        "called_although_listed",
        f"""UPDATE contacts SET phone = (SELECT phone FROM do_not_call) WHERE id = ({DIALLED.format("contact_id")});
            UPDATE attempts SET phone = contacts.phone FROM contacts WHERE contacts.id = contact_id;
            UPDATE do_not_call_events SET at = at - interval '1 day'""",
    ),
    ("do_not_call_record", "DELETE FROM do_not_call"),
    (
        "do_not_call_record",
        """INSERT INTO do_not_call (account_id, phone, reason)
            SELECT account_id, phone, 'asked' FROM do_not_call_events WHERE change = 'removed'""",
    ),
    (
        "completed",
        f"""UPDATE contacts SET status = 'waiting', next_attempt_at = now() WHERE id = {CORRECTED};
            {count(f"(SELECT campaign_id FROM contacts WHERE id = {CORRECTED})", contact_waiting=1, contact_reached=-1)}""",
    ),
    ("forgotten", f"UPDATE campaigns SET next_due_at = NULL WHERE {PLANNED}"),
    ("forgotten", "UPDATE campaigns SET next_due_at = NULL WHERE contacts = 7"),
    (
        "late",
        """UPDATE contacts SET next_attempt_at = now() - interval '10 minutes'
           WHERE id = (SELECT contact_id FROM attempts WHERE status = 'busy');
           UPDATE campaigns SET next_due_at = now() + interval '1 hour', announced_at = NULL WHERE max_attempts = 3""",
    ),
    (
        "late",
        f"""ALTER TABLE campaigns DISABLE TRIGGER campaign_moved;
            UPDATE campaigns SET status = 'processing', completed_at = NULL, next_due_at = now() + interval '1 hour' WHERE {DONE};
            DELETE FROM campaign_events WHERE to_status = 'completed' AND campaign_id = (SELECT id FROM campaigns WHERE status =
                'processing' AND contacts <= 2 AND owner IS NULL AND NOT EXISTS (
                SELECT FROM contacts WHERE campaign_id = campaigns.id AND contacts.status IN ('waiting', 'calling')));
            UPDATE attempts SET ended_at = now() - interval '10 minutes' WHERE ended_at IS NOT NULL""",
    ),
    ("due_after_end", f"UPDATE campaigns SET announced_at = now() WHERE {DONE}"),
    (
        "due_after_end",
        """ALTER TABLE campaigns DROP CONSTRAINT IF EXISTS campaigns_due_while_runnable_check;
            UPDATE campaigns SET next_due_at = now() + interval '1 hour' WHERE deleted_at IS NOT NULL""",
    ),
    ("start_time", f"UPDATE campaigns SET next_due_at = next_due_at + interval '1 minute' WHERE {PLANNED}"),
    ("owner_gone", "UPDATE dialers SET lapses_at = now() - interval '2 minutes'"),
    ("owner_gone", "UPDATE campaigns SET owner = 999 WHERE contacts = 7"),
    ("ownership", f"UPDATE campaigns SET taken_at = NULL WHERE {OWNED}"),
    ("announcement_lost", f"UPDATE campaigns SET announced_at = now() - interval '1 hour' WHERE {ANNOUNCED}"),
    (
        "not_announced",
        f"UPDATE campaigns SET next_due_at = now() - interval '1 hour', announced_at = NULL WHERE {ANNOUNCED}",
    ),
    ("campaign_end", f"UPDATE campaigns SET completed_at = NULL WHERE {DONE}"),
    (
        "history",
        f"""DELETE FROM campaign_events WHERE id = (
            SELECT max(id) FROM campaign_events WHERE campaign_id = (SELECT id FROM campaigns WHERE {DONE}))""",
    ),
    (
        "history",
        f"""UPDATE campaign_events SET to_status = 'scheduled' WHERE from_status IS NULL
            AND campaign_id = (SELECT id FROM campaigns WHERE {DONE})""",
    ),
    ("history", f"DELETE FROM campaign_events WHERE campaign_id = (SELECT id FROM campaigns WHERE {PLANNED})"),
    (
        "illegal_move",
        f"""INSERT INTO campaign_events (campaign_id, from_status, to_status, actor)
            SELECT id, source, target, 'test' FROM campaigns,
                (VALUES ('completed', 'processing'), ('processing', 'completed')) AS moved (source, target) WHERE {DONE}""",
    ),
    ("series_stalled", "UPDATE series SET next_due_at = NULL"),
    ("series_ahead", f"UPDATE series SET ahead = (SELECT id FROM campaigns WHERE {PLANNED})"),
    (
        "series_gap",
        "UPDATE campaigns SET occurrence = occurrence + interval '1 minute' WHERE series_id IS NOT NULL",
    ),
    ("series_list", "UPDATE series SET contacts = 9"),
    ("occurrence", f"UPDATE campaigns SET series_id = (SELECT id FROM series) WHERE {PLANNED}"),
    ("tenant", f"UPDATE campaigns SET retry_of = (SELECT id FROM campaigns WHERE {DONE}) WHERE account_id = {OTHER}"),
    ("tenant", f"UPDATE attempts SET phone = '+14155550199' WHERE {RINGING}"),
    ("answer", """UPDATE idempotency_keys SET body = convert_to(format('{"id":"%s"}', gen_random_uuid()), 'UTF8')"""),
    ("housekeeping", "UPDATE idempotency_keys SET created_at = now() - interval '2 days'"),
]  # fmt: skip


async def break_it(connection: AsyncConnection, statements: str) -> None:
    """Break what a database holds, and make sure that something was."""
    await connection.execute(text("SET LOCAL session_replication_role = origin"))
    for statement in statements.split(";"):
        broken = await connection.execute(text(re.sub(r":(?=[^:\w])", r"\\:", statement)))
        assert broken.rowcount != 0, f"nothing was broken by: {statement}"


@pytest.mark.parametrize(("rule", "statements"), BREAKS, ids=[rule for rule, _ in BREAKS])
async def test_what_is_broken_is_found_and_nothing_else(engine: AsyncEngine, rule: str, statements: str) -> None:
    async with engine.connect() as connection:
        transaction = await connection.begin()
        await break_it(connection, statements)
        findings = await examine(connection)
        await transaction.rollback()
    assert {finding.rule for finding in findings} == {rule}, findings
    assert all(finding.is_repairable is RULES[rule].is_repairable for finding in findings)
    assert not [finding for finding in findings if re.search(r"\+\d{7}", finding.detail + finding.subject)]


async def test_each_rule_was_broken() -> None:
    assert {rule for rule, _ in BREAKS} == set(RULES)


REPAIRED = [(rule, statements) for rule, statements in BREAKS if RULES[rule].is_repairable]


async def test_what_is_repaired_is_not_found_again_and_is_told(
    engine: AsyncEngine, busy: Busy, postgres_server: str
) -> None:
    """All of it, one after another, on a copy."""
    name = urlsplit(busy.url).path.removeprefix("/")
    await engine.dispose()  # nobody may be connected to what is copied
    with fresh_database(postgres_server, f'TEMPLATE "{name}"') as url:
        copy = create_engine(DatabaseSettings.model_validate({"DATABASE_URL": url}), name="test")
        for rule, statements in REPAIRED:
            async with copy.begin() as connection:
                await break_it(connection, statements)
            async with copy.connect() as connection:
                findings = await audit(connection)
            assert {finding.rule for finding in findings} == {rule}, (rule, findings)
            for finding in findings:
                assert await repair(copy, finding), finding
                assert not await repair(copy, finding), "once"
            async with copy.connect() as connection:
                assert await audit(connection) == [], rule
                told = await connection.execute(
                    text("SELECT count(*) FROM campaign_events WHERE actor LIKE '%verify%' AND reason LIKE :detail"),
                    {"detail": f"%{findings[0].detail}%"},
                )
                assert told.scalar_one() or rule == "series_stalled"
        await copy.dispose()


async def test_one_account_is_looked_at_without_the_others(engine: AsyncEngine, busy: Busy) -> None:
    for rule, statements in BREAKS:
        if rule not in ("balance", "hold_kept", "counters", "history", "series_gap"):
            continue
        async with engine.connect() as connection:
            transaction = await connection.begin()
            await break_it(connection, statements)
            of_all = await examine(connection)
            of_one = await examine(connection, account=busy.account)
            await transaction.rollback()
        assert of_one == ([] if rule == "balance" else of_all), "the balance was the other account's"


async def test_what_takes_too_long_is_named_and_the_rest_is_looked_at(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        transaction = await connection.begin()
        await break_it(connection, "UPDATE dialers SET lapses_at = now() - interval '1 hour'")
        await connection.execute(
            text(
                """CREATE FUNCTION pg_temp.dawdle() RETURNS bigint LANGUAGE plpgsql VOLATILE AS
                   $$ BEGIN PERFORM pg_sleep(5); RETURN 1; END $$"""
            )
        )
        await connection.execute(
            text(
                "CREATE TEMPORARY VIEW series_contacts AS SELECT pg_temp.dawdle() AS id, gen_random_uuid() AS series_id"
            )
        )
        with pytest.raises(Unfinished, match="series") as unfinished:
            await examine(connection, time_limit=0.5)
        await transaction.rollback()
    assert unfinished.value.looks == ["series"]
    assert {finding.rule for finding in unfinished.value.findings} == {"owner_gone"}


async def test_only_so_many_of_a_rule_are_told(engine: AsyncEngine) -> None:
    told: list[str] = []
    async with engine.connect() as connection:
        transaction = await connection.begin()
        await break_it(connection, "UPDATE attempts SET cost = cost + 1; UPDATE campaigns SET contacts = contacts + 1")
        findings = await examine(connection, most=2, progress=lambda look, done, of: told.append(look))
        await transaction.rollback()
    assert sorted(finding.rule for finding in findings) == ["list_size", "list_size", "settlement", "settlement"]
    assert told == list(LOOKS)
