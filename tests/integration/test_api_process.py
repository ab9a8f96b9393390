"""The API as the process that it is."""

import asyncio
import time

import httpx
from tests.support.api import campaign
from tests.support.processes import Start
from tests.support.world import World

JSON = {"Content-Type": "application/json"}


async def test_it_serves_its_routes_and_drains_on_sigterm(world: World, start: Start) -> None:
    api = start("api")
    headers = {"Authorization": f"Bearer {world.api_key}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False) as client:
        created = await client.post("/api/campaigns", json=campaign())
        assert created.status_code == 201
        assert (await client.get(created.headers["location"])).status_code == 200
        assert (await client.get("/nothing")).status_code == 404
        assert (await client.get("/livez")).json() == {"status": "ok"}
        assert (await client.get("/readyz")).json() == {"status": "ok"}
        assert "swagger" in (await client.get("/docs")).text
        assert (await client.get("/openapi.json")).json()["info"]["title"] == "Belltower"

        metrics = (await client.get("/metrics")).text
        assert 'belltower_http_requests_total{method="POST",route="/api/campaigns",status="201"} 1.0' in metrics
        assert 'belltower_http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in metrics
        assert 'belltower_http_request_seconds_count{method="GET",route="/api/campaigns/{campaign_id}"} 1.0' in metrics

        upload = asyncio.create_task(
            client.post(
                "/api/campaigns/upload",
                data={"welcome_message": "Hello."},
                files={"file": ("a.csv", "".join(f"+1415{n:07d}\n" for n in range(2_000_000, 2_040_000)))},
                timeout=30,
            )
        )
        await asyncio.sleep(0.3)
        began = time.monotonic()
        assert await asyncio.to_thread(api.terminate) == 0
        assert time.monotonic() - began < 15
        assert (await upload).status_code == 201, "a request in flight is answered before the process ends"


async def test_a_body_beyond_the_limit_is_answered_although_the_client_still_sends(start: Start, world: World) -> None:
    api = start("api", BELLTOWER_UPLOAD_LIMIT=str(2**20))
    body = b"x" * 20_000_000
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as client:
        for headers, status in (({"Authorization": f"Bearer {world.api_key}"}, 413), ({}, 401)):
            form = {"Content-Type": "multipart/form-data; boundary=x"}
            response = await client.post("/api/campaigns/upload", content=body, headers=headers | form)
            assert response.status_code == status
            assert response.headers["content-type"] == "application/problem+json"
        assert (await client.get("/livez")).status_code == 200


async def test_settings_that_are_missing_end_it_with_a_sentence_each(start: Start) -> None:
    api = start.begin("api", BELLTOWER_CARRIER="", BELLTOWER_PUBLIC_URL="nowhere")
    assert await asyncio.to_thread(api.wait) == 1
    assert "BELLTOWER_CARRIER is not set." in api.logs
    assert "BELLTOWER_PUBLIC_URL: it must start with http:// or https://." in api.logs
    assert "Traceback" not in api.logs


async def test_an_error_is_logged_once_under_its_request_id_and_without_the_number(start: Start, world: World) -> None:
    api = start("api")
    async with world.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE campaign_progress RENAME TO gone")
    headers = {"Authorization": f"Bearer {world.api_key}", "X-Request-Id": "request-1234"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, trust_env=False) as client:
        response = await client.post("/api/campaigns", json=campaign())
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert await asyncio.to_thread(api.terminate) == 0
    errors = [line for line in api.logs.splitlines() if '"level": "error"' in line]
    assert len(errors) == 1
    assert "request-1234" in errors[0]
    assert "+1415555" not in api.logs, "neither whom it rings nor as whom"


async def test_only_a_trusted_gateway_says_whose_attempts_to_sign_in_are_counted(start: Start, world: World) -> None:
    for proxies, clients in (("", 1), ("10.0.0.0/8,127.0.0.1", 2)):
        api = start("api", BELLTOWER_TRUSTED_PROXIES=proxies)
        async with httpx.AsyncClient(base_url=api.url, headers={"Origin": api.url}, trust_env=False) as client:
            for address in ("198.51.100.1", "198.51.100.2"):
                answer = await client.post(
                    "/api/session",
                    json={"email": "ada@example.com", "password": "wrong horse battery"},
                    headers={"X-Forwarded-For": address},
                )
                assert answer.status_code == 401
        assert await world.one("SELECT count(*) FROM sign_in_attempts") == 2 * clients
        async with world.engine.begin() as connection:
            await connection.exec_driver_sql("TRUNCATE sign_in_attempts")


async def test_a_gateway_that_is_no_address_ends_it_with_a_sentence(start: Start) -> None:
    api = start.begin("api", BELLTOWER_TRUSTED_PROXIES="127.0.0.1,gateway")
    assert await asyncio.to_thread(api.wait) == 1
    assert "BELLTOWER_TRUSTED_PROXIES: 'gateway' does not appear to be" in api.logs
    assert "Traceback" not in api.logs
