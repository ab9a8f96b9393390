"""The use cases behind series: what is sent becomes a rule and a definition; one transaction each, then the scheduler's wake."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import campaigns, series
from belltower.db.contacts import MAX_CONTACTS
from belltower.db.engine import in_transaction
from belltower.db.notify import wake_scheduler
from belltower.domain.definition import Definition
from belltower.domain.errors import IllegalTransition, Invalid
from belltower.domain.principal import Principal
from belltower.domain.recurrence.occurrences import Recurrence, require_occurrence
from belltower.domain.recurrence.reading import read_exdate, read_rule, read_wall
from belltower.domain.schedule import zone
from belltower.domain.series import SeriesEventKind, SeriesStatus, check_change
from belltower_api.contact_list import ContactList
from belltower_api.create_campaign import defined, require_funds
from belltower_api.dependencies import Resources
from belltower_api.errors import TooLarge
from belltower_api.idempotency import Once
from belltower_api.if_match import Seen
from belltower_api.lists import listed
from belltower_api.schemas.list_fields import ContactLists
from belltower_api.schemas.rejection import RejectedNumbers
from belltower_api.schemas.series import RuleFields, Series, SeriesChanged, SeriesCreate

log = structlog.get_logger(__name__)

_LISTS = {"phone_numbers", "contacts", "import_id"}


def recurrence_of(fields: RuleFields) -> Recurrence:
    """The rule that somebody describes. Raises `Invalid`."""
    try:
        zone(fields.timezone)
    except Invalid as error:
        raise Invalid("rule/timezone", error.code, f"rule.{error}") from None
    starts = read_wall(fields.starts, "starts")
    return Recurrence(
        read_rule(fields.rrule, fields.timezone),
        starts,
        fields.timezone,
        frozenset(read_exdate(text, starts) for text in fields.exdates),
        None if fields.ends is None else read_wall(fields.ends, "ends"),
    )


async def create(resources: Resources, principal: Principal, fields: SeriesCreate, once: Once) -> SeriesChanged:
    """Create a series. Raises `Invalid`, `InsufficientFunds`, `LimitReached`, `NotFound` and `TooLarge`."""
    recurrence = recurrence_of(fields.rule)
    async with listed(resources, principal.account_id, fields, fields.welcome_message) as contacts:
        _check_size(contacts)

        async def work(connection: AsyncConnection) -> SeriesChanged:
            terms = await campaigns.get_creation_terms(connection, principal.account_id)
            require_occurrence(recurrence, now=terms.now)
            definition = defined(fields, fields.name)(terms)
            require_funds(resources, terms)
            created = await series.create_series(
                connection,
                principal.account_id,
                definition,
                recurrence,
                contacts.contacts,
                skip_if_running=fields.skip_if_running,
                actor=principal.actor,
                now=terms.now,
            )
            return await _answer(connection, created, contacts, terms.now, once)

        changed = await in_transaction(resources.engine, work)
    await _wake(resources)
    return changed


async def patch(resources: Resources, principal: Principal, series_id: UUID, fields: Any, seen: Seen) -> SeriesChanged:
    """Change a series and all that is to come of it. Raises what `create` does, and `IllegalTransition`."""
    async with AsyncExitStack() as closing:
        contacts = await _new_list(resources, principal, series_id, fields, closing)

        async def work(connection: AsyncConnection) -> SeriesChanged:
            found = await series.lock_series(connection, principal.account_id, series_id)
            seen.require(found.version)
            check_change(SeriesStatus(found.status), "changed")
            terms = await campaigns.get_creation_terms(connection, principal.account_id)
            recurrence = _changed_rule(found, fields)
            if recurrence != found.recurrence:
                require_occurrence(recurrence, now=terms.now)
            changed = _changed_definition(found, fields, terms) | series.rule_columns(recurrence)
            if fields.skip_if_running is not None:
                changed["skip_if_running"] = fields.skip_if_running
            changed = {name: value for name, value in changed.items() if value != getattr(found, name)}
            await series.change(connection, found, changed, now=terms.now)
            if contacts is not None:
                await series.replace_contacts(connection, series_id, contacts.contacts)
                await series.contacts_changed(connection, found, now=terms.now)
            await series.add_event(connection, series_id, SeriesEventKind.CHANGED, actor=principal.actor)
            found = await series.get_series(connection, principal.account_id, series_id)
            return await _answer(connection, found, contacts, terms.now, Once())

        changed = await in_transaction(resources.engine, work)
    await _wake(resources)
    return changed


async def split(resources: Resources, principal: Principal, series_id: UUID, fields: Any, once: Once) -> SeriesChanged:
    """End a series before one of its occurrences, and have a new one go on from there. Raises what `patch` does."""
    async with AsyncExitStack() as closing:
        contacts = await _new_list(resources, principal, series_id, fields, closing)

        async def work(connection: AsyncConnection) -> SeriesChanged:
            terms = await campaigns.get_creation_terms(connection, principal.account_id)
            found = await series.lock_series(connection, principal.account_id, series_id)
            check_change(SeriesStatus(found.status), "split")
            require_funds(resources, terms)
            whole = found.recurrence
            first = whole.find(fields.from_)
            if first is None or first.instant <= terms.now:
                raise Invalid(
                    "from",
                    "no_such_occurrence",
                    "The series has no occurrence to come at this instant. Send one of /occurrences.",
                )
            onwards = whole.onwards(first.wall)
            shortened = replace(found, **series.rule_columns(onwards))
            recurrence = _changed_rule(shortened, fields)
            require_occurrence(recurrence, now=terms.now)
            definition = {**_as_dict(found.definition), **_changed_definition(found, fields, terms)}
            await series.change(connection, found, series.rule_columns(whole.before(first.wall)), now=terms.now)
            await series.add_event(
                connection,
                series_id,
                SeriesEventKind.CHANGED,
                actor=principal.actor,
                reason="Another series goes on from here.",
                occurrence=first.instant,
                occurrences=1,
            )
            created = await series.create_series(
                connection,
                principal.account_id,
                Definition(**definition),
                recurrence,
                contacts.contacts if contacts is not None else series_id,
                skip_if_running=(found.skip_if_running if fields.skip_if_running is None else fields.skip_if_running),
                actor=principal.actor,
                now=terms.now,
                split_from=series_id,
            )
            if found.status == SeriesStatus.PAUSED:
                await series.pause(connection, created, actor=principal.actor)
                created = await series.get_series(connection, principal.account_id, created.id)
            return await _answer(connection, created, contacts, terms.now, once)

        changed = await in_transaction(resources.engine, work)
    await _wake(resources)
    return changed


async def pause(resources: Resources, principal: Principal, series_id: UUID, once: Once) -> Series:
    """Pause a series. Raises `NotFound` and `IllegalTransition`."""

    async def work(connection: AsyncConnection) -> Series:
        found = await series.lock_series(connection, principal.account_id, series_id)
        check_change(SeriesStatus(found.status), "paused")
        if found.status != SeriesStatus.PAUSED:
            await series.pause(connection, found, actor=principal.actor)
        return await _shown(connection, principal, series_id, once)

    return await in_transaction(resources.engine, work)


async def resume(resources: Resources, principal: Principal, series_id: UUID, once: Once) -> Series:
    """Have a paused series go on. Raises `NotFound`, `IllegalTransition` and `InsufficientFunds`."""

    async def work(connection: AsyncConnection) -> Series:
        found = await series.lock_series(connection, principal.account_id, series_id)
        check_change(SeriesStatus(found.status), "resumed")
        if found.status == SeriesStatus.PAUSED:
            terms = await campaigns.get_creation_terms(connection, principal.account_id)
            require_funds(resources, terms)
            if found.recurrence.next_after(terms.now) is None:
                raise IllegalTransition(
                    "The series has no occurrence to come any more. Change its rule first, or create a new one."
                )
            await series.resume(connection, found, actor=principal.actor, now=terms.now)
        return await _shown(connection, principal, series_id, once)

    resumed = await in_transaction(resources.engine, work)
    await _wake(resources)
    return resumed


async def skip(resources: Resources, principal: Principal, series_id: UUID, at: datetime, once: Once) -> Series:
    """Leave out one occurrence. Raises `NotFound`, `Invalid` and `IllegalTransition`."""

    async def work(connection: AsyncConnection) -> Series:
        found = await series.lock_series(connection, principal.account_id, series_id)
        check_change(SeriesStatus(found.status), "changed")
        now = (await campaigns.get_creation_terms(connection, principal.account_id)).now
        recurrence = found.recurrence
        occurrence = recurrence.find(at)
        if occurrence is None or occurrence.instant <= now:
            raise Invalid(
                "at",
                "no_such_occurrence",
                "The series has no occurrence to come at this instant. Send one of /occurrences.",
            )
        await series.skip(connection, found, recurrence, occurrence.wall, actor=principal.actor)
        await series.add_event(
            connection,
            series_id,
            SeriesEventKind.SKIPPED,
            actor=principal.actor,
            occurrence=occurrence.instant,
            occurrences=1,
        )
        return await _shown(connection, principal, series_id, once)

    return await in_transaction(resources.engine, work)


async def delete(resources: Resources, principal: Principal, series_id: UUID) -> None:
    """End and hide a series. Raises `NotFound`."""

    async def work(connection: AsyncConnection) -> None:
        found = await series.lock_series(connection, principal.account_id, series_id)
        terms = await campaigns.get_creation_terms(connection, principal.account_id)
        await series.delete(connection, found, actor=principal.actor, now=terms.now)

    await in_transaction(resources.engine, work)


async def _new_list(
    resources: Resources, principal: Principal, series_id: UUID, fields: ContactLists, closing: AsyncExitStack
) -> ContactList | None:
    """The list that a series gets, if one was sent."""
    if not fields.model_fields_set & _LISTS:
        return None
    message = getattr(fields, "welcome_message", None)
    if message is None:
        async with resources.reader.connect() as connection:
            message = (await series.get_series(connection, principal.account_id, series_id)).welcome_message
    contacts = await closing.enter_async_context(listed(resources, principal.account_id, fields, message))
    _check_size(contacts)
    return contacts


def _check_size(contacts: ContactList) -> None:
    if len(contacts.contacts) > MAX_CONTACTS:
        raise TooLarge(
            f"A campaign has at most {MAX_CONTACTS:,} contacts; this list has {len(contacts.contacts):,}. Split it."
        )


def _changed_rule(found: series.Series, fields: Any) -> Recurrence:
    if fields.rule is None:
        return found.recurrence
    kept = {
        "rrule": found.rrule,
        "starts": found.starts.isoformat(),
        "timezone": found.timezone,
        "exdates": [day.isoformat() for day in found.exdates],
        "ends": found.ends and found.ends.isoformat(),
    }
    return recurrence_of(RuleFields.model_construct(**{**kept, **_sent(fields.rule)}))


def _changed_definition(found: series.Series, fields: BaseModel, terms: campaigns.CreationTerms) -> dict[str, Any]:
    """What somebody changed of a definition; a caller_id that is null becomes the account's own."""
    sent = fields.model_dump(include=fields.model_fields_set & set(campaigns.DEFINITION_COLUMNS))
    if "caller_id" in sent and sent["caller_id"] is None:
        sent["caller_id"] = terms.caller_id or found.caller_id
    return sent


def _sent(fields: BaseModel) -> dict[str, Any]:
    return {name: getattr(fields, name) for name in fields.model_fields_set}


def _as_dict(definition: Definition) -> dict[str, Any]:
    return {name: getattr(definition, name) for name in campaigns.DEFINITION_COLUMNS}


async def _answer(
    connection: AsyncConnection, found: series.Series, contacts: ContactList | None, now: datetime, once: Once
) -> SeriesChanged:
    shown = SeriesChanged.of(
        found,
        now=now,
        rejected=contacts.rejected if contacts else RejectedNumbers(count=0, by_reason={}, items=[]),
        duplicates=contacts.duplicates if contacts else 0,
        warnings=contacts.warnings if contacts else [],
    )
    await once.keep(connection, shown, headers=location(found.id))
    return shown


async def _shown(connection: AsyncConnection, principal: Principal, series_id: UUID, once: Once) -> Series:
    found = await series.get_series(connection, principal.account_id, series_id)
    now = (await campaigns.get_creation_terms(connection, principal.account_id)).now
    shown = Series.of(found, now=now)
    await once.keep(connection, shown, status=200)
    return shown


def location(series_id: UUID) -> dict[str, str]:
    """The headers that say where a new series is."""
    return {"Location": f"/api/series/{series_id}"}


async def _wake(resources: Resources) -> None:
    """After the commit: the scheduler makes what the series lacks."""
    try:
        await wake_scheduler(resources.engine)
    except (SQLAlchemyError, OSError):
        log.warning("schedulers_not_woken", exc_info=True)
