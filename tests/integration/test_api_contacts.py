"""The contacts of a campaign over HTTP: listed in pages, and downloaded with what became of them."""

import csv
import io
from typing import Any

import pytest
from tests.support.api import Api, refused

from belltower_api.routes import contacts

PHONES = [f"+1415555{number:04d}" for number in range(100, 107)]


async def a_campaign(api: Api) -> str:
    """A campaign of seven, two of whom are not called any more."""
    answer = await api.create(phone_numbers=PHONES)
    assert answer.status_code == 201, answer.text
    campaign_id = str(answer.json()["id"])
    await api.execute(
        "UPDATE contacts SET status = 'skipped', next_attempt_at = NULL, reason = '=cmd()' WHERE phone = ANY(:phones)",
        phones=PHONES[2:4],
    )
    await api.execute(
        "INSERT INTO unfolded (account_id, campaign_id, contact_waiting, contact_skipped) VALUES (:account, :id, -2, 2)",
        account=api.account,
        id=campaign_id,
    )
    return campaign_id


async def call(api: Api, phone: str, number: int, **columns: Any) -> None:
    """A call to a contact."""
    values = {"status": "completed", "duration": 61, "cost": 0.04, **columns}
    await api.execute(
        """INSERT INTO attempts (id, account_id, campaign_id, contact_id, number, phone, caller_id, status, carrier,
               dialer, time_limit, ring_timeout, send_by, hold, duration, cost)
           SELECT gen_random_uuid(), :account, campaign_id, id, :number, phone, '+14155550100', :status, 'simulated', 1,
               600, 30, now(), 0, :duration, CAST(:cost AS numeric)
           FROM contacts WHERE phone = :phone""",
        account=api.account,
        phone=phone,
        number=number,
        **values,
    )


async def test_contacts_are_listed_by_number_in_pages_and_by_status(api: Api) -> None:
    path = f"/api/campaigns/{await a_campaign(api)}/contacts"
    first = (await api.client.get(path, params={"limit": 5})).json()
    assert [contact["phone"] for contact in first["items"]] == PHONES[:5]
    assert first["total"] == 7
    rest = (await api.client.get(path, params={"cursor": first["next_cursor"]})).json()
    assert [contact["phone"] for contact in rest["items"]] == PHONES[5:]
    assert rest["next_cursor"] is None

    skipped = (await api.client.get(path, params={"status": "skipped"})).json()
    assert skipped["total"] == 2
    assert [(contact["phone"], contact["reason"], contact["attempts"]) for contact in skipped["items"]] == [
        (phone, "=cmd()", 0) for phone in PHONES[2:4]
    ]
    refused(await api.client.get(path, params={"status": "lost"}), 400, "invalid_choice", "status")
    refused(await api.client.get(path, params={"cursor": "AAAA"}), 400, "invalid_cursor", "cursor")


async def test_a_download_has_a_line_for_everyone_with_the_calls_summed_up(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "_ROWS", 3)
    campaign_id = await a_campaign(api)
    await call(api, PHONES[0], 1, status="busy", duration=None, cost=0)
    await call(api, PHONES[0], 2)
    await call(api, PHONES[0], 3, status="not_placed", duration=None, cost=0)

    answer = await api.client.get(f"/api/campaigns/{campaign_id}/download")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="campaign-{campaign_id}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["phone"] for row in rows] == PHONES
    called = rows[0]
    assert called.pop("last_called_at").endswith("Z")
    assert called == {
        "phone": PHONES[0], "name": "", "status": "waiting", "reason": "", "attempts": "0", "calls": "2",
        "last_call_status": "completed", "talk_seconds": "61", "cost": "0.04", "currency": "USD", "timezone": "",
    }  # fmt: skip
    assert rows[2]["reason"] == "'=cmd()", "a spreadsheet must not take it for a formula"
    assert (rows[6]["calls"], rows[6]["last_call_status"], rows[6]["cost"]) == ("0", "", "0.00")


async def test_nobody_sees_another_accounts_contacts(api: Api) -> None:
    path = f"/api/campaigns/{await a_campaign(api)}"
    other = await api.another_account()
    refused(await other.client.get(f"{path}/contacts"), 404, "not_found")
    refused(await other.client.get(f"{path}/download"), 404, "not_found")
    refused(await other.client.get(f"{path}/stats"), 404, "not_found")
