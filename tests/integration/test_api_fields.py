"""Contacts with names and fields, and the messages that are made of them."""

import csv
import io

from tests.support.api import Api, refused

A, B, C = "+14155550123", "+14155550124", "+442079460000"
ANN = {"phone": A, "name": "Ann", "fields": {"Time": "10:00", "note": "=1+1"}}
MESSAGE = "Hello {{name|there}}, see you at {{ time }}."


async def test_contacts_keep_their_names_and_fields(api: Api) -> None:
    body = (await api.create(phone_numbers=[B, A], contacts=[ANN, {"phone": C}], welcome_message=MESSAGE)).json()

    assert (body["progress"]["total"], body["duplicates"], body["contact_fields"]) == (3, 1, ["Time", "note"])
    items = (await api.client.get(f"/api/campaigns/{body['id']}/contacts")).json()["items"]
    assert [(item["phone"], item["name"], item["fields"]) for item in items] == [
        (A, "Ann", ANN["fields"]), (B, None, {}), (C, None, {}),
    ]  # fmt: skip


async def test_what_contacts_lack_is_told_when_the_campaign_is_created(api: Api) -> None:
    body = (await api.create(phone_numbers=..., contacts=[ANN, {"phone": B}], welcome_message=MESSAGE)).json()
    (warning,) = body["warnings"]
    assert (warning["code"], warning["placeholder"], warning["contacts"]) == ("missing_value", "time", 1)
    assert "1 of 2 contacts have no value for {{time}}" in warning["detail"]

    (warning,) = (await api.create(welcome_message="Hello {{nmae|you}}.")).json()["warnings"]
    assert (warning["code"], warning["placeholder"]) == ("unknown_placeholder", "nmae")
    assert (await api.create(contacts=[ANN], phone_numbers=...)).json()["warnings"] == []


async def test_a_message_that_cannot_be_spoken_is_refused(api: Api) -> None:
    for message in ("Hello {{name", "Hello {{}}", "{{name}}", "<" * 1000):
        problem = refused(await api.create(welcome_message=message), 400, "invalid_message")
        assert problem["errors"][0]["pointer"] == "/welcome_message"


async def test_contacts_that_are_malformed_are_refused_where_they_are(api: Api) -> None:
    for contact, pointer, code in (
        ({"name": "Ann"}, "/contacts/1/phone", "missing"),
        ({"phone": 1}, "/contacts/1/phone", "wrong_type"),
        ({"phone": A, "fields": {"a": 1}}, "/contacts/1/fields/a", "wrong_type"),
        ({"phone": A, "fields": {"a": "\0"}}, "/contacts/1/fields/a", "invalid_text"),
        ({"phone": A, "fields": {"a": "x" * 1001}}, "/contacts/1/fields/a", "too_long"),
        ({"phone": A, "fields": {str(n): "" for n in range(51)}}, "/contacts/1/fields", "too_long"),
        ({"phone": A, "fields": {"": "x"}}, "/contacts/1/fields/", "too_short"),
        ({"phone": A, "feilds": {}}, "/contacts/1/feilds", "unknown_field"),
    ):
        problem = refused(await api.create(contacts=[ANN, contact], phone_numbers=...), 400, code)
        assert problem["errors"][0]["pointer"] == pointer
    assert "Did you mean fields?" in problem["detail"]
    assert await api.one("SELECT count(*) FROM campaigns") == 0


async def test_every_malformed_contact_is_told_with_its_place_and_a_sentence(api: Api) -> None:
    contacts: list[object] = [{"phone": f"+1415{n:07d}"} for n in range(5550000, 5553000)]
    contacts[0] = {"name": "Ann"}
    contacts[7] = {"phone": 1, "feilds": {}}
    contacts[1500] = {"phone": A, "fields": {"a": "\0"}}
    contacts[2999] = "Ben"

    problem = refused(
        await api.create(contacts=contacts, phone_numbers=["+14155550123", 5, None], name=5), 400, "wrong_type"
    )

    assert {(error["pointer"], error["code"]) for error in problem["errors"]} == {
        ("/name", "wrong_type"),
        ("/phone_numbers/1", "wrong_type"),
        ("/phone_numbers/2", "wrong_type"),
        ("/contacts/0/phone", "missing"),
        ("/contacts/7/phone", "wrong_type"),
        ("/contacts/7/feilds", "unknown_field"),
        ("/contacts/1500/fields/a", "invalid_text"),
        ("/contacts/2999", "wrong_type"),
    }
    said = {error["pointer"]: error["detail"] for error in problem["errors"]}
    assert said["/contacts/0/phone"] == "contacts[0].phone is required."
    assert said["/contacts/7/feilds"] == "contacts[7].feilds is not a field here. Did you mean fields?"
    assert said["/contacts/1500/fields/a"] == "contacts[1500].fields.a holds control characters; send plain text."


async def test_of_very_many_malformed_entries_the_first_are_told(api: Api) -> None:
    problem = refused(await api.create(contacts=[{}] * 50_000, phone_numbers=...), 400, "missing")
    assert [error["pointer"] for error in problem["errors"]] == [f"/contacts/{n}/phone" for n in range(100)]
    problem = refused(await api.create(phone_numbers=[1] * 100_000), 400, "wrong_type")
    assert [error["pointer"] for error in problem["errors"]] == [f"/phone_numbers/{n}" for n in range(100)]


async def test_a_download_has_the_names_and_fields_safe_against_formulas(api: Api) -> None:
    body = (await api.create(phone_numbers=[B], contacts=[ANN])).json()
    answer = await api.client.get(f"/api/campaigns/{body['id']}/download")
    first, second = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (first["name"], first["Time"], first["note"]) == ("Ann", "10:00", "'=1+1")
    assert (second["name"], second["Time"], second["note"]) == ("", "", "")


async def test_a_retry_takes_names_and_fields_along(api: Api) -> None:
    body = (await api.create(contacts=[ANN], phone_numbers=..., welcome_message=MESSAGE)).json()
    await api.execute("UPDATE contacts SET status = 'unreached', next_attempt_at = NULL")
    await api.execute("UPDATE campaigns SET status = 'completed', next_due_at = NULL, owner = NULL")
    retried = (await api.client.post(f"/api/campaigns/{body['id']}/retry")).json()
    (contact,) = (await api.client.get(f"/api/campaigns/{retried['id']}/contacts")).json()["items"]
    assert (contact["name"], contact["fields"], retried["contact_fields"]) == ("Ann", ANN["fields"], ["Time", "note"])


async def test_a_preview_shows_what_contacts_would_hear_and_writes_nothing(api: Api) -> None:
    answer = await api.client.post(
        "/api/campaigns/preview", json={"welcome_message": MESSAGE, "contacts": [ANN], "phone_numbers": [B, "x"]}
    )
    body = answer.json()
    assert [item["message"] for item in body["items"]] == ["Hello Ann, see you at 10:00.", "Hello there, see you at."]
    assert body["placeholders"] == [{"name": "name", "fallback": "there"}, {"name": "time", "fallback": None}]
    assert [warning["code"] for warning in body["warnings"]] == ["missing_value"]
    assert body["rejected"]["count"] == 1
    assert await api.one("SELECT count(*) FROM contacts") == 0


async def test_what_was_left_out_can_be_looked_at_and_downloaded_later(api: Api) -> None:
    other = await api.another_account()
    body = (await api.upload(f"phone\n=1+1\n{A}\nx\n", phone_numbers=["y"])).json()
    path = f"/api/campaigns/{body['id']}/rejected"

    page = (await api.client.get(path, params={"limit": 2})).json()
    rest = (await api.client.get(path, params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert (page["total"], rest["next_cursor"]) == (3, None)
    assert page["items"] + rest["items"] == body["rejected"]["items"]
    rows = list(csv.reader(io.StringIO((await api.client.get(f"{path}/download")).content.decode("utf-8-sig"))))
    assert rows[0] == ["source", "line", "value", "code", "reason"]
    assert [row[:3] for row in rows[1:]] == [["file", "2", "'=1+1"], ["file", "4", "x"], ["phone_numbers", "1", "y"]]
    for address in (path, f"{path}/download"):
        refused(await other.client.get(address), 404, "not_found")
