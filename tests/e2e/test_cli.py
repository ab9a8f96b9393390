"""The command line on the running product: real processes, as a shell starts them."""

import asyncio
import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.conftest import Product, in_seconds
from tests.support.proxy import Proxy
from tests.support.unknown_calls import lose_calls_of
from tests.support.world import numbers

from belltower_cli.api import Api
from belltower_local import ports
from belltower_local.servers import base_environment

BELLTOWER = str(Path(sys.executable).with_name("belltower"))
PEOPLE = ("+12025550143", "+12025550144", "+12025550145")


def key_of(product: Product) -> str:
    return product.client.headers["Authorization"].removeprefix("Bearer ")


def environment(product: Product, **more: str) -> dict[str, str]:
    url = str(product.client.base_url).rstrip("/")
    return base_environment() | {"BELLTOWER_URL": url, "BELLTOWER_API_KEY": key_of(product), "TZ": "Asia/Tokyo"} | more


def belltower(
    product: Product, *arguments: str, given: str = "", status: int = 0, cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        [BELLTOWER, *arguments],
        env=environment(product, **more),
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        check=False,
    )
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    return ran


def lines(ran: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


class Terminal:
    """A program on a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self.process = process
        self._screen = screen

    def read_until(self, *texts: str) -> bytes:
        """All that is shown until each of these texts has appeared behind the one before."""
        seen, behind = b"", 0
        for text in texts:
            while (at := seen.find(text.encode(), behind)) < 0:
                seen += os.read(self._screen, 4096)  # raises `OSError` when the program has ended
            behind = at
        return seen


@contextmanager
def on_a_terminal(product: Product, *arguments: str) -> Iterator[Terminal]:
    """The command on a terminal of its own, until it ends."""
    screen, line = pty.openpty()
    with subprocess.Popen(
        [BELLTOWER, *arguments],
        env=environment(product, TERM="xterm-256color", COLUMNS="150"),
        stdin=line,
        stdout=line,
        stderr=line,
        preexec_fn=_hears_ctrl_c,
    ) as process:
        os.close(line)
        try:
            yield Terminal(process, screen)
            with suppress(OSError):  # the terminal is closed
                while os.read(screen, 4096):
                    pass
        except BaseException:
            process.kill()
            raise
    os.close(screen)


def _hears_ctrl_c() -> None:
    """As a program that a person starts does: what runs in the background of a shell was told not to, tests included."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_campaign_is_created_followed_to_its_end_and_downloaded(product: Product, tmp_path: Path) -> None:
    created = belltower(product, "create", "From a [red]shell[/red]", "Hello.", *PEOPLE, "--watch").stdout
    campaign_id = re.search(r"[0-9a-f-]{36}", created)
    assert campaign_id
    assert "From a [red]shell[/red]" in created, "a name is no markup"
    assert "completed, 3 of 3 done (3 reached), started " in created.splitlines()[-1]
    assert "\x1b" not in created, "no colour in a pipe"

    shown = belltower(product, "show", campaign_id[0]).stdout
    assert "3 of 3 done" in shown
    assert shown.count("JST") >= 3, "times have their zone"
    assert lines(belltower(product, "show", campaign_id[0], "--json")) == [product.get(campaign_id[0])]

    belltower(product, "download", campaign_id[0], cwd=tmp_path)
    with (tmp_path / f"campaign-{campaign_id[0]}.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["phone"] for row in rows} == set(PEOPLE)
    assert {row["status"] for row in rows} == {"reached"}
    assert [path.name for path in tmp_path.iterdir()] == [f"campaign-{campaign_id[0]}.csv"]


def test_a_file_is_uploaded_and_what_is_wrong_with_it_is_said(product: Product, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Vorname;Handy;Notiz\nZoë;0172 5550143;a\nAnn;+49 172 5550144;b\nBen;n/a;c\nZoë;0172 5550143;d\n")
    options = ("--country", "DE", "--language", "de-DE", "--column", "Vorname=name", "--column", "Notiz=")
    later = ("--at", "2033-05-17T09:30")
    said = belltower(product, "upload", str(people), "Hallo {{name}}, {{Ort}}.", *options, *later).stdout
    assert "1 (1 not_a_phone_number)" in said
    assert re.search(r"duplicates +1", said)
    assert "2033-05-17 09:30:00 JST" in said, "a time without a zone is the terminal's"
    assert "No contact has a value for {{Ort}}" in said
    campaign_id = said.split("belltower watch ")[1].strip()

    found = product.get(campaign_id)
    assert (found["name"], found["language"]) == ("people", "de-DE")
    assert found["scheduled_time"] == "2033-05-17T00:30:00.000Z"
    contacts = product.items(f"/api/campaigns/{campaign_id}/contacts")
    assert {(contact["name"], contact["phone"]) for contact in contacts} == {
        ("Zoë", "+491725550143"),
        ("Ann", "+491725550144"),
    }
    assert found["contact_fields"] == []

    rejected = belltower(product, "download", campaign_id, "-", "--rejected").stdout
    assert [row["value"] for row in csv.DictReader(rejected.splitlines())] == ["n/a"]

    belltower(product, "delete", campaign_id)
    assert "no campaign" in belltower(product, "show", campaign_id, status=1).stderr.lower()


def test_a_file_is_read_in_the_encoding_that_is_said(product: Product, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Imię;Telefon\nŁukasz;+48512345678\n", encoding="cp1250")
    options = ("--encoding", "windows-1250", "--column", "Imię=name", "--at", "2033-05-17T09:30", "--json")
    created = json.loads(belltower(product, "upload", str(people), "Cześć.", *options).stdout)
    (contact,) = product.items(f"/api/campaigns/{created['id']}/contacts")
    assert contact["name"] == "Łukasz"
    wrong = belltower(product, "upload", str(people), "Cześć.", "--encoding", "latin", status=1).stderr
    assert "encoding must be one of" in wrong
    belltower(product, "delete", created["id"])


def test_campaigns_are_listed_in_pages_and_found_again(product: Product) -> None:
    for index in range(3):
        product.create(name=f"Listed {index}", is_scheduled=True, scheduled_time="2033-05-17T09:30:00Z")
    listed = ("list", "--search", "LISTED", "--status", "scheduled")
    assert [row["name"] for row in lines(belltower(product, *listed, "--json", "--limit", "2"))] == [
        "Listed 2",
        "Listed 1",
    ]
    table = belltower(product, *listed).stdout
    assert [re.search(r"Listed \d", row) is not None for row in table.splitlines()] == [False, True, True, True]
    assert "2033-05-17 18:30 JST" in table
    assert belltower(product, "list", "--search", "nothing is called so").stdout == "There is no such campaign.\n"


def test_the_wallet_is_shown_with_its_ledger(product: Product) -> None:
    product.client.post("/api/wallet/top-ups", json={"amount": "12.50", "note": "By a shell"})
    wallet = belltower(product, "wallet").stdout
    assert re.search(r"available +\d+\.\d+ USD", wallet)
    assert "12.50 USD" in belltower(product, "wallet", "--entries", "--limit", "5").stdout
    assert any(
        entry["note"] == "By a shell"
        for entry in lines(belltower(product, "wallet", "--entries", "--json", "--limit", "50"))
    )


def test_those_who_were_not_reached_are_rung_again(product: Product) -> None:
    created = product.create(phone_numbers=["+12025559901"]).json()
    done = lines(belltower(product, "watch", created["id"], "--json"))[-1]
    assert (done["status"], done["progress"]["failed"]) == ("completed", 1)
    retried = lines(belltower(product, "retry", created["id"], "--at", in_seconds(3600), "--json"))[0]
    assert retried["retry_of"] == created["id"]
    belltower(product, "delete", retried["id"])


def test_a_campaign_is_paused_resumed_started_and_cancelled(product: Product) -> None:
    later = ("--at", "2033-05-17T09:30", "--json")
    (created,) = lines(belltower(product, "create", "Moved", "Hello.", PEOPLE[0], *later))
    assert re.search(r"status +paused", belltower(product, "pause", created["id"]).stdout)
    assert lines(belltower(product, "resume", created["id"], "--json"))[0]["status"] == "scheduled"
    assert re.search(r"status +(pending|processing)", belltower(product, "start", created["id"]).stdout)
    product.wait_for(created["id"], "completed")
    assert "Its retry rings" in belltower(product, "cancel", created["id"], status=1).stderr

    other = product.another("moves@example.com", balance="100.00")
    (created,) = lines(belltower(other, "create", "Moved", "Hello.", PEOPLE[0], *later))
    assert "paused: 1." in belltower(other, "pause-all").stdout
    assert lines(belltower(other, "pause-all", "--json")) == [{"paused": 0, "dialling": 0}]
    assert re.search(r"status +cancelled", belltower(other, "cancel", created["id"]).stdout)


def test_numbers_are_put_on_the_do_not_call_list_found_and_let_go(product: Product, tmp_path: Path) -> None:
    added = belltower(product, "do-not-call", "add", "(202) 555-0171", "n/a", "--country", "US", "--note", "By post")
    assert "1 added, 0 on the list already." in added.stdout
    assert "'n/a' in line 2: it is not a telephone number" in added.stderr
    (tmp_path / "robinson.csv").write_text("Name;Mobile\nAnn;+12025550172\nBen;+12025550171\n", encoding="utf-8")
    imported = belltower(product, "do-not-call", "import", str(tmp_path / "robinson.csv"), "--json")
    assert [(result["added"], result["already_listed"]) for result in lines(imported)] == [(1, 1)]

    shown = belltower(product, "do-not-call", "list", "--search", "202 555 017", "--country", "US")
    assert [line.split()[:2] for line in shown.stdout.splitlines()[1:]] == [
        ["+12025550172", "from"],
        ["+12025550171", "added"],
    ]
    assert "robinson.csv" in shown.stdout
    assert "By post" in shown.stdout
    belltower(product, "do-not-call", "remove", "+1 202-555-0171")
    found = lines(belltower(product, "do-not-call", "list", "--search", "+12025550171", "--json"))
    assert found == []
    gone = belltower(product, "do-not-call", "remove", "+12025550171", status=1)
    assert "not on the do-not-call list" in gone.stderr


def test_a_campaign_is_edited_duplicated_and_archived(product: Product) -> None:
    first, second, third = PEOPLE
    later = ("--at", "2033-05-17T09:30", "--timezone", "UTC", "--json")
    (created,) = lines(belltower(product, "create", "Draft", "Hello.", first, second, "--misfire-grace", "60", *later))
    assert created["misfire_grace"] == 60
    changes = ("--message", "Hello {{name}}.", "--at", "2033-05-18T10:00", "--timezone", "UTC", "--concurrency", "3")
    said = belltower(product, "edit", created["id"], *changes, "--add", third, "--add", "12", "--remove", first)
    assert re.search(r"message +Hello {{name}}\.", said.stdout)
    assert "12 was left out" in said.stdout
    assert "No contact has a value for {{name}}" in said.stdout
    (edited,) = lines(belltower(product, "edit", created["id"], "--name", "Final", "--remove", first, "--json"))
    assert (edited["changed"], edited["list_edited"]["kept"]["items"][0]["code"]) == (["name"], "not_listed")
    assert (edited["scheduled_time"], edited["concurrency"]) == ("2033-05-18T10:00:00.000Z", 3)
    assert edited["progress"]["total"] == 2
    assert "nothing has changed" in belltower(product, "edit", created["id"], "--name", "Final").stdout
    assert "say what" in belltower(product, "edit", created["id"], status=2).stderr

    (copy,) = lines(belltower(product, "duplicate", created["id"], "--name", "Once more", *later))
    assert (copy["name"], copy["status"], copy["progress"]["total"]) == ("Once more", "scheduled", 2)

    unknown = "01976f5c-5e2a-7b11-9c4d-3a8f7e6d5b21"
    done = belltower(product, "bulk", "cancel", created["id"], unknown, copy["id"], status=1)
    assert [line.split("  ")[1] for line in done.stdout.splitlines()] == [
        "cancelled",
        "There is no campaign with this id.",
        "cancelled",
    ]
    assert "cannot be edited" in belltower(product, "edit", created["id"], "--name", "x", status=1).stderr
    belltower(product, "archive", created["id"], copy["id"])
    archived = {each["id"] for each in lines(belltower(product, "list", "--archived", "--json"))}
    assert archived == {created["id"], copy["id"]}
    assert created["id"] not in {each["id"] for each in lines(belltower(product, "list", "--all", "--json"))}
    (back,) = lines(belltower(product, "unarchive", created["id"], "--json"))
    assert back["campaign"]["archived_at"] is None


def test_what_goes_wrong_is_said_in_a_sentence(product: Product, tmp_path: Path) -> None:
    refused = belltower(product, "wallet", status=1, BELLTOWER_API_KEY="wrong")
    assert "BELLTOWER_API_KEY" in refused.stderr
    assert refused.stdout == ""
    nobody = belltower(product, "wallet", "--url", f"http://127.0.0.1:{ports.any_free()}", status=1)
    assert nobody.stderr.startswith("Nothing answers at http://127.0.0.1:")
    bad = belltower(product, "create", "Bad", "Hello.", "12", "n/a", "--concurrency", "0", status=1)
    assert "concurrency must be at least 1." in bad.stderr
    assert "cannot be read" in belltower(product, "upload", str(tmp_path / "none.csv"), "Hello.", status=1).stderr
    assert "Usage" in belltower(product, "create", "No message", status=2).stderr


def test_a_key_is_read_from_a_file_or_from_standard_input(product: Product, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(f"{key_of(product)}\n")
    belltower(product, "wallet", "--key-file", str(key_file), BELLTOWER_API_KEY="")
    belltower(product, "wallet", "--key-file", "-", given=f"{key_of(product)}\n", BELLTOWER_API_KEY="")


def test_an_answer_that_gets_lost_creates_nothing_twice(product: Product) -> None:
    class Forgetful(httpx.HTTPTransport):
        answered = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            response.read()
            self.answered += 1
            if self.answered == 1:
                raise httpx.ReadError("reset by peer")
            return response

    network = Forgetful()
    fields = {"name": "Once only", "welcome_message": "Hello.", "phone_numbers": PEOPLE[:1]}
    later = {"is_scheduled": True, "scheduled_time": "2033-05-17T09:30:00Z"}
    with Api(str(product.client.base_url), key_of(product), transport=network, sleep=lambda _: None) as api:
        created = api.post("/api/campaigns", json=fields | later)
    assert network.answered == 2
    assert [campaign["id"] for campaign in product.items("/api/campaigns?search=Once%20only")] == [created["id"]]


async def test_whoever_watches_comes_back_after_the_network_was_cut(product: Product) -> None:
    created = product.create(is_scheduled=True, scheduled_time=in_seconds(4)).json()
    async with Proxy(str(product.client.base_url)) as proxy:
        url = f"http://127.0.0.1:{proxy.url.rpartition(':')[2].rstrip('/')}"
        watching = await asyncio.create_subprocess_exec(
            *(BELLTOWER, "watch", created["id"], "--url", url),
            env=environment(product),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert watching.stdout
        assert (await watching.stdout.readline()).startswith(b"scheduled")
        await proxy.cut()
        await proxy.mend()
        async with asyncio.timeout(30):
            shown, complaints = await watching.communicate()
    assert watching.returncode == 0
    assert b"Trying again ..." in complaints
    assert shown.splitlines()[-1].startswith(b"completed, 1 of 1 done")


def test_a_terminal_shows_how_much_of_a_file_is_sent(product: Product, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("\n".join(numbers(50_000)))
    arguments = ("upload", str(people), "Hello.", "--at", "2033-05-17T09:30")
    with on_a_terminal(product, *arguments) as terminal:
        seen = terminal.read_until("Being sent ...", "Being read ...", "50,000", "belltower watch ")
    assert b"\x1b[" in seen, "in colour"
    assert terminal.process.returncode == 0


def test_a_terminal_shows_a_picture_and_ctrl_c_leaves_the_campaign_alone(product: Product) -> None:
    created = product.create(name="Later", is_scheduled=True, scheduled_time="2033-05-17T09:30:00Z").json()
    with on_a_terminal(product, "watch", created["id"]) as terminal:
        terminal.read_until("Later", "━", "0 of 1")
        terminal.process.send_signal(signal.SIGINT)
        terminal.read_until(f"The campaign goes on. Watch it again with: belltower watch {created['id']}")
    assert terminal.process.returncode == 130
    assert product.get(created["id"])["status"] == "scheduled"


def test_calls_that_nobody_can_account_for_are_decided_about(product: Product) -> None:
    if product.database_url is None:
        pytest.skip("this Belltower's carrier accounts for its calls")
    people = [f"+1202555016{number}" for number in range(3)]
    later = {"is_scheduled": True, "scheduled_time": "2034-05-17T09:30:00Z"}
    campaign = product.create(name="Lost", phone_numbers=people, **later).json()["id"]
    first, second, third = map(str, lose_calls_of(product.database_url, campaign))

    assert "3 unknown calls" in belltower(product, "show", campaign).stdout
    listed = belltower(product, "unknown", "list", "--campaign", campaign).stdout
    assert all(call in listed for call in (first, second, third))
    shown = belltower(product, "unknown", "show", first).stdout
    assert "the carrier answered 500" in shown
    assert "looked for it: it could not be told yet" in shown
    ran = belltower(product, "unknown", "redial", first, given="n\n", status=1)
    assert "They may have been rung already" in ran.stderr
    (result,) = lines(belltower(product, "unknown", "redial", first, "--yes", "--note", "Outage", "--json"))
    product.wait_for(result["campaign_id"], "completed")
    assert "given up" in belltower(product, "unknown", "give-up", "--campaign", campaign).stdout
    refused = belltower(product, "unknown", "give-up", second, status=1)
    assert "A decision is made once" in refused.stdout
    assert "No call waits" in belltower(product, "unknown", "list", "--campaign", campaign).stdout
    assert "rung again (reached)" in belltower(product, "unknown", "list", "--decided", "--campaign", campaign).stdout
    assert "waits for a decision" in belltower(product, "unknown", "redial", "--campaign", campaign).stdout
    belltower(product, "unknown", "redial", status=2)
