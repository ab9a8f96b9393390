"""Calls that nobody could account for, and decisions about them."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db import unknown_calls
from belltower.db.wallet import get_wallet
from belltower_api.decide_unknown_calls import decide_all, decide_one, shown
from belltower_api.dependencies import AUTHENTICATED, AccountRoute, Asker, Res
from belltower_api.idempotency import Kept
from belltower_api.paging import next_sorted_cursor, read_sorted_cursor
from belltower_api.problems import problems
from belltower_api.schemas.unknown_call import (
    UnknownCall,
    UnknownCallCollection,
    UnknownCallDecision,
    UnknownCallDecisions,
    UnknownCallDetail,
    UnknownCallPaging,
    UnknownCallResults,
)

router = APIRouter(
    prefix="/api/unknown-calls", tags=["Unknown calls"], route_class=AccountRoute, dependencies=AUTHENTICATED
)


@router.get("", summary="List the unknown calls", responses=problems(400, 401))
async def list_unknown_calls(
    paging: Annotated[UnknownCallPaging, Query()], res: Res, asker: Asker
) -> UnknownCallCollection:
    """Calls of which nobody could find out what became of them, and that wait for a decision; or those that have one.

    The carrier took the request, or may have, and neither reports on the call nor lists it so that it could be told from others.
    The person may have been rung, so nobody rings them again by itself. Until somebody decides, what the call may cost is held.
    """
    decided = paging.state == "decided"
    async with res.reader.connect() as connection:
        page = await unknown_calls.get_unknown_calls(
            connection,
            asker.account_id,
            decided=decided,
            campaign_id=paging.campaign_id,
            after=read_sorted_cursor(paging.cursor, paging.state),
            limit=paging.limit,
        )
        currency = (await get_wallet(connection, asker.account_id)).currency
    return UnknownCallCollection(
        items=[UnknownCall.of(call, currency) for call in page.items],
        next_cursor=_cursor(paging.state, page.items[-1]) if page.has_more else None,
        total=page.total,
    )


@router.get("/{call_id}", summary="Look at an unknown call", responses=problems(401, 404))
async def get_unknown_call(call_id: UUID, res: Res, asker: Asker) -> UnknownCallDetail:
    """A call that is unknown, or once was, with the evidence: what was asked of the carrier, how the call was looked for, every
    report about it, and what was decided."""
    async with res.reader.connect() as connection:
        return await shown(connection, asker, call_id)


@router.post(
    "/{call_id}/decision",
    summary="Decide about an unknown call",
    responses=problems(400, 401, 402, 403, 404, 409, 413, 415, 422),
)
async def decide_unknown_call(
    call_id: UUID, wanted: UnknownCallDecision, res: Res, asker: Asker, once: Kept
) -> UnknownCallDetail:
    """Have the contact of an unknown call rung again, or give the call up. A decision is made once, and stays.

    `redial` makes a new campaign, linked by `retry_of`, that is like the call's own and rings the contact at once; the call's own
    may still run. Nobody is redialled twice for a call, by decisions and retries together. Either decision frees what the call
    holds. Should the carrier report on it after all, the call has that status, and is charged once; where it had reached the
    contact and the new campaign has not rung them yet, they are skipped there.
    """
    answers: list[UnknownCallDetail] = []  # of a transaction that is run again the last one counts

    async def keep(connection: AsyncConnection) -> None:
        answers.append(await shown(connection, asker, call_id))
        await once.keep(connection, answers[-1], status=HTTPStatus.OK)

    await decide_one(res, asker, call_id, wanted.decision, wanted.note, keep)
    return answers[-1]


@router.post(
    "/decisions",
    summary="Decide about many unknown calls",
    responses=problems(400, 401, 403, 409, 413, 415, 422),
)
async def decide_unknown_calls(
    wanted: UnknownCallDecisions, request: Request, res: Res, asker: Asker, once: Kept
) -> UnknownCallResults:
    """The same decision about up to 500 unknown calls. Those of one campaign are redialled by one new campaign.

    The answer is 200 and has a result for each: one that is refused leaves the others alone.
    """
    results = await decide_all(
        res, asker, wanted.ids, wanted.decision, wanted.note, request_id=str(request.scope["request_id"])
    )
    refused = sum(result.problem is not None for result in results)
    answer = UnknownCallResults(
        results=results,
        decided=len(results) - refused,
        refused=refused,
        campaigns=list(dict.fromkeys(result.campaign_id for result in results if result.campaign_id is not None)),
    )
    async with res.engine.begin() as connection:
        await once.keep(connection, answer, status=HTTPStatus.OK)
    return answer


def _cursor(state: str, last: unknown_calls.UnknownCall) -> str:
    return next_sorted_cursor(state, last.unknown_since if last.decided is None else last.decided.at, last.id)
