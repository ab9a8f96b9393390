"""A calendar as calendars read it: iCalendar (RFC 5545). Every occurrence is an event of its own.

An event keeps its UID when its occurrence becomes a campaign, and its SEQUENCE never falls. Nothing in it says who is called.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import icalendar

from belltower.db.calendar import Dated, ToCome
from belltower.domain.campaign import CampaignStatus
from belltower.domain.series import SeriesStatus

_SHOWN_FOR = timedelta(minutes=15)
"""How long an event is that has not ended: nobody knows how long it will be."""
REFRESH = timedelta(hours=1)
_STATUSES = {
    CampaignStatus.PAUSED: "TENTATIVE",
    CampaignStatus.CANCELLED: "CANCELLED",
    CampaignStatus.FAILED: "CANCELLED",
}


def written(dated: Sequence[Dated], to_come: Sequence[ToCome], origin: str) -> bytes:
    """The calendar of some campaigns and of occurrences to come. `origin` is where the web app is."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Belltower//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", "Belltower")
    calendar.add("x-wr-calname", "Belltower")
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    for each in dated:
        calendar.add_component(_campaign(each, origin))
    for coming in to_come:
        calendar.add_component(_occurrence(coming, origin))
    text: bytes = calendar.to_ical()
    return text


def _campaign(each: Dated, origin: str) -> icalendar.Event:
    status = CampaignStatus(each.status)
    if each.series_id is not None and each.occurrence is not None:
        uid = _uid(each.series_id, each.occurrence)
    else:
        uid = f"{each.id}@belltower"
    begin = each.started_at or each.at
    end = each.completed_at if each.completed_at and each.completed_at > begin else begin + _SHOWN_FOR
    event = _event(uid, each.name, begin, end, changed=each.changed_at, sequence=each.series_version + each.version)
    event.add("status", _STATUSES.get(status, "CONFIRMED"))
    event.add("description", f"{status.capitalize()}. {each.contacts:,} contacts.")
    event.add("url", f"{origin}/campaigns/{each.id}")
    return event


def _occurrence(coming: ToCome, origin: str) -> icalendar.Event:
    found, occurrence = coming.series, coming.occurrence
    begin = occurrence.instant
    event = _event(
        _uid(found.id, occurrence.wall),
        found.name,
        begin,
        begin + _SHOWN_FOR,
        changed=found.created_at,
        sequence=found.version,
    )
    event.add("status", "TENTATIVE" if found.status == SeriesStatus.PAUSED else "CONFIRMED")
    paused = " The series is paused." if found.status == SeriesStatus.PAUSED else ""
    event.add("description", f"Planned. {found.contacts:,} contacts.{paused}")
    event.add("url", f"{origin}/calendar")
    return event


def _event(
    uid: str, summary: str, begin: datetime, end: datetime, *, changed: datetime, sequence: int
) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", uid)
    event.add("dtstamp", _to_the_second(changed))
    event.add("last-modified", _to_the_second(changed))
    event.add("sequence", sequence)
    event.add("dtstart", _to_the_second(begin))
    event.add("dtend", max(_to_the_second(end), _to_the_second(begin) + timedelta(minutes=1)))
    event.add("summary", summary)
    return event


def _uid(series_id: UUID, wall: datetime) -> str:
    return f"{series_id}-{wall:%Y%m%dT%H%M%S}@belltower"


def _to_the_second(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)
