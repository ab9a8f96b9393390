"""Changing what a campaign is, its time and its list, while nobody works on it. The caller has locked its row (`moves.lock_one`).

While it is locked no gate makes an attempt of it: who was ever called does not change, and what a contact's row says of itself
is read from that row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, and_, cast, delete, func, insert, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.campaigns import Campaign
from belltower.db.contacts import NewContacts, count_listed
from belltower.db.copying import allow_time_for
from belltower.db.engine import sql
from belltower.db.history import record_edit
from belltower.db.tables import campaigns, contacts, rejected_entries, unfolded
from belltower.domain.campaign import CampaignStatus, ContactStatus
from belltower.domain.definition import Definition
from belltower.domain.errors import Invalid
from belltower.domain.message import MAX_SPOKEN, NAME, PHONE, Message, field_key, spoken_length, values_of
from belltower.domain.schedule import ScheduledTime

_AS_XML = 5
"""Characters that one may take in XML, at most."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a campaign starts; without a time at once."""

    scheduled: ScheduledTime | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A number that was to be removed and was not."""

    phone: str
    status: ContactStatus | None
    """None: it is not on the list."""


@dataclass(frozen=True, slots=True)
class ListChange:
    """What became of a campaign's list."""

    added: int = 0
    removed: int = 0
    """Contacts that were never called; they are gone."""
    skipped: int = 0
    """Contacts that were called before and waited for another call; they have no more."""
    already_listed: int = 0
    """Contacts to add that were there, and stay as they were."""
    kept: Sequence[Kept] = ()

    def __add__(self, other: "ListChange") -> "ListChange":
        return ListChange(
            self.added + other.added,
            self.removed + other.removed,
            self.skipped + other.skipped,
            self.already_listed + other.already_listed,
            [*self.kept, *other.kept],
        )

    @property
    def is_none(self) -> bool:
        """Whether nothing became of it."""
        return not (self.added or self.removed or self.skipped)

    @property
    def words(self) -> str | None:
        """For the history."""
        counts = ((self.added, "added"), (self.removed + self.skipped, "removed"))
        said = [f"{count:,} {'contact' if count == 1 else 'contacts'} {done}" for count, done in counts if count]
        return ", ".join(said) or None


async def remove_contacts(connection: AsyncConnection, campaign_id: UUID, phones: Sequence[str]) -> ListChange:
    """Take numbers off a campaign's list: those that were never called are gone, those that wait for another call have none.

    One that is being called, or whose result is final, is kept.
    """
    rows = await connection.execute(sql("lock_listed"), {"campaign": campaign_id, "phones": list(phones)})
    found = {row.phone: row for row in rows}
    waiting = [row for row in found.values() if row.status == ContactStatus.WAITING]
    gone = [row.id for row in waiting if not row.was_called]
    skipped = [row.id for row in waiting if row.was_called]
    await connection.execute(sql("edit_remove"), {"ids": gone})
    await connection.execute(sql("edit_skip"), {"ids": skipped})
    kept = [
        Kept(phone, ContactStatus(found[phone].status) if phone in found else None)
        for phone in dict.fromkeys(phones)
        if phone not in found or found[phone].status != ContactStatus.WAITING
    ]
    return ListChange(removed=len(gone), skipped=len(skipped), kept=kept)


async def add_contacts(connection: AsyncConnection, campaign_id: UUID, new: NewContacts) -> ListChange:
    """Put contacts at the end of a campaign's list; who is on it stays as they are."""
    await _lay_out(connection, new)
    return await _add(connection, campaign_id, new)


async def replace_contacts(connection: AsyncConnection, campaign_id: UUID, new: NewContacts) -> ListChange:
    """Give a campaign another list. Who was called before keeps their place and their result; who waits for another call and
    is not on the new list has none."""
    await allow_time_for(connection, await count_listed(connection, campaign_id))
    await _lay_out(connection, new)
    of_campaign = {"campaign": campaign_id}
    removed = (await connection.execute(sql("edit_clear"), of_campaign)).rowcount
    skipped = (await connection.execute(sql("edit_skip_others"), of_campaign)).rowcount
    await connection.execute(delete(rejected_entries).where(rejected_entries.c.campaign_id == campaign_id))
    return ListChange(removed=removed, skipped=skipped) + await _add(connection, campaign_id, new)


async def _add(connection: AsyncConnection, campaign_id: UUID, new: NewContacts) -> ListChange:
    added = (await connection.execute(sql("edit_add"), {"campaign": campaign_id})).rowcount
    return ListChange(added=added, already_listed=len(new) - added)


async def _lay_out(connection: AsyncConnection, new: NewContacts) -> None:
    """Have contacts in a table of this transaction, in order."""
    await connection.execute(text("DROP TABLE IF EXISTS pg_temp.new_contacts"))
    await connection.execute(sql("edit_list"))
    await new.copy(connection, "new_contacts", "phone", "name", "fields", "timezone")
    await connection.execute(text("ANALYZE pg_temp.new_contacts"))


async def write(
    connection: AsyncConnection,
    campaign: Campaign,
    *,
    definition: Definition,
    timing: Timing | None,
    expires_at: datetime | None,
    list_change: ListChange,
    contact_fields: Sequence[str],
    changed: Sequence[str],
    actor: str,
) -> None:
    """Write an edit of a locked campaign, with its place in the history. It is announced anew, and no announcement before counts.

    `timing`: None leaves its time as it is. What was done to its list is counted here.
    """
    values = asdict(definition) | {
        "announced_at": None,
        "expires_at": expires_at,
        "contacts": campaign.contacts + list_change.added - list_change.removed,
        "contact_fields": list(contact_fields),
        "is_exception": campaigns.c.series_id.is_not(None),
    }
    if timing is not None:
        values |= {
            "is_scheduled": timing.scheduled is not None,
            "scheduled_time": timing.scheduled and timing.scheduled.instant,
            "scheduled_wall": timing.scheduled and timing.scheduled.wall,
            "wall_time_meant": timing.scheduled is not None and timing.scheduled.meant_as_wall,
            "timezone": timing.timezone,
        }
        if campaign.status == CampaignStatus.SCHEDULED:
            assert timing.scheduled is not None
            values["next_due_at"] = timing.scheduled.instant
    await connection.execute(update(campaigns).where(campaigns.c.id == campaign.id).values(values))
    if not list_change.is_none:
        await connection.execute(
            insert(unfolded).from_select(
                ["account_id", "campaign_id", "contact_waiting", "contact_skipped"],
                select(
                    campaigns.c.account_id,
                    campaigns.c.id,
                    literal(list_change.added - list_change.removed - list_change.skipped),
                    literal(list_change.skipped),
                ).where(campaigns.c.id == campaign.id),
            )
        )
    await record_edit(connection, campaign.id, campaign.status, changed, actor=actor, reason=list_change.words)


async def archive(connection: AsyncConnection, campaign_id: UUID, status: str, *, archived: bool, actor: str) -> None:
    """Have lists leave a locked campaign out, or have it again."""
    values = {"archived_at": func.clock_timestamp() if archived else None}
    await connection.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(values))
    reason = "archived" if archived else "taken out of the archive"
    await record_edit(connection, campaign_id, status, ["archived_at"], actor=actor, reason=reason)


async def require_speakable(connection: AsyncConnection, campaign_id: UUID, message: Message) -> None:
    """Make sure that a new message is not too long for a contact that is still to be called. Raises `Invalid`."""
    if not message.placeholders:
        return
    fixed = sum(spoken_length(part if isinstance(part, str) else part.fallback or "") for part in message.parts)
    room = (MAX_SPOKEN - fixed) / (_AS_XML * len(message.placeholders))
    length = func.length(func.coalesce(contacts.c.name, "")) + func.length(
        func.coalesce(cast(contacts.c.fields, Text), "")
    )
    # Few can be: the others' values are short, whatever is made of them.
    wanted = (
        select(contacts.c.phone, contacts.c.name, contacts.c.fields)
        .where(contacts.c.campaign_id == campaign_id, contacts.c.status == ContactStatus.WAITING, length > room)
        .order_by(contacts.c.id)
    )
    async with connection.stream(wanted) as rows:
        async for row in rows:
            said = spoken_length(message.render(values_of(row.phone, row.name, row.fields or {})))
            if said > MAX_SPOKEN:
                raise Invalid(
                    "welcome_message",
                    "message_too_long",
                    f"With the values of {row.phone} the message would have {said:,} characters, and {MAX_SPOKEN:,} can be"
                    " spoken. Shorten it, or take that contact off the list.",
                )


async def count_lacking(
    connection: AsyncConnection, campaign_id: UUID, fields: Iterable[str], keys: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """How many contacts of a campaign are still to be called, and how many of them have no value for each placeholder."""
    names = list(fields)
    lacking = []
    for number, key in enumerate(keys):
        has = [func.coalesce(contacts.c.fields[name].as_string(), "") != "" for name in names if field_key(name) == key]
        if key == NAME:
            has.append(func.coalesce(contacts.c.name, "") != "")
        missing = ~or_(*has) if has else literal(key != PHONE)
        lacking.append(func.count().filter(missing).label(f"lacking_{number}"))
    found = await connection.execute(
        select(func.count(), *lacking).where(
            and_(contacts.c.campaign_id == campaign_id, contacts.c.status == ContactStatus.WAITING)
        )
    )
    waiting, *counts = found.one()
    return waiting, dict(zip(keys, counts, strict=True))
