"""What the client asked for, over HTTP, on the running product."""

import json
from typing import Any

import pytest
from tests.e2e.conftest import Product, in_seconds

PEOPLE = ["+12025550143", "+12025550144", "+12025550145"]


def moves(product: Product, campaign_id: str) -> list[str]:
    """The statuses that a campaign has had."""
    return [event["to"] for event in product.items(f"/api/campaigns/{campaign_id}/events")]


def test_an_immediate_campaign_goes_from_pending_to_completed(product: Product) -> None:
    created = product.create(phone_numbers=PEOPLE)
    assert created.status_code == 201, created.text
    assert created.json()["status"] == "pending"
    campaign_id = created.json()["id"]
    assert created.headers["Location"].endswith(f"/api/campaigns/{campaign_id}")

    done = product.wait_for(campaign_id, "completed")

    assert moves(product, campaign_id) == ["pending", "processing", "completed"]
    assert done["progress"]["total"] == done["progress"]["completed"] == done["progress"]["successful"] == 3
    assert done["progress"]["dispositions"]["completed"] == 3
    calls = product.items(f"/api/campaigns/{campaign_id}/calls")
    assert {call["to"] for call in calls} == set(PEOPLE)
    assert all(call["status"] == "completed" and call["duration"] > 0 for call in calls)


def test_a_campaign_is_watched_live_from_its_start_to_its_end(product: Product) -> None:
    with product.client.stream("GET", "/api/stream") as events:
        lines = events.iter_lines()
        assert next(lines) == "retry: 2000"
        created = product.create(phone_numbers=PEOPLE).json()
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1]["status"] != "completed":
            line = next(lines)
            if line.startswith("data: ") and created["id"] in line:
                seen.append(json.loads(line.removeprefix("data: ")))
    last, read = seen[-1], product.get(created["id"])
    assert read.pop("version") >= last.pop("version") > created["version"]
    assert last == read
    assert last["progress"]["successful"] == 3


def test_a_scheduled_campaign_starts_by_itself(product: Product) -> None:
    when = in_seconds(3)
    created = product.create(phone_numbers=PEOPLE, is_scheduled=True, scheduled_time=when)
    assert created.status_code == 201, created.text
    body = created.json()
    assert body["status"] == "scheduled"
    assert body["scheduled_time"][:23] == when[:23]
    assert body["started_at"] is None

    done = product.wait_for(body["id"], "completed")

    assert moves(product, body["id"]) == ["scheduled", "pending", "processing", "completed"]
    assert done["started_at"] >= done["scheduled_time"]
    assert done["start_lateness"] < 1


def test_a_file_of_numbers_becomes_a_campaign(product: Product) -> None:
    content = (
        "name;telephone\nAda;+1 202 555 0143\nBob;not a number\nCy;(202) 555-0144\nDee;+12025550143\nEve;+12025550145\n"
    )
    answer = product.client.post(
        "/api/campaigns/upload",
        data={"welcome_message": "Hello.", "name": "From a file"},
        files={"file": ("people.csv", content.encode())},
    )
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["progress"]["total"] == 2
    assert body["duplicates"] == 1
    assert [rejected["line"] for rejected in body["rejected"]["items"]] == [3, 4]
    assert product.wait_for(body["id"], "completed")["progress"]["successful"] == 2


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"is_scheduled": True}, "scheduled_time"),
        ({"is_scheduled": True, "scheduled_time": "next tuesday"}, "ISO 8601"),
        ({"is_scheduled": True, "scheduled_time": "2020-01-01T09:00:00Z"}, "in the past"),
        ({"is_scheduled": False, "scheduled_time": "2099-01-01T09:00:00Z"}, "is_scheduled"),
        ({"is_scheduled": True, "scheduled_time": "2030-03-31T02:30:00", "timezone": "Europe/Berlin"}, "03:00:00"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_with_a_sentence(
    product: Product, fields: dict[str, Any], says: str
) -> None:
    before = product.client.get("/api/campaigns").json()["total"]
    answer = product.create(**fields)
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert says in answer.text
    assert product.client.get("/api/campaigns").json()["total"] == before


def test_money_is_charged_for_talk_and_never_held_for_long(product: Product) -> None:
    before = product.client.get("/api/wallet").json()
    campaign = product.create(phone_numbers=PEOPLE).json()
    product.wait_for(campaign["id"], "completed")
    calls = product.items(f"/api/campaigns/{campaign['id']}/calls")
    after = product.client.get("/api/wallet").json()
    spent = sum(float(call["cost"]) for call in calls)
    assert spent > 0
    assert float(before["balance"]) - float(after["balance"]) == pytest.approx(spent)
    assert float(after["held"]) == 0
    entries = {entry["call_id"]: entry for entry in product.items("/api/wallet/entries")}
    for call in calls:
        entry = entries[call["id"]]
        assert (entry["kind"], entry["written_off"], entry["currency"]) == ("call", "0.00", after["currency"])
        assert float(entry["amount"]) == -float(call["cost"])


def test_a_call_tells_all_that_was_said_about_it(product: Product) -> None:
    campaign = product.create(phone_numbers=PEOPLE[:1]).json()
    product.wait_for(campaign["id"], "completed")
    (listed,) = product.items(f"/api/campaigns/{campaign['id']}/calls")
    answer = product.client.get(f"/api/calls/{listed['id']}")
    assert answer.status_code == 200, answer.text
    call = answer.json()
    reports = call.pop("reports")
    assert call.pop("opted_out_at") is None
    assert call.pop("calling_window") is None, "the account has no calling hours"
    assert call == listed
    assert call["campaign_id"] == campaign["id"]
    moves = [report["status"] for report in reports if report["effect"] == "move"]
    assert moves[-1] == "completed"
    assert set(moves) <= {"queued", "ringing", "in_progress", "completed"}
    assert {report["source"] for report in reports} <= {"callback", "poll"}
    assert [report["received_at"] for report in reports] == sorted(report["received_at"] for report in reports)


def test_who_presses_9_is_not_called_by_the_next_campaign_until_they_are_taken_off_the_list(product: Product) -> None:
    presses, listed = "+12025559918", "/api/do-not-call/+12025559918"
    product.client.delete(listed)
    first = product.create(phone_numbers=[presses, *PEOPLE[:1]]).json()
    product.wait_for(first["id"], "completed")
    (entry,) = product.client.get("/api/do-not-call", params={"number": presses}).json()["items"]
    call = product.client.get(f"/api/calls/{entry['call_id']}").json()
    assert (entry["reason"], call["to"], call["campaign_id"], call["status"]) == (
        "key_press", presses, first["id"], "completed"
    )  # fmt: skip
    assert call["answered_at"] <= call["opted_out_at"] <= call["ended_at"]

    second = product.create(phone_numbers=[presses, *PEOPLE[:1]]).json()
    assert product.wait_for(second["id"], "completed")["progress"]["skipped"] == 1
    (skipped,) = product.items(f"/api/campaigns/{second['id']}/contacts?status=skipped")
    assert (skipped["phone"], skipped["reason"]) == (presses, "do_not_call")

    assert product.client.delete(listed).status_code == 204
    third = product.create(phone_numbers=[presses]).json()
    assert product.wait_for(third["id"], "completed")["progress"]["successful"] == 1
    product.client.delete(listed)


def test_a_campaign_can_be_deleted_when_it_has_ended_and_not_before(product: Product) -> None:
    campaign = product.create().json()
    path = f"/api/campaigns/{campaign['id']}"
    refused = product.client.delete(path)
    assert refused.status_code == 409
    assert "Cancel it first" in refused.text
    product.wait_for(campaign["id"], "completed")
    assert product.client.delete(path).status_code == 204
    assert product.client.get(path).status_code == 404


def test_nobody_gets_in_without_a_key(product: Product) -> None:
    answer = product.client.get("/api/campaigns", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
