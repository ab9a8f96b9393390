"""Campaigns from files."""

import gc
import io
import random
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.api import Api, refused
from tests.support.workbook import workbook

A, B = "+14155550123", "+14155550124"


async def test_a_file_becomes_a_campaign_that_is_called_like_it(api: Api) -> None:
    response = await api.upload(f"name;mobile\nJürgen;{A}\nZoë;n/a\nAnn;{B}\nAnn again;{B}\n", "May list.csv")
    body = response.json()

    assert response.status_code == 201
    assert response.headers["location"] == f"/api/campaigns/{body['id']}"
    assert (body["name"], body["status"], body["progress"]["total"]) == ("May list", "pending", 2)
    assert body["duplicates"] == 1
    assert body["rejected"] == {
        "count": 1,
        "by_reason": {"not_a_phone_number": 1},
        "items": [
            {
                "source": "file",
                "line": 3,
                "value": "n/a",
                "code": "not_a_phone_number",
                "reason": "it is not a telephone number",
            }
        ],
    }
    assert await api.phones(body["id"]) == [A, B]


async def test_the_other_fields_are_those_of_json(api: Api) -> None:
    at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    fields = {
        "name": "Mine",
        "language": "de-DE",
        "voice": "Polly.Vicki",
        "concurrency": 3,
        "max_attempts": 2,
        "retry_delay": 60,
    }
    body = (
        await api.upload(A, "x.txt", is_scheduled=True, scheduled_time=at.isoformat(), caller_id=B, **fields)
    ).json()

    assert {name: body[name] for name in fields} == fields
    assert (body["status"], body["caller_id"]) == ("scheduled", B)
    assert body["scheduled_time"] == at.isoformat().replace("+00:00", ".000Z")


async def test_fields_that_a_form_leaves_blank_are_not_given(api: Api) -> None:
    blank = dict.fromkeys(
        ("name", "scheduled_time", "timezone", "caller_id", "concurrency", "is_scheduled", "phone_numbers"), ""
    )
    body = (await api.upload(A, "x.txt", **blank)).json()
    assert (body["name"], body["concurrency"], body["status"]) == ("x", 10, "pending")


async def test_numbers_may_be_given_beside_the_file(api: Api) -> None:
    body = (await api.upload(A, "x.txt", phone_numbers=[f"{B}, nonsense", f"{A}\n+442079460000"])).json()

    assert await api.phones(body["id"]) == [A, B, "+442079460000"]
    assert body["duplicates"] == 1
    assert body["rejected"]["items"] == [
        {
            "source": "phone_numbers",
            "line": 2,
            "value": "nonsense",
            "code": "not_a_phone_number",
            "reason": "it is not a telephone number",
        }
    ]


@pytest.mark.parametrize(
    "content", ["", "\n\n", "name,city\nAnn,Rome\nBen,Oslo\n", "hello", "\0\1\2", b"\xff\xd8\xff\xe0" * 50]
)
async def test_a_file_without_a_number_is_400(api: Api, content: str | bytes) -> None:
    problem = refused(await api.upload(content), 400, "no_valid_number", "+14155550123")
    assert problem["errors"][0]["pointer"] == "/file"


async def test_other_types_of_file_are_415(api: Api) -> None:
    for filename in ("people.xls", "people.pdf", "people"):
        refused(await api.upload(A, filename), 415, "unsupported_media_type", ".csv", ".xlsx")


async def test_a_workbook_becomes_a_campaign(api: Api) -> None:
    content = workbook(
        [["Name", "Mobile", "Home phone"], ["Ann", 4155550123.0, None], ["Ben", None, B], ["Cid", "n/a"]]
    )
    body = (await api.upload(content, "May list.xlsx", default_country="US")).json()

    assert (body["name"], body["progress"]["total"]) == ("May list", 2)
    assert await api.phones(body["id"]) == [A, B]
    assert body["rejected"]["items"] == [
        {
            "source": "file",
            "line": 4,
            "value": "n/a",
            "code": "not_a_phone_number",
            "reason": "it is not a telephone number",
        }
    ]


async def test_a_workbook_that_cannot_be_read_is_400(api: Api) -> None:
    for content in (workbook([[A]])[:-100], b"PK\x03\x04nonsense", A.encode()):
        problem = refused(await api.upload(content, "people.xlsx"), 400, "invalid_file", "Excel workbook")
        assert problem["errors"][0]["pointer"] == "/file"


async def test_a_workbook_that_unpacks_to_too_much_is_413(api: Api) -> None:
    bomb = workbook([[A]], extra={"xl/media/image1.bin": bytes(64 * 2**20)})
    refused(await api.upload(bomb, "people.xlsx"), 413, "too_large", "unpacks to 64 MB", "CSV")


async def test_national_numbers_are_read_in_the_default_country(api: Api) -> None:
    national = ["(415) 555-0123", "4155550123", B]
    for response in (
        await api.create(phone_numbers=national, default_country="us"),
        await api.upload("\n".join(national), "x.txt", default_country="US"),
    ):
        body = response.json()
        assert await api.phones(body["id"]) == [A, B]
        assert (body["duplicates"], body["rejected"]["count"]) == (1, 0)
    without = (await api.create(phone_numbers=national)).json()
    assert (without["progress"]["total"], without["rejected"]["count"]) == (1, 2)
    blank = (await api.upload("\n".join(national), "x.txt", default_country="")).json()
    assert (blank["progress"]["total"], blank["rejected"]["count"]) == (1, 2)


async def test_a_file_has_to_be_one(api: Api) -> None:
    url, fields = "/api/campaigns/upload", {"welcome_message": "Hello."}
    no_file = await api.client.post(url, data=fields, files={"other": ("a.csv", A)})
    problem = refused(no_file, 400, "missing", "file is required")
    assert {error["pointer"] for error in problem["errors"]} == {"/file", "/other"}
    text = await api.client.post(url, files={"file": (None, A), "welcome_message": (None, "Hello.")})
    refused(text, 400, "wrong_type", "file")
    names = await api.client.post(url, data=fields, files={"file": ("a.csv", A), "name": ("b.csv", "x")})
    refused(names, 400, "wrong_type", "name")


# Starlette leaves the temporary file of a form that was cut off to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_broken_forms_are_400(api: Api) -> None:
    url = "/api/campaigns/upload"
    for content, content_type in (
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"garbage", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n+1415',
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    ):
        response = await api.client.post(url, content=content, headers={"Content-Type": content_type})
        refused(response, 400, response.json()["code"])
        gc.collect()
    many = await api.client.post(url, data={f"f{n}": "x" for n in range(1500)}, files={"file": ("a.csv", A)})
    refused(many, 400, "malformed_request")


async def test_a_file_beyond_the_limit_is_413(api: Api) -> None:
    refused(await api.upload(f"{A}\n" * 700_000), 413, "too_large", "8 MB")


async def test_a_hundred_thousand_rows_are_all_there(api: Api) -> None:
    chance = random.Random(1)
    rows = io.StringIO()
    rows.write("id,name,phone,city\n")
    for number in range(100_000):
        rows.write(f'{number},"Person, {number}",+1415{chance.randrange(2_000_000, 9_999_999)},Springfield\n')

    response = await api.upload(rows.getvalue())

    body = response.json()
    assert response.status_code == 201, response.text
    assert body["progress"]["total"] + body["duplicates"] == 100_000
    assert await api.one("SELECT count(*) FROM contacts WHERE status = 'waiting'") == body["progress"]["total"]
    last = (await api.rows("SELECT name, fields FROM contacts ORDER BY id DESC LIMIT 1"))[0]
    assert (last.name, last.fields) == ("Person, 99999", {"id": "99999", "city": "Springfield"})


async def test_a_list_longer_than_a_campaign_may_be_is_413(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("belltower_api.create_campaign.MAX_CONTACTS", 2)
    three = [A, B, "+442079460000"]
    refused(await api.create(phone_numbers=three), 413, "too_large", "at most 2 contacts", "has 3")
    refused(await api.upload("\n".join(three)), 413, "too_large", "at most 2 contacts")
    assert (await api.create(phone_numbers=three[:2])).status_code == 201
