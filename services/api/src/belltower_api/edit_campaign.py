"""The use case behind the edit of a campaign that nobody works on: what it is, its time, its list.

All of it is made up from one state of the campaign's row and written under the row's lock only if the row is still in that
state: of an edit and whatever else moves the campaign at that moment one wins, and nobody ever sees half an edit.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns, edits, moves
from belltower.db.accounts import lock_account
from belltower.db.calling_hours import look_again
from belltower.db.contacts import MAX_CONTACTS
from belltower.db.edits import ListChange, Timing
from belltower.db.engine import in_transaction
from belltower.db.progress import get_progress
from belltower.domain import schedule
from belltower.domain.campaign import CampaignStatus, require_editable
from belltower.domain.definition import Definition
from belltower.domain.errors import IllegalTransition, Invalid
from belltower.domain.message import read_message
from belltower.domain.principal import Principal
from belltower.domain.schedule import ScheduledTime
from belltower_api import etag
from belltower_api.contact_list import ContactList, warnings_of
from belltower_api.create_campaign import defined, start_of, wake_schedulers
from belltower_api.dependencies import Resources
from belltower_api.errors import LostRace, TooLarge
from belltower_api.if_match import Seen
from belltower_api.lists import listed
from belltower_api.merge_patch import patched
from belltower_api.schemas.campaign import Campaign
from belltower_api.schemas.edit import CampaignEdited, ContactsEdit, EditedCampaign, ListEdited
from belltower_api.schemas.rejection import MessageWarning, RejectedNumbers

_TIME = ("is_scheduled", "scheduled_time", "timezone")
_TRIES = 5
"""How often an edit of whatever state there is begins anew because that has changed meanwhile."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit came to, and the ETag of the campaign since."""

    answer: CampaignEdited
    etag: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """An edit of one state of a campaign."""

    before: campaigns.Campaign
    definition: Definition
    timing: Timing | None
    """None: its time stays."""
    expires_at: datetime | None
    contacts: ContactsEdit
    new: ContactList | None
    """Whom it puts on the list."""

    @property
    def changed(self) -> list[str]:
        """The fields that will have another value."""
        found = [
            name
            for name in campaigns.DEFINITION_COLUMNS
            if getattr(self.definition, name) != getattr(self.before, name)
        ]
        if self.timing is not None:
            scheduled = self.timing.scheduled
            if (scheduled and scheduled.instant) != self.before.scheduled_time:
                found.append("scheduled_time")
            if self.timing.timezone != self.before.timezone:
                found.append("timezone")
        if self.expires_at != self.before.expires_at:
            found.append("expires_at")
        return found


class _Changed(Exception):
    """The campaign is not in the state any more from which the edit was made up."""


async def edit(
    resources: Resources, principal: Principal, campaign_id: UUID, patch: Json, contacts: ContactsEdit, seen: Seen
) -> Edited:
    """Edit a campaign that is scheduled or paused, and wake the schedulers when it is due before they would look by themselves.

    `patch` is what was sent, without its `contacts`. Raises `NotFound`, `LostRace`, `IllegalTransition`, `Invalid`, `TooLarge`.
    """
    for tried in range(1, _TRIES + 1):
        before, shown = await _read(resources, principal.account_id, campaign_id)
        if not seen.fits(before.version):
            raise LostRace(etag.of_campaign(before, shown))
        require_editable(CampaignStatus(before.status))
        try:
            async with _planned(resources, principal.account_id, before, shown, patch, contacts) as plan:
                return await _do(resources, principal, plan)
        except _Changed:
            if not seen.is_any or tried == _TRIES:
                now = await _read(resources, principal.account_id, campaign_id)
                raise LostRace(etag.of_campaign(*now)) from None
    raise AssertionError("unreachable")


async def _read(resources: Resources, account_id: UUID, campaign_id: UUID) -> tuple[campaigns.Campaign, Campaign]:
    """A campaign's row, and how it is shown."""
    async with resources.reader.connect() as connection:
        campaign = await campaigns.get_campaign(connection, account_id, campaign_id)
        progress = await get_progress(connection, [campaign_id])
    return campaign, Campaign.of(campaign, progress[campaign_id])


@asynccontextmanager
async def _planned(
    resources: Resources,
    account_id: UUID,
    before: campaigns.Campaign,
    shown: Campaign,
    patch: Json,
    contacts: ContactsEdit,
) -> AsyncIterator[_Plan]:
    """Make an edit up: all of it that needs no lock."""
    async with resources.reader.connect() as connection:
        terms = await campaigns.get_creation_terms(connection, account_id)
    patch = _with_both(patch)
    fields = patched(EditedCampaign, _document(before, shown), patch)
    wanted = defined(fields, fields.name)(terms)
    named = [name for name in campaigns.DEFINITION_COLUMNS if name in patch]
    definition = replace(before.definition, **{name: getattr(wanted, name) for name in named})
    timing = _timing(before, fields, patch, terms.now)
    expires_at = _expiry(before, fields, patch, timing, terms.now)
    async with AsyncExitStack() as closing:
        new = None
        if contacts.list is not None:
            try:
                reading = listed(resources, account_id, contacts.list, definition.welcome_message)
                new = await closing.enter_async_context(reading)
            except Invalid as error:
                where = "add" if contacts.add is not None else "replace"
                raise Invalid(f"contacts/{where}/{error.field}", error.code, str(error)) from None
        yield _Plan(before, definition, timing, expires_at, contacts, new)


def _document(before: campaigns.Campaign, shown: Campaign) -> Json:
    """A campaign as it could have been sent to create it. Its time is wall time: another zone means the same hour there."""
    document = shown.model_dump(mode="json", include=set(EditedCampaign.model_fields))
    if before.scheduled_time is not None:
        document["scheduled_time"] = schedule.at(before.scheduled_time, before.timezone).wall.isoformat()
    return document


def _with_both(patch: Json) -> Json:
    """A patch in which `is_scheduled` follows `scheduled_time`, and the other way round, where one of them is left out."""
    if "scheduled_time" in patch:
        time = patch["scheduled_time"]
        return {"is_scheduled": time is not None and bool(str(time).strip()), **patch}
    if patch.get("is_scheduled", True) in (False, None):
        return {"scheduled_time": None, **patch}
    return patch


def _timing(before: campaigns.Campaign, fields: EditedCampaign, patch: Json, now: datetime) -> Timing | None:
    """A campaign's new time; None: it stays. Raises `Invalid` and `IllegalTransition`."""
    if not any(name in patch for name in _TIME):
        return None
    name = fields.timezone or "UTC"
    if not fields.is_scheduled or fields.scheduled_time is None:
        timing = Timing(start_of(fields, now), name)
    else:
        timing = Timing(_understanding(patch)(fields.scheduled_time, name), name)
    if ((timing.scheduled and timing.scheduled.instant), name) == (before.scheduled_time, before.timezone):
        return None
    if before.started_at is not None:
        raise IllegalTransition(
            "The campaign has begun already, and its time is past. Resume it when it shall go on, or duplicate it for another"
            " time."
        )
    if timing.scheduled is not None:
        schedule.still_to_come(timing.scheduled, now=now)
    elif before.status == CampaignStatus.SCHEDULED:
        raise Invalid(
            "is_scheduled",
            "would_start",
            "Without its time the campaign would start now, and an edit starts nothing. Start it with POST /start, or pause it"
            " first to take its time away.",
        )
    return timing


def _expiry(
    before: campaigns.Campaign, fields: EditedCampaign, patch: Json, timing: Timing | None, now: datetime
) -> datetime | None:
    """When a campaign's time is over with the edit. Raises `Invalid`."""
    scheduled = timing.scheduled.instant if timing is not None and timing.scheduled is not None else None
    starts_at = max(scheduled or before.scheduled_time or now, now)
    if "expires_at" in patch:
        if fields.expires_at is None:
            return None
        return schedule.read_expiry(
            fields.expires_at, fields.timezone or "UTC", after=starts_at, understand=_understanding(patch)
        )
    if scheduled is not None and before.expires_at is not None:
        schedule.read_expiry(before.expires_at.isoformat(), None, after=scheduled)
    return before.expires_at


def _understanding(patch: Json) -> Callable[[str, str | None], ScheduledTime]:
    """How a time is read: without a zone beside it an instant with any offset is that instant, however it is written."""
    return schedule.understood if "timezone" in patch else schedule.understood_in


async def _do(resources: Resources, principal: Principal, plan: _Plan) -> Edited:
    """Write an edit, in one transaction. Raises `_Changed`, `Invalid`, `NotFound` and `TooLarge`."""
    before = plan.before

    async def work(connection: AsyncConnection) -> tuple[Edited, campaigns.Campaign, datetime]:
        other_hours = plan.definition.calling_window != before.calling_window
        if other_hours:
            await lock_account(connection, principal.account_id)
        locked = await moves.lock_one(connection, principal.account_id, before.id)
        if locked.version != before.version:
            raise _Changed
        change, fields = await _change_list(connection, plan)
        changed = plan.changed if change.is_none else [*plan.changed, "contacts"]
        message = read_message(plan.definition.welcome_message)
        if "welcome_message" in changed:
            await edits.require_speakable(connection, before.id, message)
        if changed:
            await edits.write(
                connection,
                before,
                definition=plan.definition,
                timing=plan.timing,
                expires_at=plan.expires_at,
                list_change=change,
                contact_fields=fields,
                changed=changed,
                actor=principal.actor,
            )
        if other_hours:
            await look_again(connection, principal.account_id, before.id)
        warnings: list[MessageWarning] = []
        if {"welcome_message", "contacts"} & set(changed):
            keys = list(dict.fromkeys(placeholder.key for placeholder in message.placeholders))
            waiting, lacking = await edits.count_lacking(connection, before.id, fields, keys)
            warnings = warnings_of(message, lacking, waiting)
        campaign = await campaigns.get_campaign(connection, principal.account_id, before.id)
        progress = (await get_progress(connection, [before.id]))[before.id]
        new = plan.new
        answer = CampaignEdited.of(
            campaign,
            progress,
            changed=changed,
            list_edited=ListEdited.of(change),
            rejected=new.rejected if new is not None else RejectedNumbers(count=0, by_reason={}, items=[]),
            duplicates=change.already_listed + (new.duplicates if new is not None else 0),
            warnings=warnings,
        )
        return Edited(answer, etag.of_campaign(campaign, Campaign.of(campaign, progress))), campaign, locked.now

    edited, campaign, now = await in_transaction(resources.engine, work)
    if edited.answer.changed and campaign.next_due_at is not None:
        await wake_schedulers(resources, campaign, now)
    return edited


async def _change_list(connection: AsyncConnection, plan: _Plan) -> tuple[ListChange, Sequence[str]]:
    """Change the list of a locked campaign; what became of it, and its contacts' fields. Raises `Invalid` and `TooLarge`."""
    campaign, contacts, new = plan.before, plan.contacts, plan.new
    change = ListChange()
    if contacts.remove:
        change += await edits.remove_contacts(connection, campaign.id, contacts.remove)
    if new is not None:
        write = edits.replace_contacts if contacts.replace is not None else edits.add_contacts
        change += await write(connection, campaign.id, new.contacts)
        await new.left_out.copy_to(connection, campaign.id)
    stay = campaign.contacts - change.removed
    if stay + change.added > MAX_CONTACTS:
        raise TooLarge(
            f"A campaign has at most {MAX_CONTACTS:,} contacts; with these it would have {stay + change.added:,}."
        )
    if not stay + change.added:
        raise Invalid(
            "contacts", "no_contact_left", "Nobody would be left on the list. Cancel or delete the campaign instead."
        )
    added = list(new.contacts.fields) if new is not None else []
    return change, list(dict.fromkeys([*(campaign.contact_fields if stay else ()), *added]))
