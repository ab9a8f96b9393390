"""Whom a new campaign rings again that was rung by another: those who were not reached, or whose call is unknown.

Whoever's call is unknown is rung again by a decision only: a retry of unknown contacts is one about all of their calls, and
is kept as such (`unknown_calls.keep_redial`). Both lock the campaign, then those calls: of two at once the later one finds them
decided about.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from belltower.db.campaigns import Campaign, lock
from belltower.db.contacts import NewContacts
from belltower.db.engine import sql
from belltower.domain.campaign import CampaignStatus, ContactStatus
from belltower.domain.errors import IllegalTransition


async def get_contacts_to_retry(
    connection: AsyncConnection, account_id: UUID, campaign: Campaign, statuses: Sequence[ContactStatus]
) -> NewContacts:
    """Whom a retry of an ended campaign would ring: its contacts with these statuses whom no other retry of it rings.

    Locks the campaign, so that of two retries at once the later one sees whom the earlier one rings: the caller creates the
    retry in this transaction. Raises `NotFound`, and `IllegalTransition` unless the campaign is completed or failed and has
    such a contact.
    """
    status = await lock(connection, account_id, campaign.id)
    if status not in (CampaignStatus.COMPLETED, CampaignStatus.FAILED):
        raise IllegalTransition(
            f"The campaign is {status}. Only one that is completed or failed can be retried; wait for its end."
        )
    if ContactStatus.UNKNOWN in statuses:
        await connection.execute(sql("lock_undecided"), {"campaign": campaign.id})
    contacts = await _listed(connection, campaign, "to_retry", {"campaign": campaign.id, "statuses": list(statuses)})
    if not len(contacts):
        contacts.close()
        raise IllegalTransition(
            f"No contact of the campaign is {' or '.join(statuses)} and neither on the list of a retry already nor decided"
            " about. Nobody is rung again."
        )
    return contacts


async def get_contacts_to_redial(
    connection: AsyncConnection, campaign: Campaign, call_ids: Sequence[UUID]
) -> NewContacts:
    """The contacts of unknown calls of a campaign, which the caller has locked and found undecided."""
    return await _listed(connection, campaign, "to_redial", {"ids": list(call_ids)})


async def _listed(
    connection: AsyncConnection, campaign: Campaign, statement: str, parameters: Mapping[str, Any]
) -> NewContacts:
    with ExitStack() as closing:
        contacts = closing.enter_context(NewContacts(campaign.contact_fields))
        async with connection.stream(sql(statement), parameters) as rows:
            async for row in rows:
                contacts.add(*row)
        closing.pop_all()
    return contacts
