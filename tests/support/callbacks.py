"""What the carrier posts to the API, signed as it signs; and a call for it to post about."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from sqlalchemy import insert
from tests.support.api import AUTH_TOKEN, PUBLIC_URL, Api
from tests.support.eventually import eventually
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from belltower.db.tables import attempts
from belltower.telephony.twilio.addresses import CALLBACK_PATH


async def post(
    api: Api,
    form: dict[str, str],
    query: str,
    *,
    path: str = CALLBACK_PATH,
    origin: str = PUBLIC_URL,
    token: str = AUTH_TOKEN,
    **headers: str,
) -> httpx.Response:
    """POST a callback, signed as the carrier signs."""
    target = path + (f"?{query}" if query else "")
    signature = RequestValidator(token).compute_signature(origin + target, form)
    async with httpx.AsyncClient(transport=api.client._transport, base_url="http://10.0.0.7:8080") as carrier:
        return await carrier.post(
            target,
            content=urlencode(form),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signature,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )


async def placed_call(api: Api, phone: str = "+14155550123", **changes: Any) -> str:
    """The id of a call that was placed, of a campaign with this one contact; the carrier has not said its name yet."""
    campaign_id = (await api.create(phone_numbers=[phone], **changes)).json()["id"]
    of_campaign = {"id": campaign_id}
    await api.execute("UPDATE campaigns SET status = 'processing', started_at = now() WHERE id = :id", **of_campaign)
    await api.execute(
        "UPDATE contacts SET status = 'calling', next_attempt_at = NULL WHERE campaign_id = :id", **of_campaign
    )
    await api.execute(
        "UPDATE campaign_progress SET contact_waiting = 0, contact_calling = 1 WHERE campaign_id = :id", **of_campaign
    )
    contact = await api.one("SELECT id FROM contacts WHERE campaign_id = :id", **of_campaign)
    now, attempt_id = datetime.now(UTC), uuid4()
    async with api.engine.begin() as connection:
        await connection.execute(
            insert(attempts).values(
                id=attempt_id,
                account_id=api.account,
                campaign_id=campaign_id,
                contact_id=contact,
                number=1,
                phone=phone,
                caller_id="+14155550100",
                status="dialling",
                carrier="simulated",
                dialer=1,
                time_limit=600,
                ring_timeout=30,
                send_by=now,
                check_at=now + timedelta(seconds=60),
                hold="0.20",
            )
        )
    return str(attempt_id)


async def cut_off_who_waits_for_a_lock(api: Api) -> None:
    """Wait until somebody waits for a lock, and end that session as a database does that goes away."""

    async def ended() -> bool:
        return bool(
            await api.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
        )

    await eventually(ended)
