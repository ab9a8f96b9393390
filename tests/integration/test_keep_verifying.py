"""The scheduled audit: one of several schedulers does it, says what it found, and holds nobody up."""

import httpx
from tests.support.eventually import eventually
from tests.support.processes import Service
from tests.support.world import World, numbers

OFTEN = {"BELLTOWER_AUDIT_INTERVAL": "0.5"}


async def metric(service: Service, name: str) -> dict[str, float]:
    """The samples of a metric, by their labels."""
    async with httpx.AsyncClient(trust_env=False) as client:
        lines = (await client.get(f"{service.url}/metrics")).text.splitlines()
    return {line.split(" ")[0]: float(line.split(" ")[1]) for line in lines if line.startswith(name)}


async def audits(service: Service) -> bool:
    """Whether a scheduler has audited."""
    (at,) = (await metric(service, "belltower_audit_success_timestamp_seconds")).values()
    return at > 0


async def test_one_scheduler_audits_another_takes_over_and_what_is_found_is_told(world: World) -> None:
    world.start("api")
    first = world.start("scheduler", **OFTEN)
    world.start("dialer")
    await eventually(lambda: audits(first))
    second = world.start("scheduler", **OFTEN)
    running = await world.campaign(numbers(20), concurrency=3)
    await world.reaches(running, "completed")
    found = await metric(first, "belltower_audit_findings")
    assert len(found) > 40
    assert set(found.values()) == {0.0}, "nothing is found while campaigns run"

    phone = (await world.rows("SELECT phone FROM contacts LIMIT 1"))[0].phone
    async with world.engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE contacts SET window_zone = 'UTC' WHERE id = (SELECT min(id) FROM contacts)"
        )

    async def is_found() -> bool:
        return (await metric(first, "belltower_audit_findings"))['belltower_audit_findings{rule="contact_reason"}'] == 1

    await eventually(is_found)
    assert "audit_finding" in first.logs
    assert phone not in first.logs
    assert not await audits(second), "while another does it"

    first.kill9()
    await eventually(lambda: audits(second))
    assert (await metric(second, "belltower_audit_findings"))['belltower_audit_findings{rule="contact_reason"}'] == 1
