"""The use case behind decisions about unknown calls: one, or many at once.

Those of one campaign that are to be redialled become one new campaign, in one transaction with the decisions; each campaign is by
itself, whatever becomes of the others. Whatever is refused leaves everything as it was.
"""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import calls, campaigns, retries, unknown_calls
from belltower.db.contacts import NewContacts
from belltower.db.engine import in_transaction
from belltower.db.wallet import get_wallet
from belltower.domain.errors import BelltowerError, IllegalTransition, NotFound
from belltower.domain.principal import Principal
from belltower.domain.unknown_call import Decision
from belltower_api.dependencies import Resources
from belltower_api.problems import problem_of
from belltower_api.retry_campaign import retry_contacts
from belltower_api.schemas.campaign_fields import CampaignRetry
from belltower_api.schemas.unknown_call import UnknownCallDetail, UnknownCallResult

Keep = Callable[[AsyncConnection], Awaitable[None]]
"""What ends the transaction of a decision."""
Refusals = dict[UUID, BelltowerError]


class _AllRefused(Exception):
    """There is no call left to decide about."""


async def _keep_nothing(_: AsyncConnection) -> None: ...


async def decide_one(
    resources: Resources, principal: Principal, call_id: UUID, decision: Decision, note: str | None, keep: Keep
) -> None:
    """Decide about an unknown call.

    Raises `NotFound`, `AlreadyDecided`, `IllegalTransition` when the call is not unknown any more, or when it is to be redialled
    and its campaign was deleted; and what creating a campaign raises.
    """
    refused: Refusals = {}
    try:
        if decision is Decision.GIVE_UP:
            await _give_up(resources, principal, [call_id], note, refused, keep)
        else:
            of_campaigns = await _by_campaign(resources, principal, [call_id])
            if not of_campaigns:
                raise NotFound("There is no unknown call with this id.")
            await _redial(resources, principal, next(iter(of_campaigns)), [call_id], note, refused, keep)
    except _AllRefused:
        raise refused[call_id] from None


async def decide_all(
    resources: Resources,
    principal: Principal,
    call_ids: Sequence[UUID],
    decision: Decision,
    note: str | None,
    *,
    request_id: str,
) -> list[UnknownCallResult]:
    """Decide about calls; what came of each, in their order."""
    call_ids = list(dict.fromkeys(call_ids))
    refused: dict[UUID, Exception] = {}
    linked: dict[UUID, UUID] = {}

    async def attempt(ids: Sequence[UUID], work: Callable[[Refusals], Awaitable[UUID | None]]) -> None:
        found: Refusals = {}
        try:
            campaign_id = await work(found)
        except _AllRefused:
            campaign_id = None
        except Exception as error:  # noqa: BLE001 - one campaign's trouble is not the others'; it is told, and logged
            refused.update(dict.fromkeys(ids, error))
            return
        refused.update(found)
        if campaign_id is not None:
            linked.update({call_id: campaign_id for call_id in ids if call_id not in found})

    if decision is Decision.GIVE_UP:
        await attempt(call_ids, lambda found: _give_up(resources, principal, call_ids, note, found, _keep_nothing))
    else:
        of_campaigns = await _by_campaign(resources, principal, call_ids)
        for campaign_id, ids in of_campaigns.items():
            await attempt(
                ids,
                lambda found, campaign_id=campaign_id, ids=ids: _redial(  # type: ignore[misc]
                    resources, principal, campaign_id, ids, note, found, _keep_nothing
                ),
            )
        known = {call_id for ids in of_campaigns.values() for call_id in ids}
        missing = NotFound("There is no unknown call with this id.")
        refused.update({call_id: missing for call_id in call_ids if call_id not in known})
    return [
        UnknownCallResult(
            id=call_id,
            campaign_id=linked.get(call_id),
            problem=problem_of(request_id, refused[call_id])[0] if call_id in refused else None,
        )
        for call_id in call_ids
    ]


async def shown(connection: AsyncConnection, principal: Principal, call_id: UUID) -> UnknownCallDetail:
    """An unknown call with all that is known of it. Raises `NotFound`."""
    call, request = await unknown_calls.get_unknown_call(connection, principal.account_id, call_id)
    currency = (await get_wallet(connection, principal.account_id)).currency
    return UnknownCallDetail.of(
        call,
        currency,
        request=request,
        looks=await unknown_calls.get_looks(connection, call_id),
        reports=await calls.get_reports(connection, call_id),
    )


async def _by_campaign(resources: Resources, principal: Principal, call_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Those of these calls that are the account's, by their campaigns."""
    async with resources.reader.connect() as connection:
        campaign_of = await calls.get_campaigns_of(connection, principal.account_id, call_ids)
    found: dict[UUID, list[UUID]] = {}
    for call_id in call_ids:
        if call_id in campaign_of:
            found.setdefault(campaign_of[call_id], []).append(call_id)
    return found


async def _lock(
    connection: AsyncConnection, principal: Principal, call_ids: Sequence[UUID], refused: Refusals
) -> list[UUID]:
    """Lock calls; those that may be decided about. Raises `_AllRefused` when there is none."""
    locked = await unknown_calls.lock_unknown_calls(connection, principal.account_id, call_ids)
    refused.clear()  # of a transaction that is run again
    refused.update({call_id: refusal for call_id, refusal in locked.items() if refusal is not None})
    if len(refused) == len(locked):
        raise _AllRefused
    return [call_id for call_id, refusal in locked.items() if refusal is None]


async def _give_up(
    resources: Resources,
    principal: Principal,
    call_ids: Sequence[UUID],
    note: str | None,
    refused: Refusals,
    keep: Keep,
) -> None:
    async def work(connection: AsyncConnection) -> None:
        undecided = await _lock(connection, principal, call_ids, refused)
        await unknown_calls.decide(connection, undecided, Decision.GIVE_UP, actor=principal.actor, note=note)
        await keep(connection)

    await in_transaction(resources.engine, work)


async def _redial(
    resources: Resources,
    principal: Principal,
    campaign_id: UUID,
    call_ids: Sequence[UUID],
    note: str | None,
    refused: Refusals,
    keep: Keep,
) -> UUID:
    async with resources.reader.connect() as connection:
        try:
            source = await campaigns.get_campaign(connection, principal.account_id, campaign_id)
        except NotFound:
            raise _of_deleted() from None

    async def listed(connection: AsyncConnection) -> NewContacts:
        try:
            await campaigns.lock(connection, principal.account_id, campaign_id)
        except NotFound:
            raise _of_deleted() from None
        undecided = await _lock(connection, principal, call_ids, refused)
        return await retries.get_contacts_to_redial(connection, source, undecided)

    campaign = await retry_contacts(
        resources, principal, source, CampaignRetry(), listed, lambda connection, _: keep(connection),
        named="redial", note=note,
    )  # fmt: skip
    return campaign.id


def _of_deleted() -> IllegalTransition:
    return IllegalTransition(
        "The campaign of the call was deleted, so that nobody can be redialled for it. Give the call up, and create a campaign"
        " for this number if it shall be rung."
    )
