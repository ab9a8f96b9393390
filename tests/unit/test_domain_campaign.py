"""The tables of a campaign's and a contact's statuses: complete, and with no way back from the end."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belltower.domain.campaign import (
    CONTACT_TRANSITIONS,
    FINAL,
    OPEN_CONTACT,
    RUNNABLE,
    TRANSITIONS,
    CampaignStatus,
    ContactStatus,
    Move,
    destination,
    sources,
)
from belltower.domain.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)

campaign_statuses = st.sampled_from(CampaignStatus)
contact_statuses = st.sampled_from(ContactStatus)


def test_every_status_has_its_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(CampaignStatus)
    assert set(CONTACT_TRANSITIONS) == set(ContactStatus)


def test_nothing_leads_out_of_a_final_status() -> None:
    assert {status for status, targets in TRANSITIONS.items() if not targets} == FINAL


def test_runnable_paused_and_final_are_all_there_is() -> None:
    assert set(CampaignStatus) == RUNNABLE | FINAL | {CampaignStatus.PAUSED}
    assert not RUNNABLE & FINAL


def test_no_status_leads_to_itself() -> None:
    assert not [status for status, targets in TRANSITIONS.items() if status in targets]
    assert not [status for status, targets in CONTACT_TRANSITIONS.items() if status in targets]


def test_every_status_but_the_first_is_reached_from_the_first() -> None:
    assert _reached_from(TRANSITIONS, CampaignStatus.SCHEDULED) == set(CampaignStatus)
    assert _reached_from(CONTACT_TRANSITIONS, ContactStatus.WAITING) == set(ContactStatus)


def test_what_runs_or_did_so_can_complete() -> None:
    assert sources(CampaignStatus.COMPLETED) == [
        CampaignStatus.PAUSED,
        CampaignStatus.PENDING,
        CampaignStatus.PROCESSING,
    ]
    assert sources(CampaignStatus.PROCESSING) == [CampaignStatus.PENDING]


@pytest.mark.parametrize("target", [CampaignStatus.PAUSED, CampaignStatus.FAILED])
def test_everything_runnable_can_be_stopped(target: CampaignStatus) -> None:
    assert set(sources(target)) == RUNNABLE


def test_everything_that_is_not_final_can_be_cancelled() -> None:
    assert set(sources(CampaignStatus.CANCELLED)) == set(CampaignStatus) - FINAL


@given(st.sampled_from(Move), campaign_statuses, st.booleans())
def test_a_move_takes_a_campaign_along_the_table_or_says_why_not(
    move: Move, status: CampaignStatus, is_ahead: bool
) -> None:
    if status in FINAL and (move, status) != (Move.CANCEL, CampaignStatus.CANCELLED):
        with pytest.raises(IllegalTransition, match=f"The campaign is {status}, "):
            destination(move, status, is_ahead=is_ahead)
        return
    target = destination(move, status, is_ahead=is_ahead)
    assert target is None or target in TRANSITIONS[status]
    assert target is None or destination(move, target, is_ahead=is_ahead) is None, "done twice is done once"


def test_only_what_has_not_run_waits_for_its_time_again() -> None:
    assert destination(Move.RESUME, CampaignStatus.PAUSED, is_ahead=True) is CampaignStatus.SCHEDULED
    assert destination(Move.RESUME, CampaignStatus.PAUSED, is_ahead=False) is CampaignStatus.PENDING
    assert destination(Move.START, CampaignStatus.PAUSED, is_ahead=True) is CampaignStatus.PENDING


@given(campaign_statuses, campaign_statuses)
def test_sources_is_the_table_read_backwards(status: CampaignStatus, target: CampaignStatus) -> None:
    assert (status in sources(target)) == (target in TRANSITIONS[status])
    assert sources(target) == sorted(set(sources(target)))


@given(st.lists(campaign_statuses, max_size=20))
def test_no_sequence_of_moves_leaves_a_final_status(wanted: list[CampaignStatus]) -> None:
    status, ended = CampaignStatus.SCHEDULED, None
    for target in wanted:
        if target in TRANSITIONS[status]:
            status = target
        ended = ended or (status if status in FINAL else None)
    assert ended is None or status is ended


@given(st.lists(contact_statuses, max_size=20))
def test_a_contact_that_is_done_is_never_rung_again(wanted: list[ContactStatus]) -> None:
    status, done = ContactStatus.WAITING, False
    for target in wanted:
        if target in CONTACT_TRANSITIONS[status]:
            status = target
        done = done or status not in OPEN_CONTACT
        assert not (done and status in OPEN_CONTACT)


def test_what_was_reached_stays_reached() -> None:
    assert not CONTACT_TRANSITIONS[ContactStatus.REACHED]


def test_late_evidence_settles_what_was_unknown() -> None:
    assert CONTACT_TRANSITIONS[ContactStatus.UNKNOWN] == {ContactStatus.REACHED, ContactStatus.UNREACHED}


def _reached_from(table: Mapping[S, frozenset[S]], first: S) -> set[S]:
    reached, front = {first}, [first]
    while front:
        new = table[front.pop()] - reached
        reached |= new
        front += new
    return reached
