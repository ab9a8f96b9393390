"""Running one campaign: the heart of the dialer."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from belltower_dialer.contacts import ContactReader
from belltower_dialer.gate import Gate, Verdict
from belltower_dialer.giving_back import GivingBack
from belltower_dialer.owned import OwnedCampaign
from belltower_dialer.slots import Slots
from belltower_dialer.upkeep import Upkeep

ACCOUNT_PAUSE = 0.1
"""Seconds to wait when the account as a whole can make no call at the moment."""
OUT_OF_MONEY = "The wallet cannot bear another call. Top it up, then resume the campaign."


@dataclass(frozen=True, slots=True)
class Switchboard:
    """What running a campaign needs; shared by all campaigns of a dialer, so that their statements go together."""

    contacts: ContactReader
    gate: Gate
    slots: Slots
    giving_back: GivingBack
    upkeep: Upkeep


class Ending(StrEnum):
    """Why a dialer stopped running a campaign."""

    RELEASED = "released"
    """Nobody can be rung now; the scheduler announces it again when there is more to do, or it is completed."""
    LOST = "lost"
    PAUSED = "paused"


async def process_campaign(campaign: OwnedCampaign, board: Switchboard) -> Ending:
    """Ring everyone of a campaign who can be rung now, then give it back.

    It holds nothing that a crash could lose: who is waiting, being called or done stands in the contacts' rows, and a
    successor begins by reading them.
    """
    while True:
        if not campaign.contacts:
            campaign.contacts.extend(await board.contacts.read(campaign))
        if not campaign.contacts:
            if await board.giving_back.release(campaign):
                return Ending.RELEASED
            await board.upkeep.see_to(campaign)
            continue
        match await board.gate.admit(campaign):
            case Verdict.GO_ON:
                pass
            case Verdict.NO_SLOT:
                with suppress(TimeoutError):
                    async with asyncio.timeout(campaign.expires_in):
                        await board.slots.freed(campaign)
            case Verdict.ACCOUNT_BUSY:
                await asyncio.sleep(ACCOUNT_PAUSE)
            case Verdict.OUT_OF_MONEY:
                await board.giving_back.pause(campaign, OUT_OF_MONEY)
                return Ending.PAUSED
            case Verdict.UPKEEP:
                campaign.contacts.clear()
                await board.upkeep.see_to(campaign)
            case Verdict.LOST:
                return Ending.LOST
