"""The one event: what is written can be read, what is not ours is refused, what is new is ignored."""

import json
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.events import MAX_IDS, CampaignDue, NewerVersion, Undecodable

ID = UUID("0197b2c4-0000-7000-8000-000000000001")


@given(st.lists(st.uuids(), min_size=1, max_size=MAX_IDS))
def test_an_event_can_be_read_as_it_was_written(ids: list[UUID]) -> None:
    assert CampaignDue.decode(CampaignDue(ids).encode()) == CampaignDue(ids)


def test_the_form_on_the_wire_is_the_one_that_others_know() -> None:
    assert json.loads(CampaignDue([ID]).encode()) == {"version": 1, "campaign_ids": [str(ID)]}


def test_fields_that_a_newer_publisher_adds_are_ignored() -> None:
    body = json.dumps({"version": 1, "campaign_ids": [str(ID)], "announced_by": {"scheduler": 3}})
    assert CampaignDue.decode(body.encode()) == CampaignDue([ID])


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_nobody_writes_is_refused_by_its_number(version: int) -> None:
    with pytest.raises(Undecodable, match=f"version is {version}"):
        CampaignDue.decode(json.dumps({"version": version, "campaign_ids": [str(ID)]}).encode())


@pytest.mark.parametrize("rest", [{"campaign_ids": [str(ID)]}, {"campaigns": {"of": "another form"}}, {}])
def test_a_newer_version_is_known_for_one_whatever_its_form(rest: dict[str, object]) -> None:
    with pytest.raises(NewerVersion):
        CampaignDue.decode(json.dumps({"version": 2, **rest}).encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"campaign",
        b"\xff\xfe",
        b'{"version": 1}',
        b'{"campaign_ids": ["0197b2c4-0000-7000-8000-000000000001"]}',
        b'{"version": 1, "campaign_ids": []}',
        b'{"version": 1, "campaign_ids": "0197b2c4-0000-7000-8000-000000000001"}',
        b'{"version": 1, "campaign_ids": ["not an id"]}',
        b'{"version": 1, "campaign_ids": [null]}',
        b'{"version": "one", "campaign_ids": ["0197b2c4-0000-7000-8000-000000000001"]}',
        b'{"version": 1, "campaign_ids": ["0197b2c4-0000-7000-8000-000000000001"]',
        b"[" * 100_000,
    ],
)
def test_what_is_no_event_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        CampaignDue.decode(body)


def test_an_event_with_absurdly_many_ids_is_undecodable() -> None:
    with pytest.raises(Undecodable):
        CampaignDue.decode(CampaignDue([uuid4() for _ in range(1000)]).encode().replace(b"]", b',"x"]'))


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        CampaignDue.decode(body)
