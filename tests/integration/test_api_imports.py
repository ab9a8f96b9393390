"""Files of contacts that are looked into before a campaign is made of them."""

import csv
import io
from typing import Any

import httpx
from tests.support.api import Api, refused
from tests.support.names import EXPORTS
from tests.support.workbook import workbook

from belltower.db.engine import transaction
from belltower.db.imports import KEPT, forget_imports

A, B, C = "+14155550123", "+14155550124", "+442079460000"
TABLE = f"Vorname;Name;Mobil;Büro;Termin\nAnn;Lee;{A};;10:00\nBen;Ode;;{B};\nCid;Poe;n/a;;\nAnn;Lee;{A};;\n"


async def sent(api: Api, content: str | bytes = TABLE, filename: str = "Mai.csv", **fields: str) -> httpx.Response:
    return await api.client.post("/api/imports", data=fields, files={"file": (filename, content)})


async def test_a_file_is_looked_into_and_nothing_starts(api: Api) -> None:
    response = await sent(api)
    body = response.json()

    assert response.status_code == 201, body
    assert response.headers["location"] == f"/api/imports/{body['id']}"
    assert (body["filename"], body["size"], body["phone_column"]) == ("Mai.csv", len(TABLE.encode()), "Mobil")
    assert [(column["title"], column["used_as"], column["field"]) for column in body["columns"]] == [
        ("Vorname", "name", "Vorname"), ("Name", "name", None), ("Mobil", "phone", None), ("Büro", "field", "Büro"),
        ("Termin", "field", "Termin"),
    ]  # fmt: skip
    assert body["columns"][0]["samples"] == ["Ann", "Ben", "Cid"]
    assert (body["contacts"], body["duplicates"], body["rejected"]["by_reason"]) == (
        1, 1, {"empty": 1, "not_a_phone_number": 1},
    )  # fmt: skip
    assert body["sample"] == [
        {"phone": A, "name": "Ann Lee", "fields": {"Vorname": "Ann", "Termin": "10:00"}, "timezone": None}
    ]
    assert await api.one("SELECT count(*) FROM campaigns") == 0
    assert (await api.client.get(response.headers["location"])).json() == body
    assert (await api.client.get("/api/imports")).json()["items"] == [body]


async def test_a_campaign_is_made_of_an_import_with_a_mapping(api: Api) -> None:
    import_id = (await sent(api)).json()["id"]
    mapping: dict[str, Any] = {"phone_column": "Mobil", "columns": {"Vorname": "name", "Termin": "time", "Name": None}}
    body = (
        await api.create(
            phone_numbers=..., import_id=import_id, welcome_message="Hi {{name}} at {{time|noon}}", **mapping
        )
    ).json()

    assert (body["progress"]["total"], body["duplicates"], body["rejected"]["count"]) == (1, 1, 2)
    assert (body["rejected"]["items"][1]["line"], body["rejected"]["items"][1]["value"]) == (4, "n/a")
    (contact,) = (await api.client.get(f"/api/campaigns/{body['id']}/contacts")).json()["items"]
    assert (contact["phone"], contact["name"], contact["fields"]) == (A, "Ann", {"time": "10:00"})
    preview = await api.client.post(
        "/api/campaigns/preview", json={"import_id": import_id, "welcome_message": "Hi {{Termin}}"}
    )
    assert preview.json()["items"][0]["message"] == "Hi 10:00"
    preflight = await api.client.post(
        "/api/campaigns/preflight", json={"import_id": import_id, "welcome_message": "Hi", "phone_numbers": [C]}
    )
    assert preflight.json()["contacts"] == 2


async def test_an_upload_takes_a_mapping_too(api: Api) -> None:
    body = (await api.upload(TABLE, phone_column="Büro", columns='{"Vorname": "first name"}')).json()
    (contact,) = (await api.client.get(f"/api/campaigns/{body['id']}/contacts")).json()["items"]
    assert (contact["phone"], contact["name"], contact["fields"]) == (B, "Ode", {"first name": "Ben"})
    refused(await api.upload(TABLE, columns="{"), 400, "invalid_columns", "columns", "JSON")
    refused(await api.upload(TABLE, columns="[1]"), 400, "invalid_columns", "columns", "JSON")
    refused(await api.upload(TABLE, phone_column="Fax"), 400, "unknown_column", "Mobil, Büro")


async def test_an_import_is_read_again_as_one_wishes(api: Api) -> None:
    path = f"/api/imports/{(await sent(api)).json()['id']}"
    body = (await api.client.get(path, params={"phone_column": "Büro"})).json()
    assert (body["phone_column"], body["contacts"], body["rejected"]["count"]) == ("Büro", 1, 3)
    refused(await api.client.get(path, params={"phone_column": "Fax"}), 400, "unknown_column")
    rows = list(
        csv.reader(io.StringIO((await api.client.get(f"{path}/rejected/download")).content.decode("utf-8-sig")))
    )
    assert [row[:3] for row in rows] == [
        ["line", "value", "code"],
        ["3", "", "empty"],
        ["4", "n/a", "not_a_phone_number"],
    ]


async def test_a_campaign_rings_whom_its_import_has_shown(api: Api) -> None:
    table = f"Name,Office,Mobile,When\nAnn,0171 5550171,{A},noon\n"
    body = (await sent(api, table, phone_column="Office", default_country="DE", columns='{"When": "slot"}')).json()
    assert body["sample"][0]["phone"] == "+491715550171"
    request = {"import_id": body["id"], "welcome_message": "Hi {{slot}} {{phone}}"}

    async def heard(**changes: Any) -> str:
        answer = await api.client.post("/api/campaigns/preview", json={**request, **changes})
        return str(answer.json()["items"][0]["message"])

    assert await heard() == "Hi noon +491715550171"
    assert await heard(phone_column="Mobile") == f"Hi noon {A}"
    other = (await api.client.get(f"/api/imports/{body['id']}", params={"phone_column": "Mobile"})).json()
    assert (other["sample"][0]["phone"], other["sample"][0]["fields"]["slot"]) == (A, "noon")


async def test_the_answer_says_how_the_text_was_read_and_one_may_say_it_otherwise(api: Api) -> None:
    polish = EXPORTS["Polish"]
    found = (await sent(api, polish.text().encode("cp1250"))).json()
    assert (found["encoding"], found["sample"][0]["name"]) == ("windows-1250", "Łukasz Wałęsa")

    short = polish.text(1).split("\r\n", 1)[1].encode("cp1250")  # too short to tell
    guessed = (await sent(api, short)).json()
    assert (guessed["encoding"], guessed["columns"][0]["samples"]) == ("windows-1252", ["£ukasz"])
    again = (await api.client.get(f"/api/imports/{guessed['id']}", params={"encoding": "windows-1250"})).json()
    assert (again["encoding"], again["columns"][0]["samples"]) == ("windows-1250", ["Łukasz"])

    said = (await sent(api, short, encoding="windows-1250")).json()
    assert (said["encoding"], said["columns"][0]["samples"]) == ("windows-1250", ["Łukasz"])
    for request in ({"import_id": said["id"]}, {"import_id": guessed["id"], "encoding": "windows-1250"}):
        body = (await api.create(phone_numbers=..., columns={"Column 1": "name"}, **request)).json()
        (contact,) = (await api.client.get(f"/api/campaigns/{body['id']}/contacts")).json()["items"]
        assert contact["name"] == "Łukasz"
    body = (await api.upload(short, encoding="windows-1250", columns='{"Column 1": "name"}')).json()
    (contact,) = (await api.client.get(f"/api/campaigns/{body['id']}/contacts")).json()["items"]
    assert contact["name"] == "Łukasz"

    assert (await sent(api, workbook([["Name", "Phone"], ["Łukasz", A]]), "x.xlsx", encoding="big5")).json()[
        "encoding"
    ] is None
    refused(await sent(api, short, encoding="klingon"), 400, "invalid_choice", "encoding", "windows-1250")
    refused(await api.upload(short, encoding="cp1250"), 400, "invalid_choice", "encoding")
    refused(await api.create(encoding="utf-8"), 400, "encoding_unexpected", "import_id")


async def test_columns_without_a_file_are_refused(api: Api) -> None:
    refused(await api.create(phone_column="Mobile"), 400, "column_unexpected", "import_id")
    refused(await api.create(columns={"a": "b"}), 400, "column_unexpected", "import_id")
    import_id = (await sent(api)).json()["id"]
    problem = refused(
        await api.create(phone_numbers=..., import_id=import_id, phone_column="Termin"), 400, "no_valid_number"
    )
    assert problem["errors"][0]["pointer"] == "/import_id"
    refused(await api.create(phone_numbers=..., contacts=[]), 400, "no_valid_number", "contacts holds no number")


async def test_what_is_no_list_is_refused_and_not_kept(api: Api) -> None:
    refused(await sent(api, "name\nAnn\n"), 400, "no_valid_number")
    refused(await sent(api, "x", "x.pdf"), 415, "unsupported_media_type")
    refused(await sent(api, "x", "x.xlsx"), 400, "invalid_file")
    refused(await sent(api, b"x" * (2**23 + 1)), 413, "too_large")
    assert await api.one("SELECT count(*) FROM imports") == 0


async def test_a_large_file_comes_back_in_one_piece(api: Api) -> None:
    content = "phone,note\n" + "".join(f"+1415{2_000_000 + number},{'x' * 100}\n" for number in range(20_000))
    import_id = (await sent(api, content)).json()["id"]
    assert await api.one("SELECT count(*) FROM import_parts") == 3
    body = (await api.create(phone_numbers=..., import_id=import_id)).json()
    assert body["progress"]["total"] == 20_000


async def test_an_import_that_is_sent_again_is_made_once(api: Api) -> None:
    key = {"Idempotency-Key": "once"}
    answers = [await api.client.post("/api/imports", files={"file": ("x.csv", A)}, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await api.one("SELECT count(*) FROM imports") == 1


async def test_files_are_forgotten_after_a_day_when_asked_and_beyond_the_latest_ten(api: Api) -> None:
    ids = [(await sent(api, A)).json()["id"] for _ in range(KEPT + 1)]
    kept = (await api.client.get("/api/imports")).json()
    assert [each["id"] for each in kept["items"]] == ids[:0:-1]
    assert (await api.client.delete(f"/api/imports/{ids[1]}")).status_code == 204
    refused(await api.client.delete(f"/api/imports/{ids[1]}"), 404, "not_found")
    await api.execute(
        "UPDATE imports SET created_at = created_at - interval '1 day 1 second' WHERE id = :id", id=ids[2]
    )
    refused(await api.client.get(f"/api/imports/{ids[2]}"), 404, "not_found", "upload it again")
    refused(await api.create(phone_numbers=..., import_id=ids[2]), 404, "not_found")
    async with transaction(api.engine) as connection:
        assert await forget_imports(connection) == 1
    assert await api.one("SELECT count(*) FROM import_parts") == KEPT - 2


async def test_nobody_sees_another_accounts_files(api: Api) -> None:
    import_id = (await sent(api)).json()["id"]
    other = await api.another_account()
    for path in (f"/api/imports/{import_id}", f"/api/imports/{import_id}/rejected/download"):
        refused(await other.client.get(path), 404, "not_found")
    refused(await other.client.delete(f"/api/imports/{import_id}"), 404, "not_found")
    refused(await other.create(phone_numbers=..., import_id=import_id), 404, "not_found")
    assert (await other.client.get("/api/imports")).json()["total"] == 0
